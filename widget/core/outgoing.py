"""What a merchant's server is told, and in which words: docs/events.md, which a test holds to these shapes."""

from typing import Literal, get_args

from msgspec import UNSET, Struct, UnsetType

from widget.core.charge import Charge, Fate

OfferKind = Literal[
    "encore.offer.paid",
    "encore.offer.refused",
    "encore.offer.declined",
    "encore.offer.refunded",
    "encore.offer.disputed",
]
PlanKind = Literal[
    "encore.plan.changed",
    "encore.plan.scheduled",
    "encore.plan.paid",
    "encore.plan.refused",
    "encore.plan.refunded",
    "encore.plan.disputed",
    "encore.plan.change_undone",
    "encore.plan.cancel_scheduled",
    "encore.plan.cancel_undone",
    "encore.plan.paused",
    "encore.plan.resumed",
]
AttentionKind = Literal["encore.charge.needs_attention", "encore.needs_attention"]
KINDS: tuple[str, ...] = (*get_args(OfferKind), *get_args(PlanKind), *get_args(AttentionKind))


class Sum(Struct, frozen=True, forbid_unknown_fields=True):
    """Money as the contract writes it: minor units."""

    amount: int
    currency: str


class Back(Struct, frozen=True, forbid_unknown_fields=True):
    """A refund or a dispute of a payment."""

    id: str
    status: str
    amount: Sum


class Sale(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What is told of money, whatever it was for."""

    customer_id: str
    quantity: int
    amount: Sum  # paid, or asked for where nothing was paid
    payment_id: str | None
    metadata: dict[str, str]  # of the product, as the merchant set it at Dodo
    reason: str | UnsetType = UNSET  # of a refusal: Dodo's code
    refund: Back | UnsetType = UNSET
    dispute: Back | UnsetType = UNSET


class Offered(Sale, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What is told of an offer; without a charge where none was tried."""

    offer: str
    presentation_id: str
    placement: str
    product_ids: tuple[str, ...]
    charge_id: str | None
    purchase_payment_id: str | None  # the purchase that the offer followed


class AddonTold(Struct, frozen=True, forbid_unknown_fields=True):
    """An add-on and how many of it."""

    id: str
    quantity: int


class PlanTold(Sale, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What is told of a change of plan: the plan as it is to be."""

    charge_id: str
    subscription_id: str
    product_id: str
    addons: tuple[AddonTold, ...]
    effective: Literal["immediately", "next_billing_date"]
    offer: str | None  # where an offer led here
    presentation_id: str | None


class ActTold(Struct, frozen=True, forbid_unknown_fields=True):
    """What a subscriber asked beside a change of plan, and Dodo has done."""

    subscription_id: str
    customer_id: str


class AttentionTold(Struct, frozen=True, forbid_unknown_fields=True):
    """What a machine must not decide; names and what to do: docs/attention.md."""

    name: str
    subject: str
    charge_id: str | None
    what: str
    to_do: str


# Of the acts of a subscriber, those that are told.
ACTS: dict[str, PlanKind] = {
    "undo": "encore.plan.change_undone",
    "cancel": "encore.plan.cancel_scheduled",
    "keep": "encore.plan.cancel_undone",
    "pause": "encore.plan.paused",
    "resume": "encore.plan.resumed",
}


def shape_of(kind: str) -> type[Struct]:
    """The shape of an event's data."""
    if kind in get_args(AttentionKind):
        return AttentionTold
    if kind in ACTS.values():
        return ActTold
    return PlanTold if kind in get_args(PlanKind) else Offered


def news_of(before: Charge, after: Charge) -> OfferKind | PlanKind | None:
    """What a settled change of a charge is told as: each fate once, when it is reached."""
    plan = after.change
    if after.fate is Fate.TAKEN and before.fate is Fate.TAKEN:
        return "encore.plan.paid" if before.payment_id is None and after.payment_id else None
    if after.fate is before.fate:
        return None
    match after.fate:
        case Fate.TAKEN if plan is not None:
            return "encore.plan.scheduled" if plan.scheduled else "encore.plan.changed"
        case Fate.TAKEN:
            return "encore.offer.paid"
        case Fate.REFUSED:
            return "encore.plan.refused" if plan is not None else "encore.offer.refused"
        case _:
            return None

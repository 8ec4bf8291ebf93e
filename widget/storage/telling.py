"""What is told of a charge, a no, money that went back and a subscriber's act: in the commit that made it so."""

from typing import Any

import msgspec
from msgspec import UNSET

from widget.core.charge import Charge
from widget.core.money import Money
from widget.core.outgoing import (
    ACTS,
    ActTold,
    AddonTold,
    Back,
    Offered,
    OfferKind,
    PlanKind,
    PlanTold,
    Sum,
    news_of,
)
from widget.core.payment import MoneyBack
from widget.storage import outgoing, products
from widget.storage.database import rows


async def tell_fate(before: Charge, after: Charge, *, at: int) -> None:
    """The fate a charge has just reached, if it is one to be told."""
    kind = news_of(before, after)
    if kind is not None:
        await tell_charge(kind, after, at=at)


async def tell_charge(kind: OfferKind | PlanKind, charge: Charge, *, at: int, back: MoneyBack | None = None) -> None:
    """Of a charge, with the refund or dispute it is about."""
    told = await (_plan(charge, back) if charge.change is not None else _offer(charge, back))
    if told is not None:
        await outgoing.tell(kind, told, about=about(charge), at=at)


async def tell_decline(presentation_id: str, *, at: int) -> None:
    """The shopper's no to an offer."""
    shown = await _shown(presentation_id)
    if shown is not None:
        told = await _offered(shown, product_id=shown["product_id"], quantity=int(shown["quantity"]))
        await outgoing.tell("encore.offer.declined", told, about=presentation_id, at=at)


async def tell_act(kind: str, subscription_id: str, customer_id: str, *, at: int) -> None:
    """What a subscriber asked and Dodo has done."""
    if kind in ACTS:
        await outgoing.tell(ACTS[kind], ActTold(subscription_id, customer_id), about=subscription_id, at=at)


def about(charge: Charge) -> str:
    """What is told in order: all of an offer shown, all of a subscription."""
    return charge.change.subscription_id if charge.change is not None else charge.presentation_id


async def _offer(charge: Charge, back: MoneyBack | None) -> Offered | None:
    shown = await _shown(charge.presentation_id)
    if shown is None:
        return None
    return await _offered(shown, product_id=charge.product_id, quantity=charge.quantity, charge=charge, back=back)


async def _offered(
    shown: dict[str, Any],
    *,
    product_id: str,
    quantity: int,
    charge: Charge | None = None,
    back: MoneyBack | None = None,
) -> Offered:
    return Offered(
        offer=shown["offer_name"],
        presentation_id=shown["id"],
        placement=shown["placement"],
        customer_id=charge.customer_id if charge else shown["customer_id"],
        product_ids=(product_id,),
        quantity=quantity,
        amount=_sum(charge.paid or charge.quoted) if charge else Sum(int(shown["amount"]), shown["currency"]),
        charge_id=charge.id if charge else None,
        payment_id=charge.payment_id if charge else None,
        purchase_payment_id=shown["payment_id"] if shown["name"] is None else None,
        metadata=await _metadata(product_id),
        reason=charge.refusal or UNSET if charge else UNSET,
        refund=_back(back, "refund"),
        dispute=_back(back, "dispute"),
    )


async def _plan(charge: Charge, back: MoneyBack | None) -> PlanTold | None:
    change = charge.change
    if change is None:
        return None
    shown = await _shown(charge.presentation_id) if charge.presentation_id else None
    return PlanTold(
        charge_id=charge.id,
        subscription_id=change.subscription_id,
        customer_id=charge.customer_id,
        product_id=change.product_id,
        quantity=change.quantity,
        addons=tuple(AddonTold(addon.id, addon.quantity) for addon in change.addons if addon.quantity > 0),
        effective=change.when,
        amount=_sum(charge.paid or charge.quoted),
        payment_id=charge.payment_id,
        offer=shown["offer_name"] if shown else None,
        presentation_id=charge.presentation_id or None,
        metadata=await _metadata(change.product_id),
        reason=charge.refusal or UNSET,
        refund=_back(back, "refund"),
        dispute=_back(back, "dispute"),
    )


async def _shown(presentation_id: str) -> dict[str, Any] | None:
    found = await rows(
        "SELECT p.id, p.offer_name, p.customer_id, p.product_id, p.quantity, o.placement, o.payment_id, o.name, "
        "q.amount, q.currency FROM presentation p JOIN occasion o ON o.id = p.occasion_id "
        "JOIN quote q ON q.id = p.quote_id WHERE p.id = {}",
        presentation_id,
    )
    return found[0] if found else None


async def _metadata(product_id: str) -> dict[str, str]:
    product = await products.known(product_id, newer_than=0)
    return product.metadata if product else {}


def _sum(money: Money) -> Sum:
    return Sum(money.amount, money.currency)


def _back(back: MoneyBack | None, kind: str) -> Back | msgspec.UnsetType:
    return Back(back.id, back.status, _sum(back.amount)) if back is not None and back.kind == kind else UNSET

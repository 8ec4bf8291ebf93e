"""A presentation: this offer made to this customer on this occasion, and the state its card is in."""

from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from widget.core.charge import UNDECIDED, Charge, Fate
from widget.core.market import Agreement, ReceiptKept
from widget.core.money import Money
from widget.core.offer import Amounts, Bounds, Texts
from widget.core.payment import Recurring


class Standing(StrEnum):
    """What has happened to a presentation; what happened to the money is the charge's fate."""

    PREPARED = "prepared"  # waits behind an earlier step of the chain
    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    CLOSED = "closed"  # ended by time, withdrawal or because it is owned already


class CardState(StrEnum):
    """The contract's states of `#encore-offer`."""

    PREPARING = "preparing"
    OPEN = "open"
    WORKING = "working"
    ACTION = "action"
    PAID = "paid"
    REFUSED = "refused"
    DECLINED = "declined"
    CLOSED = "closed"
    EMPTY = "empty"
    ERROR = "error"


class Choice(Struct, frozen=True, omit_defaults=True):
    """One of several products to pick from; `total` is its exact price of the moment it was prepared."""

    product_id: str
    name: str
    total: Money
    image: str | None = None
    recurring: Recurring | None = None


class PlanOffer(Struct, frozen=True, omit_defaults=True):
    """An offered plan of a subscription: what a period of it costs, and of the plan they have, before tax."""

    subscription_id: str
    product_id: str
    price: Money
    price_now: Money | None = None  # where both are paid in the same rhythm


class Card(Struct, frozen=True):
    """What the shopper is shown, kept as it was when the presentation was made."""

    texts: Texts
    product_name: str
    product_image: str | None
    recurring: Recurring | None = None
    compare_with: Money | None = None
    others: tuple[tuple[str, Texts], ...] = ()  # the texts in other languages, by BCP 47 name
    choices: tuple[Choice, ...] = ()  # two or more; with one product there is nothing to pick
    quantities: Bounds | None = None
    amounts: Amounts | None = None
    plan: PlanOffer | None = None
    agree: Agreement = "button"
    undo_seconds: int = 0
    receipt: ReceiptKept | None = None
    language: str = ""  # of `texts`, as far as the merchant says

    def of(self, product_id: str) -> "Card":
        """The same card about the product that was picked."""
        picked = next((choice for choice in self.choices if choice.product_id == product_id), None)
        if picked is None:
            return self
        return replace(self, product_name=picked.name, product_image=picked.image, recurring=picked.recurring)


class Quote(Struct, frozen=True):
    """An exact price for a while (product D2); minor units, times in epoch milliseconds."""

    id: str
    presentation_id: str
    product_id: str
    quantity: int
    method_id: str
    total: Money
    subtotal: int
    discount: int
    tax: int
    country: str
    renewal: int | None
    made_at: int
    expires_at: int
    amount: int | None = None  # what the shopper chose to pay for one, before tax
    before: int | None = None  # the total without the discount codes


# A charge whose grace period is over is sent at once; where it is not, its process is gone and with it the press.
UNDO_SLACK_MS = 3_000


def undo_until(standing: Standing, charge: Charge | None, *, undo_seconds: int, now: int) -> int | None:
    """Until when (epoch ms) a press that nobody has sent yet can be taken back; None where there is none."""
    if standing is not Standing.ACCEPTED or charge is None or charge.fate is not Fate.INTENDED or not undo_seconds:
        return None
    until = charge.pressed_at + undo_seconds * 1000
    return until if now < until + UNDO_SLACK_MS else None


def card_state(
    standing: Standing, *, closes_at: int, now: int, charge: Charge | None, hosted: Charge | None, undo_seconds: int = 0
) -> CardState:
    """The one state a presentation's card is in; money that was taken outranks everything else."""
    if Fate.TAKEN in (charge.fate if charge else None, hosted.fate if hosted else None):
        return CardState.PAID
    for undecided in (charge, hosted):
        if undecided is not None and _underway(undecided):
            return CardState.ACTION if undecided.by_customer else CardState.WORKING
    if undo_until(standing, charge, undo_seconds=undo_seconds, now=now) is not None:
        return CardState.WORKING
    if standing is Standing.DECLINED:
        return CardState.DECLINED
    if charge is not None and charge.fate is Fate.LAPSED:
        return CardState.CLOSED
    if standing is Standing.CLOSED or closes_at <= now:
        return CardState.CLOSED
    if charge is not None and charge.fate is Fate.REFUSED:
        return CardState.REFUSED
    return CardState.OPEN


def _underway(charge: Charge) -> bool:
    """A hosted checkout that nobody has paid at yet (no payment known) is a page, not a payment."""
    return charge.fate in UNDECIDED and not (charge.hosted and charge.payment_id is None)


def may_open_checkout(charge: Charge | None) -> bool:
    """Another way to pay is offered only while nothing is undecided or paid (product D1)."""
    return charge is None or charge.fate in {Fate.REFUSED, Fate.INTENDED}

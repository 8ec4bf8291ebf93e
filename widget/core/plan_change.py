"""A plan change: one value for the preview and for the change, what the preview said, and what became of it."""

from datetime import datetime
from typing import Literal

from msgspec import Struct

from widget.core.market import Agreement
from widget.core.money import Money
from widget.core.payment import Recurring
from widget.core.subscription import AddonLine, Discount, Subscription

# Every mode the provider knows (SDK type SubscriptionChangePlanParams.proration_billing_mode).
Mode = Literal[
    "prorated_immediately",
    "full_immediately",
    "difference_immediately",
    "do_not_bill",
    "prorated_immediately_keep_cycle",
]
When = Literal["immediately", "next_billing_date"]
OnFailure = Literal["prevent_change", "apply_change"]
Direction = Literal["upgrade", "downgrade"]


class Change(Struct, frozen=True, omit_defaults=True):
    """A change as it is asked of the provider; the preview and the change are built from this very value."""

    subscription_id: str
    product_id: str
    quantity: int
    addons: tuple[AddonLine, ...]  # the complete new set: what is not named is removed (dodo-api 6.3)
    mode: Mode
    when: When = "immediately"
    on_failure: OnFailure = "prevent_change"
    codes: tuple[str, ...] | None = None  # None keeps the discounts made to last, () removes all
    replaces_scheduled: bool = False
    by_link: bool = False  # paid by hand on the provider's page instead of with the saved method
    drops_link: bool = False  # an older page that nobody paid on is given up first

    @property
    def scheduled(self) -> bool:
        """It happens at the next billing date."""
        return self.when == "next_billing_date"


class ChangeLine(Struct, frozen=True):
    """A line of a preview; `unit_price` is for a full period, `factor` says how much of it counts; below 0 a credit."""

    kind: str  # subscription, addon, meter
    name: str
    quantity: int
    unit_price: int
    factor: float
    tax: int = 0  # for a full period, like the price
    tax_inclusive: bool = False
    product_id: str = ""  # of a subscription line
    addon_id: str = ""  # of an add-on line, as far as the provider says


class ChangePreview(Struct, frozen=True):
    """The provider's price for a change (dodo-api 6.4), in minor units; nothing here is computed by us."""

    due: Money  # what is charged now, with tax, after credits
    tax: int
    credits: int  # below 0: credit spent on this charge; above 0: credit granted
    credits_currency: str
    exact: bool  # False where the amount due is said in two ways that differ: nothing is charged from the panel then
    effective_at: datetime
    lines: tuple[ChangeLine, ...]
    recurring: Money | None  # of the new plan, before tax
    tax_inclusive: bool
    next_bill_at: datetime | None
    discounts: tuple[Discount, ...] = ()


class Named(Struct, frozen=True, omit_defaults=True):
    """What a quote says that the preview does not, kept with it, so that what was shown can be shown again."""

    plan: str  # the plan's name as it was shown
    products: dict[str, str] = {}  # names by product id
    addons: dict[str, str] = {}  # names by id
    later: Money | None = None  # every later bill, before tax; None where it cannot be said from here
    terms: Recurring | None = None
    country: str = ""  # where the subscriber is billed: days are told by its clock


class PlanQuote(Struct, frozen=True):
    """A preview as it was shown, for a while (product D2); times in epoch milliseconds."""

    id: str
    subscription_id: str
    customer_id: str
    change: Change
    preview: ChangePreview
    direction: Direction
    method: str  # the method as it was named to the subscriber, "Visa ···· 4242", or empty
    made_at: int
    expires_at: int
    named: Named | None = None  # None in quotes of the first release
    version: int = 0  # of the offers file
    agree: Agreement = "button"  # how its terms are agreed to


def covers(quote: PlanQuote, fresh: ChangePreview) -> bool:
    """Whether what was shown covers what would happen now: not a minor unit more, the same currency, the same start.

    Less is taken gladly. A credit may have shrunk with the time since: it is what is left, and is shown afterwards;
    but where a credit was shown and nothing of it is left, the subscriber is asked again.
    """
    shown = quote.preview
    return (
        fresh.exact
        and fresh.due.currency == shown.due.currency
        and fresh.due.amount <= shown.due.amount
        and fresh.credits_currency == shown.credits_currency
        and _credit_holds(shown.credits, fresh.credits)
        and _same_cycle(shown, fresh)
    )


# Between showing and pressing a credit for unused time melts by the minute: a quote lives 10 minutes of a period of
# a day at least, so a hundredth is more than time alone can take from a monthly one.
_CREDIT_LEFT = 0.99


def _credit_holds(shown: int, fresh: int) -> bool:
    return shown <= 0 or fresh >= shown * _CREDIT_LEFT


def _same_cycle(shown: ChangePreview, fresh: ChangePreview) -> bool:
    """A renewal between preview and confirm makes another deal of it, even at the same price (F-85)."""
    if shown.next_bill_at is None or fresh.next_bill_at is None:
        return shown.next_bill_at == fresh.next_bill_at
    return abs((fresh.next_bill_at - shown.next_bill_at).total_seconds()) < 24 * 3600


def applied(change: Change, subscription: Subscription) -> bool:
    """Whether the subscription is what the change asked for, or is going to be at the date it asked for."""
    wanted = (change.product_id, change.quantity, _set(change.addons))
    if change.scheduled:
        planned = subscription.scheduled
        if planned is not None:
            return wanted == (planned.product_id, planned.quantity, _set(planned.addons))
    elif change.replaces_scheduled and subscription.scheduled is not None:
        return False  # what it replaces is still there: the plan of today was the plan before
    return wanted == (subscription.product_id, subscription.quantity, _set(subscription.addons))


def changes_nothing(change: Change, subscription: Subscription) -> bool:
    """The subscription is that already, now and later."""
    same = (change.product_id, change.quantity, _set(change.addons)) == (
        subscription.product_id, subscription.quantity, _set(subscription.addons)
    )  # fmt: skip
    return same and change.codes is None and subscription.scheduled is None


def _set(addons: tuple[AddonLine, ...]) -> frozenset[tuple[str, int]]:
    return frozenset((addon.id, addon.quantity) for addon in addons if addon.quantity > 0)

"""A subscription as the provider describes it: to what, how it is billed, and what stands in the way of a change."""

from datetime import datetime, timedelta
from typing import Literal

from msgspec import Struct

from widget.core.money import Money


class AddonLine(Struct, frozen=True):
    """An add-on of a subscription and how many of it."""

    id: str
    quantity: int


class Scheduled(Struct, frozen=True):
    """A change that happens at the end of the period unless it is undone (dodo-api 6.6); it names no price."""

    product_id: str
    product_name: str
    quantity: int
    addons: tuple[AddonLine, ...]
    effective_at: datetime


class Discount(Struct, frozen=True):
    """A discount on the subscription: basis points of the price, or minor units when flat."""

    id: str
    code: str
    kind: str  # percentage, flat
    amount: int
    cycles_remaining: int | None = None
    survives_change: bool = False


class Subscription(Struct, frozen=True):
    """GET /subscriptions/{id} (dodo-api 6.1), as far as we rely on it."""

    id: str
    customer_id: str
    product_id: str
    status: str
    quantity: int = 1
    currency: str = ""
    addons: tuple[AddonLine, ...] = ()
    recurring: Money | None = None  # recurring_pre_tax_amount; what it includes is unsaid (dodo-api 10)
    count: int = 1
    interval: str = "Month"  # Day, Week, Month, Year
    created_at: datetime | None = None
    billed_at: datetime | None = None  # previous_billing_date
    next_bill_at: datetime | None = None
    trial_days: int = 0
    tax_inclusive: bool = False
    on_demand: bool = False
    metered: bool = False
    has_method: bool = True
    method_id: str | None = None
    ending: bool = False  # cancel_at_next_billing_date
    scheduled: Scheduled | None = None
    discounts: tuple[Discount, ...] = ()
    paused_at: datetime | None = None
    country: str = ""  # of the billing address, ISO 3166 alpha-2

    def in_trial(self, now: datetime) -> bool:
        """Whether nothing was paid yet: a trial is an active subscription within its first days."""
        return (
            self.status == "active"
            and self.trial_days > 0
            and self.created_at is not None
            and now < self.created_at + timedelta(days=self.trial_days)
        )


Obstacle = Literal[
    "over", "starting", "paused", "on_hold", "past_due", "on_demand", "metered", "ending", "no_method", "unknown_status"
]

_OVER = frozenset({"cancelled", "expired", "failed"})


def obstacle(subscription: Subscription) -> Obstacle | None:
    """The first thing in the way of a plan change, or None (dodo-api 6.1, 6.3).

    A scheduled change is none: it can be replaced. `no_method` stands in the way of paying, not of choosing.
    """
    match subscription.status:
        case status if status in _OVER:
            return "over"
        case "pending":
            return "starting"
        case "paused":
            return "paused"
        case "on_hold":
            return "on_hold"
        case "past_due":
            return "past_due"
        case "active":
            pass
        case _:
            return "unknown_status"
    if subscription.on_demand:
        return "on_demand"
    if subscription.metered:
        return "metered"
    if subscription.ending:
        return "ending"
    return None if subscription.has_method else "no_method"

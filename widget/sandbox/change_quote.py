"""What a plan change costs and leads to: the one computation behind both preview and change."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from datetime import datetime

from widget.sandbox.change_request import Wish
from widget.sandbox.cycles import later
from widget.sandbox.money import MINIMUM
from widget.sandbox.proration import KEEPS_CYCLE, Bill, bill, lines_of_change, rest_of
from widget.sandbox.terms import plan_terms, present_terms
from widget.sandbox.things import Subscription
from widget.sandbox.world import World


@dataclass(frozen=True, slots=True)
class Quote:
    """The bill of a change, when it takes effect, whether a new cycle begins then, and the subscription afterwards."""

    wish: Wish
    bill: Bill
    effective_at: datetime
    restart_at: datetime | None
    after: Subscription


def quote(world: World, subscription: Subscription, wish: Wish) -> Quote:
    """The price of `wish` now; a scheduled change costs nothing now and keeps its dates."""
    now = world.now()
    if wish.scheduled:
        return Quote(wish, bill((), 0), subscription.next_billing_date, None, changed(subscription, wish))
    new = plan_terms(world, wish.product, wish.quantity, wish.addons, wish.discount_ids, subscription.billing)
    trial = in_trial(subscription, now)
    old = None if trial and not subscription.trial_paid else present_terms(world, subscription)
    rest = rest_of(subscription.previous_billing_date, subscription.next_billing_date, now)
    lines = lines_of_change(wish.mode, old, new, rest)
    asked = bill(lines, subscription.credits, MINIMUM.get(subscription.currency, 0))
    restart_at = now if _restarts(world, wish, trial) else None
    return Quote(wish, asked, now, restart_at, changed(subscription, wish, restart_at))


def changed(subscription: Subscription, wish: Wish, restart_at: datetime | None = None) -> Subscription:
    """A copy on the new plan; with `restart_at` a new cycle begins there. Credits are not moved."""
    product = wish.product
    after = dataclasses.replace(
        subscription, product_id=product.product_id, quantity=wish.quantity, addons=list(wish.addons),
        recurring_pre_tax_amount=product.price * wish.quantity, tax_inclusive=product.tax_inclusive,
        frequency_count=product.frequency_count, frequency_interval=product.frequency_interval,
        discount_ids=list(wish.discount_ids), scheduled_change=None,
        trial_ends_at=subscription.trial_ends_at if wish.scheduled else None,
    )  # fmt: skip
    if restart_at is not None:
        after.previous_billing_date = restart_at
        after.next_billing_date = later(restart_at, product.frequency_count, product.frequency_interval)
    return after


def in_trial(subscription: Subscription, now: datetime) -> bool:
    """Active with nothing paid yet."""
    return subscription.trial_ends_at is not None and now < subscription.trial_ends_at


def _restarts(world: World, wish: Wish, trial: bool) -> bool:
    if wish.mode == "do_not_bill":
        return False
    return trial or (wish.mode not in KEEPS_CYCLE and not world.settings.paid_change_keeps_cycle)

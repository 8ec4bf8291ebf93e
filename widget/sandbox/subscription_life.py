"""What happens to a subscription, in one place each: it is told of, put on another plan, moved on, held, ended."""

from __future__ import annotations

from fractions import Fraction
from typing import Literal

from widget.sandbox.charging import charge, finish
from widget.sandbox.cycles import later
from widget.sandbox.outbox import announce
from widget.sandbox.proration import Bill
from widget.sandbox.terms import find_discounts
from widget.sandbox.things import Payment, ServicePeriod, Subscription
from widget.sandbox.world import World

OVER = frozenset({"cancelled", "expired", "failed"})
OF_THE_PLAN = (
    "product_id", "quantity", "addons", "recurring_pre_tax_amount", "tax_inclusive", "frequency_count",
    "frequency_interval", "discount_ids", "scheduled_change", "trial_ends_at", "previous_billing_date",
    "next_billing_date",
)  # fmt: skip


def tell(world: World, subscription: Subscription, *events: str, paid_by: str | None = None) -> None:
    """Announce events of a subscription; `paid_by` goes with `renewed` only."""
    for event in events:
        payment_id = paid_by if event == "renewed" else None
        announce(world, f"subscription.{event}", "Subscription", subscription.subscription_id, payment_id)


def take(world: World, payment: Payment, subscription: Subscription) -> None:
    """Charge the subscription's method; without one the payment fails."""
    method = world.methods.get(subscription.method_id or "")
    if method is None and payment.total_amount > 0:
        world.payments[payment.payment_id] = payment
        finish(world, payment, "failed", "PAYMENT_METHOD_UNSUPPORTED")
    else:
        charge(world, payment, method)


def hold_credits(subscription: Subscription, bill: Bill) -> None:
    """Credits that pay for a bill are gone as soon as its payment starts."""
    subscription.credits += min(bill.credits, 0)


def settle_credits(subscription: Subscription, bill: Bill, *, paid: bool) -> None:
    """A paid bill grants its credits, a failed one gives back what it held."""
    subscription.credits += max(bill.credits, 0) if paid else -min(bill.credits, 0)


def become(world: World, subscription: Subscription, after: Subscription) -> None:
    """Put the subscription on the plan of `after`; codes that are new to it count as used."""
    for discount in find_discounts(world, after.discount_ids):
        discount.times_used += discount.discount_id not in subscription.discount_ids
    for name in OF_THE_PLAN:
        setattr(subscription, name, getattr(after, name))


def move_on(world: World, subscription: Subscription, payment: Payment) -> None:
    """The next cycle is paid: dates, discounts that run out, the service period, and active again."""
    start = subscription.next_billing_date
    subscription.previous_billing_date = start
    subscription.next_billing_date = later(start, subscription.frequency_count, subscription.frequency_interval)
    subscription.status, subscription.past_due_ends_at, subscription.trial_ends_at = "active", None, None
    _count_discounts(world, subscription)
    serve(subscription, payment, Fraction(1))


def serve(subscription: Subscription, payment: Payment, factor: Fraction) -> None:
    """Write the span that a payment bought on it: from the start of the cycle, or from the change."""
    start = max(subscription.previous_billing_date, min(payment.created_at, subscription.next_billing_date))
    span = ServicePeriod(subscription.subscription_id, start, subscription.next_billing_date, f"{float(factor):.6g}")
    payment.service_periods.append(span)


def end(world: World, subscription: Subscription, status: Literal["cancelled", "expired"]) -> None:
    """Over for good; a scheduled change goes with it."""
    subscription.status, subscription.scheduled_change = status, None
    if status == "cancelled":
        subscription.cancelled_at = world.now()
    tell(world, subscription, status, "updated")


def _count_discounts(world: World, subscription: Subscription) -> None:
    for discount in find_discounts(world, subscription.discount_ids):
        if discount.subscription_cycles is None:
            continue
        # the first payment was the first cycle
        left = subscription.discount_cycles_remaining.get(discount.discount_id, discount.subscription_cycles - 1) - 1
        subscription.discount_cycles_remaining[discount.discount_id] = left
        if left <= 0:
            subscription.discount_ids = [d for d in subscription.discount_ids if d != discount.discount_id]

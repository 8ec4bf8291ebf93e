"""The start of a subscription: pending with its first payment, active when that succeeds, failed when it does not."""

from __future__ import annotations

from datetime import timedelta

from widget.sandbox.cycles import later
from widget.sandbox.outbox import announce
from widget.sandbox.renewals import expect
from widget.sandbox.things import Address, CartLine, Checkout, Payment, ServicePeriod, Subscription
from widget.sandbox.world import World


def subscribe(world: World, line: CartLine, checkout: Checkout, customer_id: str, billing: Address) -> Subscription:
    """A pending subscription for one line of a cart."""
    product, now = world.products[line.product_id], world.now()
    trial = checkout.trial_period_days if checkout.trial_period_days is not None else product.trial_period_days
    subscription = Subscription(
        world.new_id("sub"), customer_id, product.product_id, "pending", now, now,
        later(now, product.frequency_count, product.frequency_interval), product.currency,
        product.price * line.quantity, billing, line.quantity, list(line.addons), product.tax_inclusive,
        product.frequency_count, product.frequency_interval, product.period_count, product.period_interval,
        later(now, product.period_count, product.period_interval), checkout.on_demand,
        metadata=dict(checkout.metadata), trial_period_days=trial,
    )  # fmt: skip
    if trial:
        subscription.trial_ends_at = subscription.next_billing_date = now + timedelta(days=trial)
    world.subscriptions[subscription.subscription_id] = subscription
    return subscription


def settle_first_payment(world: World, payment: Payment) -> None:
    """The first payment has ended: its subscriptions begin, or never do."""
    for subscription_id in payment.subscription_ids:
        subscription = world.subscriptions[subscription_id]
        if payment.status == "succeeded":
            _activate(world, payment, subscription)
        else:
            subscription.status = "failed"
            _tell(world, payment, "subscription.failed", subscription_id)


def _activate(world: World, payment: Payment, subscription: Subscription) -> None:
    subscription.status, subscription.method_id = "active", payment.method_id
    subscription.discount_ids = list(payment.discount_ids)
    payment.service_periods.append(
        ServicePeriod(subscription.subscription_id, subscription.previous_billing_date, subscription.next_billing_date)
    )
    _tell(world, payment, "subscription.active", subscription.subscription_id)
    _tell(world, payment, "subscription.renewed", subscription.subscription_id)
    expect(world, subscription)


def _tell(world: World, payment: Payment, event_type: str, subscription_id: str) -> None:
    if not payment.quiet:
        paid_by = payment.payment_id if event_type == "subscription.renewed" else None
        announce(world, event_type, "Subscription", subscription_id, paid_by)

"""What the clock does to subscriptions: each billing date renews, changes the plan, ends, or puts on hold."""

from __future__ import annotations

from datetime import datetime, timedelta

from widget.sandbox.change_quote import changed
from widget.sandbox.change_request import Wish
from widget.sandbox.subscription_life import become, end, hold_credits, move_on, settle_credits, take, tell
from widget.sandbox.terms import bill_payment, cycle_bill, plan_terms, present_terms
from widget.sandbox.things import Payment, ScheduledChange, Subscription
from widget.sandbox.world import World


def expect(world: World, subscription: Subscription) -> None:
    """Make the appointment for the next billing date. Call it whenever that date moved or something open has ended."""
    due, subscription_id = subscription.next_billing_date, subscription.subscription_id
    world.plan(max(due, world.now()), lambda world: _keep(world, subscription_id, due))


def _keep(world: World, subscription_id: str, due: datetime) -> None:
    """An appointment that no longer fits is let go: what moved the date has made a new one."""
    subscription = world.subscriptions.get(subscription_id)
    if subscription is None or subscription.status != "active" or subscription.next_billing_date != due:
        return
    change = subscription.scheduled_change
    if _something_open(world, subscription):
        return
    if subscription.cancel_at_next_billing_date:
        end(world, subscription, "cancelled")
    elif subscription.expires_at is not None and subscription.expires_at <= due:
        end(world, subscription, "expired")
    elif subscription.on_demand:
        return
    elif change is not None and change.effective_at <= due:
        _change(world, subscription, change)
    else:
        _renew(world, subscription)


def _something_open(world: World, subscription: Subscription) -> bool:
    return any(
        subscription.subscription_id in payment.subscription_ids
        and not payment.is_final
        and not payment.is_update_payment_method
        for payment in world.payments.values()
    )


def _renew(world: World, subscription: Subscription) -> None:
    due = cycle_bill(world, subscription, present_terms(world, subscription))
    payment = bill_payment(world, subscription, due, "renewal")

    def settle(world: World, payment: Payment) -> None:
        paid = payment.status == "succeeded"
        settle_credits(subscription, due, paid=paid)
        if subscription.status != "active":
            return
        if paid:
            move_on(world, subscription, payment)
            tell(world, subscription, "renewed", "updated", paid_by=payment.payment_id)
            expect(world, subscription)
        else:
            _miss(world, subscription)

    payment.then = settle
    hold_credits(subscription, due)
    take(world, payment, subscription)


def _change(world: World, subscription: Subscription, change: ScheduledChange) -> None:
    """The scheduled plan's payment takes the place of the renewal."""
    wish = _wish(world, subscription, change)
    terms = plan_terms(world, wish.product, wish.quantity, wish.addons, wish.discount_ids, subscription.billing)
    due = cycle_bill(world, subscription, terms)
    payment = bill_payment(world, subscription, due, "plan_change", wish.metadata)
    payment.product_ids = [wish.product.product_id]

    def settle(world: World, payment: Payment) -> None:
        paid = payment.status == "succeeded"
        settle_credits(subscription, due, paid=paid)
        if subscription.pending_payment_id == payment.payment_id:
            subscription.pending_payment_id = None
        if subscription.status == "active":
            _settle_change(world, subscription, wish, payment)

    payment.then = settle
    subscription.pending_payment_id = payment.payment_id
    hold_credits(subscription, due)
    take(world, payment, subscription)


def _settle_change(world: World, subscription: Subscription, wish: Wish, payment: Payment) -> None:
    if payment.status == "succeeded":
        become(world, subscription, changed(subscription, wish))
        move_on(world, subscription, payment)
        tell(world, subscription, "plan_changed", "renewed", "updated", paid_by=payment.payment_id)
        expect(world, subscription)
    elif wish.apply_on_failure:
        become(world, subscription, changed(subscription, wish))
        tell(world, subscription, "plan_changed")
        _miss(world, subscription)
    else:
        subscription.scheduled_change = None
        tell(world, subscription, "updated")
        _renew(world, subscription)


def _miss(world: World, subscription: Subscription) -> None:
    """A cycle could not be paid: on hold, or past due first where a grace period is set."""
    days = world.settings.past_due_grace_days
    if not days:
        hold(world, subscription)
        return
    subscription.status = "past_due"
    subscription.past_due_ends_at = world.now() + timedelta(days=days)
    tell(world, subscription, "past_due", "updated")
    world.plan(
        subscription.past_due_ends_at,
        lambda world: hold(world, subscription) if subscription.status == "past_due" else None,
    )


def hold(world: World, subscription: Subscription) -> None:
    """On hold: a payment failed, and the dues wait for another payment method."""
    subscription.status, subscription.past_due_ends_at = "on_hold", None
    tell(world, subscription, "on_hold", "updated")


def _wish(world: World, subscription: Subscription, change: ScheduledChange) -> Wish:
    discounts = subscription.discount_ids if change.discount_codes is None else change.discount_codes
    return Wish(
        world.products[change.product_id], change.quantity, tuple(change.addons), "full_immediately",
        tuple(discounts), scheduled=True, apply_on_failure=change.on_payment_failure != "prevent_change",
        metadata=change.metadata, by_link=False, return_url=None,
    )  # fmt: skip

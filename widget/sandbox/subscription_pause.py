"""Pause and resume: nothing is billed meanwhile, and the dates move by as long as the pause was."""

from __future__ import annotations

from widget.sandbox.errors import Refusal
from widget.sandbox.renewals import expect
from widget.sandbox.subscription_life import tell
from widget.sandbox.things import Subscription
from widget.sandbox.world import World


def pause(world: World, subscription: Subscription) -> None:
    """`status: paused`; a scheduled plan change survives with its old date."""
    if subscription.status == "paused":
        raise Refusal("SUBSCRIPTION_ALREADY_PAUSED", "the subscription is paused already")
    if subscription.status != "active" or subscription.pending_payment_id is not None:
        raise Refusal("SUBSCRIPTION_NOT_ELIGIBLE_FOR_PAUSE", f"the subscription is {subscription.status}")
    if subscription.method_id is None:
        raise Refusal("SUBSCRIPTION_PAUSE_REQUIRES_PAYMENT_METHOD", "the subscription has no payment method")
    subscription.status, subscription.paused_at = "paused", world.now()
    tell(world, subscription, "paused", "updated")


def resume(world: World, subscription: Subscription) -> None:
    """`status: active`."""
    if subscription.status != "paused" or subscription.paused_at is None:
        raise Refusal("SUBSCRIPTION_NOT_PAUSED", f"the subscription is {subscription.status}")
    away = world.now() - subscription.paused_at
    subscription.previous_billing_date += away
    subscription.next_billing_date += away
    subscription.status, subscription.paused_at = "active", None
    tell(world, subscription, "unpaused", "updated")
    expect(world, subscription)

"""PATCH /subscriptions/{id}: cancel at the end or now, pause, resume, move the billing date, correct the facts."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Literal

import msgspec
from litestar import patch
from litestar.di import NamedDependency
from litestar.params import FromPath, RawBody

from widget.sandbox.checkout_request import AskedAddress, check_address, check_metadata
from widget.sandbox.cycles import later
from widget.sandbox.errors import Refusal, parse
from widget.sandbox.lists import JSONObject
from widget.sandbox.renewals import expect
from widget.sandbox.subscription_life import OVER, end, tell
from widget.sandbox.subscription_pause import pause, resume
from widget.sandbox.subscription_view import show_subscription
from widget.sandbox.subscriptions import find_subscription
from widget.sandbox.things import Interval, Subscription
from widget.sandbox.world import World

Feedback = Literal[
    "too_expensive", "missing_features", "switched_service", "unused", "customer_service", "low_quality",
    "too_complex", "other",
]  # fmt: skip
Reason = Literal[
    "cancelled_by_customer", "cancelled_by_merchant", "cancelled_by_merchant_send_dunning",
    "cancelled_by_merchant_grace_period_expired", "dodo_team",
]  # fmt: skip


class OnDemandEnd(msgspec.Struct):
    """`disable_on_demand`."""

    next_billing_date: datetime


class SubscriptionUpdate(msgspec.Struct, omit_defaults=True):
    """`PatchSubscriptionRequest`; what is absent stays."""

    billing: AskedAddress | None = None
    cancel_at_next_billing_date: bool | None = None
    cancel_reason: Reason | None = None
    cancellation_comment: str | None = None
    cancellation_feedback: Feedback | None = None
    credit_entitlement_cart: list[dict[str, Any]] | None = None
    customer_business_name: str | msgspec.UnsetType | None = msgspec.UNSET
    customer_name: str | None = None
    disable_on_demand: OnDemandEnd | None = None
    metadata: dict[str, str | int | float | bool] | None = None
    next_billing_date: datetime | None = None
    pause: bool | None = None
    status: Literal[
        "pending", "active", "on_hold", "past_due", "paused", "cancelled", "failed", "expired", None
    ] = None  # fmt: skip
    subscription_period_count: int | None = None
    subscription_period_interval: Interval | None = None
    tax_id: str | None = None


@patch("/subscriptions/{subscription_id:str}", status_code=200)
async def update(subscription_id: FromPath[str], body: RawBody, world: NamedDependency[World]) -> JSONObject:
    """PATCH /subscriptions/{id}; everything is checked before anything changes."""
    asked = parse(SubscriptionUpdate, body)
    subscription = find_subscription(world, subscription_id)
    _check(world, subscription, asked)
    if asked.status == "paused":
        pause(world, subscription)
    elif asked.status == "active":
        resume(world, subscription)
    else:
        _correct(world, subscription, asked)
        _move_dates(world, subscription, asked)
        _cancel(world, subscription, asked)
    return show_subscription(world, subscription)


def _check(world: World, subscription: Subscription, asked: SubscriptionUpdate) -> None:
    if asked.pause is not None:
        raise Refusal("INVALID_REQUEST_BODY", "`pause` was removed: use `status` paused or active")
    if subscription.status in OVER:
        code = "SUBSCRIPTION_EXPIRED" if subscription.status == "expired" else "SUBSCRIPTION_INACTIVE"
        raise Refusal(code, f"the subscription is {subscription.status}")
    if asked.status not in (None, "active", "paused", "cancelled"):
        raise Refusal("INVALID_REQUEST_BODY", "`status`: expected cancelled, paused or active")
    if asked.status in ("active", "paused") and len(msgspec.to_builtins(asked)) > 1:
        raise Refusal("INVALID_REQUEST_BODY", f"`status`: {asked.status} must be alone in the body")
    cancelling = asked.status == "cancelled" or asked.cancel_at_next_billing_date
    if not cancelling and (asked.cancellation_feedback or asked.cancellation_comment):
        raise Refusal("INVALID_REQUEST_BODY", "`cancellation_feedback` and `_comment` are for cancellations only")
    check_address(asked.billing)
    check_metadata(asked.metadata)
    for name, date in _dates(asked):
        if date <= world.now():
            raise Refusal("INVALID_REQUEST_PARAMETERS", f"`{name}`: expected a date in the future")
    if asked.disable_on_demand is not None and not subscription.on_demand:
        raise Refusal("SUBSCRIPTION_NOT_ON_DEMAND", "`disable_on_demand`: the subscription is not on demand")
    if _new_end(subscription, asked) < (subscription.expires_at or subscription.created_at):
        raise Refusal("INVALID_REQUEST_PARAMETERS", "`subscription_period_count`: the period can only be extended")


def _dates(asked: SubscriptionUpdate) -> list[tuple[str, datetime]]:
    named = {
        "next_billing_date": asked.next_billing_date,
        "disable_on_demand.next_billing_date": asked.disable_on_demand and asked.disable_on_demand.next_billing_date,
    }
    return [(name, date if date.tzinfo else date.replace(tzinfo=UTC)) for name, date in named.items() if date]


def _new_end(subscription: Subscription, asked: SubscriptionUpdate) -> datetime:
    count, interval = asked.subscription_period_count, asked.subscription_period_interval
    if count is None and interval is None:
        return subscription.expires_at or subscription.created_at
    count = subscription.period_count if count is None else count
    if not 1 <= count <= 10_000:
        raise Refusal("INVALID_REQUEST_PARAMETERS", "`subscription_period_count`: expected 1 to 10000")
    try:
        return later(subscription.created_at, count, interval or subscription.period_interval)
    except (ValueError, OverflowError):
        raise Refusal("INVALID_REQUEST_PARAMETERS", "`subscription_period_count`: too far away") from None


def _correct(world: World, subscription: Subscription, asked: SubscriptionUpdate) -> None:
    subscription.billing = check_address(asked.billing) or subscription.billing
    subscription.tax_id = asked.tax_id or subscription.tax_id
    if asked.metadata is not None:
        subscription.metadata = asked.metadata
    if asked.customer_name is not None:
        world.customers[subscription.customer_id].name = asked.customer_name
    if asked.customer_business_name is not msgspec.UNSET:
        subscription.customer_business_name = asked.customer_business_name


def _move_dates(world: World, subscription: Subscription, asked: SubscriptionUpdate) -> None:
    subscription.expires_at = _new_end(subscription, asked)
    subscription.period_count = asked.subscription_period_count or subscription.period_count
    subscription.period_interval = asked.subscription_period_interval or subscription.period_interval
    for name, date in _dates(asked):
        subscription.next_billing_date = date
        if name.startswith("disable"):
            subscription.on_demand = False
        if subscription.scheduled_change is not None:
            subscription.scheduled_change.effective_at = date
        expect(world, subscription)


def _cancel(world: World, subscription: Subscription, asked: SubscriptionUpdate) -> None:
    if asked.status == "cancelled" or asked.cancel_at_next_billing_date:
        subscription.cancelled_by = "api_key"
        subscription.cancellation_feedback = asked.cancellation_feedback
        subscription.cancellation_comment = asked.cancellation_comment
    if asked.status == "cancelled":
        end(world, subscription, "cancelled")
        return
    if asked.cancel_at_next_billing_date is not None:
        subscription.cancel_at_next_billing_date = asked.cancel_at_next_billing_date
        if not asked.cancel_at_next_billing_date:
            subscription.cancelled_by = subscription.cancellation_feedback = subscription.cancellation_comment = None
    tell(world, subscription, "updated")


ROUTES = [update]

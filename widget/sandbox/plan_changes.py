"""Plan changes: preview, change, and the end of a scheduled one."""

from __future__ import annotations

from litestar import delete, post
from litestar.di import NamedDependency
from litestar.params import FromPath, RawBody

from widget.sandbox.change_preview import show_quote
from widget.sandbox.change_quote import Quote, changed, quote
from widget.sandbox.change_request import ChangeRequest, Wish, check_change
from widget.sandbox.charging import finish
from widget.sandbox.errors import Refusal, parse
from widget.sandbox.lists import AnyRequest, JSONObject
from widget.sandbox.payment_links import NOTHING, is_open, open_link
from widget.sandbox.renewals import expect, hold
from widget.sandbox.subscription_life import become, hold_credits, serve, settle_credits, take, tell
from widget.sandbox.subscriptions import find_subscription
from widget.sandbox.terms import bill_payment
from widget.sandbox.things import Payment, ScheduledChange, Subscription
from widget.sandbox.world import World


@post("/subscriptions/{subscription_id:str}/change-plan/preview", status_code=200)
async def preview(subscription_id: FromPath[str], body: RawBody, world: NamedDependency[World]) -> JSONObject:
    """POST …/change-plan/preview: the price of the same body; changes nothing."""
    asked = parse(ChangeRequest, body)
    subscription = find_subscription(world, subscription_id)
    check_state(world, subscription, asked)
    return show_quote(world, quote(world, subscription, check_change(world, subscription, asked)))


@post("/subscriptions/{subscription_id:str}/change-plan", status_code=200)
async def change(
    subscription_id: FromPath[str], request: AnyRequest, body: RawBody, world: NamedDependency[World]
) -> JSONObject:
    """POST …/change-plan: four nulls, unless there is a payment link."""
    asked = parse(ChangeRequest, body)
    subscription = find_subscription(world, subscription_id)
    check_state(world, subscription, asked)
    wish = check_change(world, subscription, asked)
    _drop_older_link(world, subscription)
    wanted = quote(world, subscription, wish)
    if wish.scheduled:
        _schedule(world, subscription, wish)
    elif wanted.bill.due == 0:
        _settle(world, subscription, wanted, None)
    elif wish.by_link:
        return open_link(world, _payment(world, subscription, wanted), wish.return_url)
    else:
        _charge(world, subscription, wanted)
        if world.customers[subscription.customer_id].hangs:
            request.scope["state"]["hang_s"] = world.settings.hang_s
    return NOTHING


@delete("/subscriptions/{subscription_id:str}/change-plan/scheduled")
async def unschedule(subscription_id: FromPath[str], world: NamedDependency[World]) -> None:
    """DELETE …/change-plan/scheduled: 204; an unknown subscription is 422 here, nothing scheduled 404."""
    subscription = world.subscriptions.get(subscription_id)
    if subscription is None:
        raise Refusal("NOT_FOUND", f"subscription {subscription_id[:80]} does not exist")
    if subscription.scheduled_change is None or subscription.pending_payment_id is not None:
        raise Refusal("SCHEDULED_PLAN_CHANGE_NOT_FOUND", "no plan change is scheduled", 404)
    subscription.scheduled_change = None
    tell(world, subscription, "updated")


def check_state(world: World, subscription: Subscription, asked: ChangeRequest) -> None:
    """May this subscription change now?"""
    if subscription.status != "active":
        raise Refusal("INACTIVE_SUBSCRIPTION_PLAN_CHANGE_NOT_SUPPORTED", f"the subscription is {subscription.status}")
    if subscription.on_demand:
        raise Refusal("ON_DEMAND_PLAN_CHANGE_NOT_SUPPORTED", "on-demand subscriptions cannot change plan")
    if world.products[subscription.product_id].price_kind == "usage_based_price":
        raise Refusal("UNSUPPORTED_ACTION", "usage-based subscriptions cannot change plan")
    if subscription.cancel_at_next_billing_date:
        raise Refusal("PLAN_CHANGE_NOT_ALLOWED_FOR_SCHEDULED_CANCELLATION", "a cancellation is scheduled")
    if subscription.pending_payment_id is not None and not (
        asked.cancel_older_payment_link and is_open(world.payments.get(subscription.pending_payment_id))
    ):
        raise Refusal("PENDING_PLAN_CHANGE_EXISTS", "a plan change is already waiting for its payment", 409)
    if subscription.scheduled_change is not None and not asked.cancel_scheduled_change_plan:
        raise Refusal("SCHEDULED_PLAN_CHANGE_EXISTS", "a plan change is already scheduled", 409)


def _drop_older_link(world: World, subscription: Subscription) -> None:
    """The state allows an open link here only when the request asked to drop it. Its credits come back by this."""
    older = world.payments.get(subscription.pending_payment_id or "")
    if older is not None:
        finish(world, older, "cancelled")


def _schedule(world: World, subscription: Subscription, wish: Wish) -> None:
    subscription.scheduled_change = ScheduledChange(
        world.new_id("spc"), wish.product.product_id, wish.quantity, list(wish.addons), world.now(),
        subscription.next_billing_date, list(wish.discount_ids), wish.metadata,
        "apply_change" if wish.apply_on_failure else "prevent_change",
    )  # fmt: skip
    tell(world, subscription, "updated")


def _charge(world: World, subscription: Subscription, wanted: Quote) -> None:
    payment = _payment(world, subscription, wanted)
    if wanted.wish.apply_on_failure:
        _apply(world, subscription, wanted)
    take(world, payment, subscription)


def _payment(world: World, subscription: Subscription, wanted: Quote) -> Payment:
    payment = bill_payment(world, subscription, wanted.bill, "plan_change", wanted.wish.metadata)
    payment.product_ids = [wanted.wish.product.product_id]
    payment.then = lambda world, payment: _settle(world, subscription, wanted, payment)
    subscription.pending_payment_id = payment.payment_id
    hold_credits(subscription, wanted.bill)
    return payment


def _settle(world: World, subscription: Subscription, wanted: Quote, payment: Payment | None) -> None:
    """The change's payment has ended, or none was needed."""
    paid = payment is None or payment.status == "succeeded"
    applied = payment is not None and wanted.wish.apply_on_failure
    if payment is not None and subscription.pending_payment_id == payment.payment_id:
        subscription.pending_payment_id = None
    settle_credits(subscription, wanted.bill, paid=paid)
    if subscription.status != "active":
        return
    if paid and not applied:
        _apply(world, subscription, wanted)
    if paid and payment is not None:
        serve(subscription, payment, wanted.bill.lines[0].factor)
    if applied and not paid:
        hold(world, subscription)
    expect(world, subscription)


def _apply(world: World, subscription: Subscription, wanted: Quote) -> None:
    become(world, subscription, changed(subscription, wanted.wish, wanted.restart_at))
    tell(world, subscription, "plan_changed", "updated")


ROUTES = [preview, change, unschedule]

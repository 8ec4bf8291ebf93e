"""Another payment method for a subscription: a saved one, or a new one on a page; on hold it pays the dues."""

from __future__ import annotations

from typing import Literal

import msgspec
from litestar import post
from litestar.di import NamedDependency
from litestar.params import FromPath, RawBody

from widget.sandbox.charging import charge
from widget.sandbox.checkout_request import check_method, check_url
from widget.sandbox.errors import Refusal, parse
from widget.sandbox.lists import AnyRequest, JSONObject
from widget.sandbox.payment_links import NOTHING, open_link
from widget.sandbox.renewals import expect
from widget.sandbox.subscription_life import OVER, move_on, tell
from widget.sandbox.subscriptions import find_subscription
from widget.sandbox.things import Payment, Subscription
from widget.sandbox.world import World


class MethodRequest(msgspec.Struct):
    """`UpdatePaymentMethodReq`: `new` is entered on a page, `existing` names one of the customer's saved methods."""

    type: Literal["new", "existing"]
    payment_method_id: str | None = None
    allowed_payment_method_types: list[str] | None = None
    return_url: str | None = None


@post("/subscriptions/{subscription_id:str}/update-payment-method", status_code=200)
async def update_method(
    subscription_id: FromPath[str], request: AnyRequest, body: RawBody, world: NamedDependency[World]
) -> JSONObject:
    """POST …/update-payment-method."""
    asked = parse(MethodRequest, body)
    subscription = find_subscription(world, subscription_id)
    _check_state(world, subscription)
    if asked.type == "new":
        return_url = check_url("return_url", asked.return_url)
        return open_link(world, _payment(world, subscription), return_url)
    if asked.payment_method_id is None:
        raise Refusal("INVALID_REQUEST_BODY", "Object missing required field `payment_method_id`")
    customer = world.customers[subscription.customer_id]
    method = check_method(world, customer, asked.payment_method_id, subscription.currency)
    if subscription.status not in ("on_hold", "past_due"):
        subscription.method_id = method.payment_method_id
        tell(world, subscription, "update_payment_method", "updated")
        return NOTHING
    payment = _payment(world, subscription)
    charge(world, payment, method)
    if customer.hangs:
        request.scope["state"]["hang_s"] = world.settings.hang_s
    return {**NOTHING, "payment_id": payment.payment_id}


def dues_of(world: World, subscription: Subscription) -> Payment | None:
    """The payment whose failure put the subscription on hold, or None."""
    if subscription.status not in ("on_hold", "past_due"):
        return None
    for payment in reversed(world.payments.values()):
        if subscription.subscription_id in payment.subscription_ids and not payment.is_update_payment_method:
            return payment if payment.status != "succeeded" else None
    return None


def _check_state(world: World, subscription: Subscription) -> None:
    if subscription.status in OVER or subscription.status == "pending":
        raise Refusal("SUBSCRIPTION_INACTIVE", f"the subscription is {subscription.status}")
    under_way = any(
        payment.is_update_payment_method
        and subscription.subscription_id in payment.subscription_ids
        and payment.status in ("processing", "requires_customer_action")
        for payment in world.payments.values()
    )
    if under_way:
        raise Refusal("PREVIOUS_PAYMENT_PENDING", "the dues are being paid already", 409)


def _payment(world: World, subscription: Subscription) -> Payment:
    """The dues, or a card check over nothing."""
    dues, now = dues_of(world, subscription), world.now()
    payment = Payment(
        world.new_id("pay"), subscription.customer_id, now, subscription.currency,
        dues.total_amount if dues else 0, dues.tax if dues else 0, subscription.billing, updated_at=now,
        product_ids=[subscription.product_id], metadata=dict(subscription.metadata),
        charge_type=dues.charge_type if dues else None, subscription_ids=[subscription.subscription_id],
        is_update_payment_method=True, retry_attempt=dues.retry_attempt + 1 if dues else 0,
    )  # fmt: skip
    payment.then = lambda world, payment: _settle(world, subscription, payment)
    return payment


def _settle(world: World, subscription: Subscription, payment: Payment) -> None:
    if payment.status != "succeeded" or subscription.status in OVER:
        return
    subscription.method_id = payment.method_id
    tell(world, subscription, "update_payment_method")
    if subscription.status not in ("on_hold", "past_due"):
        tell(world, subscription, "updated")
        return
    if payment.charge_type == "renewal":
        move_on(world, subscription, payment)
        tell(world, subscription, "renewed", paid_by=payment.payment_id)
    subscription.status, subscription.past_due_ends_at = "active", None
    tell(world, subscription, "active", "updated")
    expect(world, subscription)


ROUTES = [update_method]

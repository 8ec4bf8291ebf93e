"""POST /subscriptions/{id}/charge: a sum of the merchant's choosing, for on-demand subscriptions only."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from litestar import post
from litestar.di import NamedDependency
from litestar.params import FromPath, RawBody

from widget.sandbox.checkout_request import check_metadata, check_total
from widget.sandbox.errors import Refusal, parse
from widget.sandbox.lists import AnyRequest, JSONObject
from widget.sandbox.money import MINIMUM, tax_percent
from widget.sandbox.proration import Item, Plan, bill, lines_of
from widget.sandbox.renewals import hold
from widget.sandbox.subscription_life import take
from widget.sandbox.subscriptions import find_subscription
from widget.sandbox.terms import bill_payment
from widget.sandbox.things import Payment, Subscription
from widget.sandbox.world import World


class ChargeRequest(msgspec.Struct):
    """`CreateSubscriptionChargeRequest`; `product_price` in minor units."""

    product_price: Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)]
    adaptive_currency_fees_inclusive: bool | None = None
    customer_balance_config: dict[str, Any] | None = None
    metadata: dict[str, str | int | float | bool] | None = None
    product_currency: str | None = None
    product_description: str | None = None


@post("/subscriptions/{subscription_id:str}/charge", status_code=200)
async def charge_on_demand(
    subscription_id: FromPath[str], request: AnyRequest, body: RawBody, world: NamedDependency[World]
) -> JSONObject:
    """POST …/charge: the payment's id; a failure puts the subscription on hold."""
    asked = parse(ChargeRequest, body)
    subscription = find_subscription(world, subscription_id)
    _check(subscription, asked)
    product = world.products[subscription.product_id]
    item = Item("subscription", product.product_id, asked.product_price, 1)
    terms = Plan((item,), tax_percent(subscription.billing.country), product.tax_inclusive)
    check_total(asked.product_price, subscription.currency)
    due = bill(lines_of(terms), 0, MINIMUM.get(subscription.currency, 0))
    metadata = None if asked.metadata is None else check_metadata(asked.metadata)
    payment = bill_payment(world, subscription, due, "on_demand", metadata)
    payment.then = lambda world, payment: _settle(world, subscription, payment)
    take(world, payment, subscription)
    if world.customers[subscription.customer_id].hangs:
        request.scope["state"]["hang_s"] = world.settings.hang_s
    return {"payment_id": payment.payment_id}


def _check(subscription: Subscription, asked: ChargeRequest) -> None:
    if not subscription.on_demand:
        raise Refusal("SUBSCRIPTION_NOT_ON_DEMAND", "only on-demand subscriptions can be charged")
    if subscription.status == "expired":
        raise Refusal("SUBSCRIPTION_EXPIRED", "the subscription is expired")
    if subscription.status != "active":
        raise Refusal("SUBSCRIPTION_INACTIVE", f"the subscription is {subscription.status}")
    if subscription.cancel_at_next_billing_date:
        raise Refusal("CHARGE_NOT_ALLOWED_FOR_SCHEDULED_CANCELLATION", "a cancellation is scheduled")
    if asked.product_currency not in (None, subscription.currency):
        raise Refusal("UNSUPPORTED_CURRENCY", f"`product_currency`: the subscription is in {subscription.currency}")


def _settle(world: World, subscription: Subscription, payment: Payment) -> None:
    if payment.status != "succeeded" and subscription.status == "active":
        hold(world, subscription)


ROUTES = [charge_on_demand]

"""Subscriptions as they are read: one, and a list with filters."""

from __future__ import annotations

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath

from widget.sandbox.errors import not_found
from widget.sandbox.lists import AnyRequest, JSONObject, flag, moment, page, within, word
from widget.sandbox.subscription_view import show_subscription, show_subscription_item
from widget.sandbox.things import Subscription
from widget.sandbox.world import BRAND_ID, World

STATUSES = ("pending", "active", "on_hold", "past_due", "paused", "cancelled", "failed", "expired")


@get("/subscriptions")
async def list_all(request: AnyRequest, world: NamedDependency[World]) -> JSONObject:
    """GET /subscriptions."""
    since, until = moment(request, "created_at_gte"), moment(request, "created_at_lte")
    customer_id, product_id = word(request, "customer_id"), word(request, "product_id")
    status, ending = word(request, "status", STATUSES), flag(request, "cancel_at_next_billing_date")
    if word(request, "brand_id") not in (None, BRAND_ID):
        return {"items": []}
    found = [
        subscription
        for subscription in reversed(world.subscriptions.values())
        if within(subscription.created_at, since, until)
        and customer_id in (None, subscription.customer_id)
        and product_id in (None, subscription.product_id)
        and status in (None, subscription.status)
        and ending in (None, subscription.cancel_at_next_billing_date)
    ]
    return page(request, found, lambda subscription: show_subscription_item(world, subscription))


@get("/subscriptions/{subscription_id:str}")
async def retrieve(subscription_id: FromPath[str], world: NamedDependency[World]) -> JSONObject:
    """GET /subscriptions/{id}."""
    return show_subscription(world, find_subscription(world, subscription_id))


def find_subscription(world: World, subscription_id: str) -> Subscription:
    """The subscription, or 404."""
    subscription = world.subscriptions.get(subscription_id)
    if subscription is None:
        raise not_found("subscription", subscription_id)
    return subscription


ROUTES = [list_all, retrieve]

"""The table of contents of the API: every module with handlers, and nothing else."""

from __future__ import annotations

from litestar.handlers import HTTPRouteHandler

from widget.sandbox import (
    addons,
    challenge,
    checkouts,
    control_money,
    control_world,
    customers,
    discounts,
    disputes,
    files,
    front,
    hosted,
    method_change,
    on_demand,
    pay_page,
    payments,
    plan_changes,
    portal,
    product_collections,
    products,
    refunds,
    subscription_update,
    subscriptions,
)

ROUTES: list[HTTPRouteHandler] = [
    *checkouts.ROUTES,
    *payments.ROUTES,
    *customers.ROUTES,
    *products.ROUTES,
    *discounts.ROUTES,
    *refunds.ROUTES,
    *disputes.ROUTES,
    *subscriptions.ROUTES,
    *subscription_update.ROUTES,
    *plan_changes.ROUTES,
    *method_change.ROUTES,
    *on_demand.ROUTES,
    *addons.ROUTES,
    *product_collections.ROUTES,
    *portal.ROUTES,
    *hosted.ROUTES,
    *pay_page.ROUTES,
    *challenge.ROUTES,
    *front.ROUTES,
    *files.ROUTES,
    *control_world.ROUTES,
    *control_money.ROUTES,
]

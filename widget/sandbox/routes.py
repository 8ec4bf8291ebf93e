"""The table of contents of the API: every module with handlers, and nothing else."""

from __future__ import annotations

from litestar.handlers import HTTPRouteHandler

from widget.sandbox import (
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
    payments,
    products,
    refunds,
)

ROUTES: list[HTTPRouteHandler] = [
    *checkouts.ROUTES,
    *payments.ROUTES,
    *customers.ROUTES,
    *products.ROUTES,
    *discounts.ROUTES,
    *refunds.ROUTES,
    *disputes.ROUTES,
    *hosted.ROUTES,
    *challenge.ROUTES,
    *front.ROUTES,
    *files.ROUTES,
    *control_world.ROUTES,
    *control_money.ROUTES,
]

"""The table of contents of the API: every module with handlers, and nothing else."""

from __future__ import annotations

from litestar.handlers import HTTPRouteHandler

from widget.sandbox import (
    checkouts,
    control,
    customers,
    discounts,
    disputes,
    hosted,
    payments,
    products,
    refunds,
    static,
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
    *static.ROUTES,
    *control.ROUTES,
]

"""Discount codes, as far as a shop asks for them."""

from __future__ import annotations

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath

from widget.sandbox import codes
from widget.sandbox.errors import not_found
from widget.sandbox.lists import AnyRequest, JSONObject, flag, page, word
from widget.sandbox.views import show_discount
from widget.sandbox.world import World


@get("/discounts")
async def list_all(request: AnyRequest, world: NamedDependency[World]) -> JSONObject:
    """GET /discounts."""
    code, kind = word(request, "code"), word(request, "discount_type", ("flat", "percentage"))
    active, product_id = flag(request, "active"), word(request, "product_id")
    found = [
        discount
        for discount in reversed(world.discounts.values())
        if (code is None or discount.code == code.upper())
        and (kind is None or discount.kind == kind)
        and (active is None or active == (discount.expires_at is None or discount.expires_at > world.now()))
        and (product_id is None or not discount.restricted_to or product_id in discount.restricted_to)
    ]
    return page(request, found, show_discount)


@get("/discounts/code/{code:str}")
async def retrieve_by_code(code: FromPath[str], world: NamedDependency[World]) -> JSONObject:
    """GET /discounts/code/{code}: 404 unknown, 422 expired or used up."""
    discount = codes.find(world, code)
    if discount is None:
        raise not_found("discount code", code)
    codes.check(world, discount)
    return show_discount(discount)


ROUTES = [list_all, retrieve_by_code]

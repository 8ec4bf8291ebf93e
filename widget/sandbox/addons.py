"""Add-ons: retrieve and list."""

from __future__ import annotations

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath

from widget.sandbox.catalogue import STOCKED_AT
from widget.sandbox.errors import not_found
from widget.sandbox.lists import AnyRequest, JSONObject, iso, page
from widget.sandbox.things import Addon
from widget.sandbox.world import BUSINESS_ID, World


@get("/addons")
async def list_all(request: AnyRequest, world: NamedDependency[World]) -> JSONObject:
    """GET /addons."""
    return page(request, reversed(world.addons.values()), show_addon)


@get("/addons/{addon_id:str}")
async def retrieve(addon_id: FromPath[str], world: NamedDependency[World]) -> JSONObject:
    """GET /addons/{id}."""
    addon = world.addons.get(addon_id)
    if addon is None:
        raise not_found("add-on", addon_id)
    return show_addon(addon)


def show_addon(addon: Addon) -> JSONObject:
    """`AddonResponse`."""
    return {
        "id": addon.addon_id,
        "business_id": BUSINESS_ID,
        "name": addon.name,
        "description": addon.description,
        "image": None,
        "price": addon.price,
        "currency": addon.currency,
        "tax_category": addon.tax_category,
        "created_at": iso(STOCKED_AT),
        "updated_at": iso(STOCKED_AT),
    }


ROUTES = [list_all, retrieve]

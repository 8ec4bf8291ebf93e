"""Product collections, the plan families: retrieve and list."""

from __future__ import annotations

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath

from widget.sandbox.catalogue import STOCKED_AT
from widget.sandbox.errors import not_found
from widget.sandbox.lists import AnyRequest, JSONObject, flag, iso, page, word
from widget.sandbox.products import show_price
from widget.sandbox.things import Collection, CollectionGroup, Product
from widget.sandbox.world import BRAND_ID, World

POLICIES = (
    "effective_at_on_upgrade", "effective_at_on_downgrade", "proration_billing_mode_on_upgrade",
    "proration_billing_mode_on_downgrade", "on_payment_failure",
)  # fmt: skip


@get("/product-collections")
async def list_all(request: AnyRequest, world: NamedDependency[World]) -> JSONObject:
    """GET /product-collections; archived ones only when asked for."""
    archived = flag(request, "archived") or False
    if word(request, "brand_id") not in (None, BRAND_ID):
        return {"items": []}
    found = [family for family in reversed(world.collections.values()) if family.archived == archived]
    return page(request, found, show_collection_item)


@get("/product-collections/{collection_id:str}")
async def retrieve(collection_id: FromPath[str], world: NamedDependency[World]) -> JSONObject:
    """GET /product-collections/{id}."""
    family = world.collections.get(collection_id)
    if family is None:
        raise not_found("product collection", collection_id)
    return show_collection(world, family)


def show_collection(world: World, family: Collection) -> JSONObject:
    """`ProductCollection`; the order of groups and products is the order of display."""
    return {
        "id": family.collection_id,
        "brand_id": BRAND_ID,
        "name": family.name,
        "description": family.description,
        "image": None,
        "created_at": iso(STOCKED_AT),
        "updated_at": iso(STOCKED_AT),
        **{name: getattr(family, name) for name in POLICIES},
        "groups": [_show_group(world, group) for group in family.groups],
    }


def show_collection_item(family: Collection) -> JSONObject:
    """`ProductCollectionListResponse`."""
    return {
        "id": family.collection_id,
        "name": family.name,
        "description": family.description,
        "image": None,
        "products_count": sum(len(group.product_ids) for group in family.groups),
        "created_at": iso(STOCKED_AT),
        "updated_at": iso(STOCKED_AT),
    }


def _show_group(world: World, group: CollectionGroup) -> JSONObject:
    return {
        "group_id": group.group_id,
        "group_name": group.name,
        "status": group.status,
        "products": [_show_product(world.products[product_id]) for product_id in group.product_ids],
    }


def _show_product(product: Product) -> JSONObject:
    return {
        "id": "pci_" + product.product_id.removeprefix("pdt_"),
        "product_id": product.product_id,
        "name": product.name,
        "description": product.description,
        "status": not product.archived,
        "is_recurring": product.is_recurring,
        "addons_count": len(product.addons),
        "files_count": 0,
        "meters_count": 0,
        "has_credit_entitlements": False,
        "license_key_enabled": False,
        "price": product.price,
        "currency": product.currency,
        "tax_inclusive": product.tax_inclusive,
        "tax_category": product.tax_category,
        "price_detail": show_price(product),
    }


ROUTES = [list_all, retrieve]

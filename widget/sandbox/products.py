"""Products: retrieve and list, each with its own shape of the price."""

from __future__ import annotations

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath

from widget.sandbox.catalogue import STOCKED_AT
from widget.sandbox.errors import not_found
from widget.sandbox.lists import AnyRequest, JSONObject, flag, iso, page, word
from widget.sandbox.things import Product
from widget.sandbox.world import BRAND_ID, BUSINESS_ID, World


@get("/products")
async def list_all(request: AnyRequest, world: NamedDependency[World]) -> JSONObject:
    """GET /products; archived ones only when asked for."""
    archived, recurring = flag(request, "archived") or False, flag(request, "recurring")
    if word(request, "brand_id") not in (None, BRAND_ID):
        return {"items": []}
    found = [
        product
        for product in reversed(world.products.values())
        if product.archived == archived and (recurring is None or product.is_recurring == recurring)
    ]
    return page(request, found, lambda product: show_product_item(world, product))


@get("/products/{product_id:str}")
async def retrieve(product_id: FromPath[str], world: NamedDependency[World]) -> JSONObject:
    """GET /products/{id}; archived ones too."""
    product = world.products.get(product_id)
    if product is None:
        raise not_found("product", product_id)
    return show_product(world, product)


def show_price(product: Product) -> JSONObject:
    """The price union."""
    shown: JSONObject = {
        "type": product.price_kind,
        "currency": product.currency,
        "tax_inclusive": product.tax_inclusive,
        "discount": 0,
        "discount_bps": 0,
        "purchasing_power_parity": False,
    }
    if product.price_kind == "one_time_price":
        extra = {"pay_what_you_want": product.pay_what_you_want, "suggested_price": product.suggested_price}
        return {**shown, "price": product.price, **extra}
    shown |= {
        "payment_frequency_count": product.frequency_count,
        "payment_frequency_interval": product.frequency_interval,
        "subscription_period_count": product.period_count,
        "subscription_period_interval": product.period_interval,
    }
    if product.price_kind == "usage_based_price":
        return {**shown, "fixed_price": product.price, "meters": []}
    return {**shown, "price": product.price, "trial_period_days": product.trial_period_days, "trial_amount": None}


def show_product(world: World, product: Product) -> JSONObject:
    """`Product`."""
    return {
        **_common(world, product),
        "brand_id": BRAND_ID,
        "price": show_price(product),
        "license_key_enabled": False,
        "credit_entitlements": [],
        "addons": list(product.addons) or None,
        "product_collection_id": product.collection_id,
    }


def show_product_item(world: World, product: Product) -> JSONObject:
    """`ProductListResponse`: here `price` is a number."""
    return {
        **_common(world, product),
        "price": product.price,
        "currency": product.currency,
        "tax_inclusive": product.tax_inclusive,
        "price_detail": show_price(product),
    }


def _common(world: World, product: Product) -> JSONObject:
    return {
        "product_id": product.product_id,
        "business_id": BUSINESS_ID,
        "name": product.name,
        "description": product.description,
        "image": product.picture and f"{world.base_url}/_sandbox/images/{product.picture}.svg",
        "is_recurring": product.is_recurring,
        "tax_category": product.tax_category,
        "metadata": product.metadata,
        "entitlements": [],
        "pricing_mode": None,
        "created_at": iso(STOCKED_AT),
        "updated_at": iso(STOCKED_AT),
    }


ROUTES = [list_all, retrieve]

"""The control surface over the world itself: reset, ledger, requests, faults, clock, settings, cast."""

from __future__ import annotations

import dataclasses
from datetime import timedelta
from typing import Any

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import RawBody

from widget.sandbox.cast import PEOPLE
from widget.sandbox.control_requests import AskedBlock, AskedClock, AskedFault, AskedLanguage, AskedProduct
from widget.sandbox.customers import find_customer
from widget.sandbox.errors import Refusal, not_found, parse
from widget.sandbox.lists import JSONObject, iso
from widget.sandbox.products import show_product
from widget.sandbox.things import Fault, Settings
from widget.sandbox.views import show_customer, show_method
from widget.sandbox.world import World


@post("/_sandbox/reset", status_code=200)
async def reset(world: NamedDependency[World]) -> JSONObject:
    """The world as at the start."""
    world.reset()
    return {"reset": True}


@get("/_sandbox/ledger")
async def ledger(world: NamedDependency[World]) -> list[JSONObject]:
    """Every movement of money, in order."""
    return [
        {
            "payment_id": entry.payment_id,
            "customer_id": entry.customer_id,
            "product_ids": entry.product_ids,
            "subscription_id": entry.subscription_id,
            "kind": entry.kind,
            "amount": entry.amount,
            "currency": entry.currency,
            "status": entry.status,
            "metadata": entry.metadata,
            "at": iso(entry.at),
        }
        for entry in world.ledger
    ]


@get("/_sandbox/requests")
async def requests(world: NamedDependency[World]) -> list[JSONObject]:
    """Every API request received, in order; calls of this surface are not among them."""
    return [{**dataclasses.asdict(entry), "at": iso(entry.at)} for entry in world.requests]


@get("/_sandbox/faults")
async def list_faults(world: NamedDependency[World]) -> list[JSONObject]:
    """The faults still planned."""
    return [dataclasses.asdict(fault) for fault in world.faults]


@post("/_sandbox/faults", status_code=200)
async def plan_fault(body: RawBody, world: NamedDependency[World]) -> JSONObject:
    """Plan a fault, or take all back with `{"clear": true}`."""
    asked = parse(AskedFault, body)
    if asked.clear:
        world.faults.clear()
        return {"planned": 0}
    method, path = asked.checked()
    fault = Fault(
        method, path, asked.fault, asked.status, asked.seconds, asked.times, asked.executed, asked.path_contains,
        asked.body_contains, asked.code, asked.message, asked.kind, asked.headers,
    )  # fmt: skip
    world.faults.append(fault)
    return {"planned": len(world.faults)}


@get("/_sandbox/clock")
async def read_clock(world: NamedDependency[World]) -> JSONObject:
    """What time it is in the sandbox."""
    return {"now": iso(world.now())}


@post("/_sandbox/clock", status_code=200)
async def advance_clock(body: RawBody, world: NamedDependency[World]) -> JSONObject:
    """Forward; renewals, scheduled changes and time-outs happen, each at its own time."""
    asked = parse(AskedClock, body)
    world.offset += timedelta(days=asked.advance_days, seconds=asked.advance_seconds)
    world.catch_up()
    return {"now": iso(world.now())}


@get("/_sandbox/settings")
async def read_settings(world: NamedDependency[World]) -> JSONObject:
    """The switches."""
    return dataclasses.asdict(world.settings)


@post("/_sandbox/settings", status_code=200)
async def change_settings(body: RawBody, world: NamedDependency[World]) -> JSONObject:
    """Turn some switches; the others stay."""
    asked = parse(dict[str, Any], body)
    for name in asked:
        if name not in {field.name for field in dataclasses.fields(Settings)}:
            raise Refusal("INVALID_REQUEST_BODY", f"`{name[:60]}`: there is no such switch")
    changed = {**dataclasses.asdict(world.settings), **asked}
    settings = parse(Settings, msgspec.json.encode(changed))
    for name, value in dataclasses.asdict(settings).items():
        if isinstance(value, float | int) and not 0 <= value <= 86_400:
            raise Refusal("INVALID_REQUEST_BODY", f"`{name}`: expected 0 to 86400")
    world.settings = settings
    return dataclasses.asdict(settings)


@get("/_sandbox/cast")
async def cast(world: NamedDependency[World]) -> list[JSONObject]:
    """The people, what they are good for, and their saved methods."""
    roles = {f"cus_{first}": role for first, _, _, role in PEOPLE}
    return [
        {
            **show_customer(customer),
            "role": roles.get(customer.customer_id),
            "country": customer.address.country,
            "methods": [show_method(m) for m in world.methods.values() if m.customer_id == customer.customer_id],
        }
        for customer in world.customers.values()
    ]


@post("/_sandbox/block", status_code=200)
async def block(body: RawBody, world: NamedDependency[World]) -> JSONObject:
    """Put a customer on the blocklist."""
    asked = parse(AskedBlock, body)
    customer = find_customer(world, asked.customer_id)
    customer.blocked_at = world.now() if asked.blocked else None
    return show_customer(customer)


@post("/_sandbox/language", status_code=200)
async def choose_language(body: RawBody, world: NamedDependency[World]) -> JSONObject:
    """The language a customer prefers; Dodo's API tells it and does not take it."""
    asked = parse(AskedLanguage, body)
    customer = find_customer(world, asked.customer_id)
    customer.preferred_locale = asked.preferred_locale
    return show_customer(customer)


@post("/_sandbox/products", status_code=200)
async def change_product(body: RawBody, world: NamedDependency[World]) -> JSONObject:
    """The merchant changed a price or archived a product at Dodo's dashboard."""
    asked = parse(AskedProduct, body)
    product = world.products.get(asked.product_id)
    if product is None:
        raise not_found("product", asked.product_id)
    changed = {"price": asked.price, "archived": asked.archived, "metadata": asked.metadata}
    known = {name: value for name, value in changed.items() if value is not None}
    world.products[product.product_id] = dataclasses.replace(product, **known)
    return show_product(world, world.products[product.product_id])


ROUTES = [
    reset, ledger, requests, list_faults, plan_fault, read_clock, advance_clock, read_settings, change_settings, cast,
    block, choose_language, change_product,
]  # fmt: skip

"""Customers and their saved methods."""

from __future__ import annotations

import msgspec
from litestar import delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, RawBody

from widget.sandbox.checkout_request import EMAIL, check_metadata
from widget.sandbox.errors import Refusal, not_found, parse
from widget.sandbox.lists import AnyRequest, JSONObject, moment, page, within, word
from widget.sandbox.things import Address, Customer
from widget.sandbox.views import show_customer, show_method
from widget.sandbox.world import World

OVER = frozenset({"cancelled", "expired", "failed"})


class NewCustomer(msgspec.Struct):
    """`CreateCustomerRequest`."""

    email: str
    name: str
    phone_number: str | None = None
    metadata: dict[str, str | int | float | bool] | None = None


class ChangedCustomer(msgspec.Struct):
    """`PatchCustomerRequest`; what is absent stays."""

    email: str | None = None
    name: str | None = None
    phone_number: str | None = None
    metadata: dict[str, str | int | float | bool] | None = None


@post("/customers", status_code=200)
async def create(body: RawBody, world: NamedDependency[World]) -> JSONObject:
    """POST /customers."""
    asked = parse(NewCustomer, body)
    _check_email(asked.email)
    customer = Customer(
        world.new_id("cus"), asked.email, asked.name, world.now(), Address("US"), asked.phone_number,
        check_metadata(asked.metadata),
    )  # fmt: skip
    world.customers[customer.customer_id] = customer
    return show_customer(customer)


@get("/customers")
async def list_all(request: AnyRequest, world: NamedDependency[World]) -> JSONObject:
    """GET /customers."""
    since, until = moment(request, "created_at_gte"), moment(request, "created_at_lte")
    email, name = word(request, "email"), word(request, "name")
    found = [
        customer
        for customer in reversed(world.customers.values())
        if within(customer.created_at, since, until)
        and (email is None or customer.email.lower() == email.lower())
        and (name is None or name.lower() in customer.name.lower())
    ]
    return page(request, found, show_customer)


@get("/customers/{customer_id:str}")
async def retrieve(customer_id: FromPath[str], world: NamedDependency[World]) -> JSONObject:
    """GET /customers/{id}."""
    return show_customer(find_customer(world, customer_id))


@patch("/customers/{customer_id:str}", status_code=200)
async def update(customer_id: FromPath[str], body: RawBody, world: NamedDependency[World]) -> JSONObject:
    """PATCH /customers/{id}."""
    customer, asked = find_customer(world, customer_id), parse(ChangedCustomer, body)
    if asked.email is not None:
        _check_email(asked.email)
        customer.email = asked.email
    customer.name = asked.name if asked.name is not None else customer.name
    customer.phone_number = asked.phone_number if asked.phone_number is not None else customer.phone_number
    customer.metadata = check_metadata(asked.metadata) if asked.metadata is not None else customer.metadata
    return show_customer(customer)


@get("/customers/{customer_id:str}/payment-methods")
async def list_methods(customer_id: FromPath[str], world: NamedDependency[World]) -> JSONObject:
    """GET /customers/{id}/payment-methods: all of them, not paged."""
    find_customer(world, customer_id)
    return {"items": [show_method(m) for m in world.methods.values() if m.customer_id == customer_id]}


@delete("/customers/{customer_id:str}/payment-methods/{method_id:str}")
async def delete_method(customer_id: FromPath[str], method_id: FromPath[str], world: NamedDependency[World]) -> None:
    """DELETE …/payment-methods/{pm}: deleting twice succeeds; 409 while an active subscription uses it."""
    find_customer(world, customer_id)
    method = world.methods.get(method_id)
    if method is None:
        return
    if method.customer_id != customer_id:
        raise not_found("payment method", method_id)
    if any(s.method_id == method_id and s.status not in OVER for s in world.subscriptions.values()):
        raise Refusal("PAYMENT_METHOD_IN_USE", "an active subscription uses this payment method", 409)
    del world.methods[method_id]


def find_customer(world: World, customer_id: str) -> Customer:
    """The customer, or 404."""
    customer = world.customers.get(customer_id)
    if customer is None:
        raise not_found("customer", customer_id)
    return customer


def _check_email(email: str) -> None:
    if not EMAIL.fullmatch(email):
        raise Refusal("INVALID_REQUEST_BODY", "`email`: expected an e-mail address")


ROUTES = [create, list_all, retrieve, update, list_methods, delete_method]

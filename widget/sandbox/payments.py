"""Payments: create (deprecated, but works), retrieve, list, line items, and the retry of invoices."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, RawBody

from widget.sandbox import checkout_request as checks
from widget.sandbox.charging import charge
from widget.sandbox.checkout_request import AskedAddress, AskedCustomer, AskedLine, CheckoutRequest
from widget.sandbox.checkouts import open_session
from widget.sandbox.errors import Refusal, not_found, parse
from widget.sandbox.lists import AnyRequest, JSONObject, iso, page
from widget.sandbox.orders import place
from widget.sandbox.payment_filters import asked_payments
from widget.sandbox.pricing import price_cart
from widget.sandbox.things import Address, Customer, Payment
from widget.sandbox.views import show_customer_briefly, show_payment, show_payment_item
from widget.sandbox.world import World

SENDS_ALLOWED = 3


class PaymentRequest(msgspec.Struct):
    """`CreateOneTimePaymentRequest`."""

    billing: AskedAddress
    customer: AskedCustomer
    product_cart: Annotated[list[AskedLine], msgspec.Meta(max_length=100)]
    payment_method_id: str | None = None
    payment_link: bool | None = None
    return_url: str | None = None
    metadata: dict[str, str | int | float | bool] | None = None
    discount_code: str | None = None
    discount_codes: Annotated[list[str], msgspec.Meta(max_length=20)] | None = None
    billing_currency: str | None = None
    force_3ds: bool | None = None
    allowed_payment_method_types: list[str] | None = None
    redirect_immediately: bool = False
    show_saved_payment_methods: bool = False
    tax_id: str | None = None
    customer_business_name: str | None = None
    adaptive_currency_fees_inclusive: bool | None = None
    customization: dict[str, Any] | None = None


@post("/payments", status_code=200)
async def create(request: AnyRequest, body: RawBody, world: NamedDependency[World]) -> JSONObject:
    """POST /payments: a saved method is charged at once, else the buyer pays behind `payment_link`."""
    asked = parse(PaymentRequest, body)
    known = checks.check_customer(world, asked.customer)
    checkout = open_session(world, _as_checkout(asked))
    if any(world.products[line.product_id].is_recurring for line in checkout.cart):
        raise Refusal("INVALID_REQUEST_BODY", "`product_cart`: subscriptions are bought through POST /checkouts")
    method = None
    if asked.payment_method_id is not None:
        if known is None:
            raise Refusal("INVALID_REQUEST_BODY", "`payment_method_id` needs an existing `customer.customer_id`")
        method = checks.check_method(world, known, asked.payment_method_id, checkout.currency)
    customer = known or _newcomer(world, asked)
    world.checkouts[checkout.session_id] = checkout
    payment = place(world, checkout, customer, method, checkout.billing or customer.address, on_session=False)
    if method is not None:
        payment.checkout_session_id = None
        if customer.hangs:
            request.scope["state"]["hang_s"] = world.settings.hang_s
    link = f"{world.base_url}/checkout/session/{checkout.session_id}"
    return {
        "payment_id": payment.payment_id,
        "client_secret": f"{payment.payment_id}_secret_1",
        "customer": show_customer_briefly(customer),
        "metadata": payment.metadata,
        "total_amount": payment.total_amount,
        "payment_link": link if asked.payment_link and method is None else None,
        "expires_on": iso(world.now() + timedelta(hours=24)) if asked.payment_link else None,
        "discount_id": payment.discount_ids[0] if payment.discount_ids else None,
        "product_cart": [{"product_id": line.product_id, "quantity": line.quantity} for line in checkout.cart],
    }


@get("/payments")
async def list_all(request: AnyRequest, world: NamedDependency[World]) -> JSONObject:
    """GET /payments."""
    return page(request, asked_payments(request, world), lambda payment: show_payment_item(world, payment))


@get("/payments/{payment_id:str}")
async def retrieve(payment_id: FromPath[str], world: NamedDependency[World]) -> JSONObject:
    """GET /payments/{id}: the source of truth."""
    return show_payment(world, _find(world, payment_id))


@get("/payments/{payment_id:str}/line-items")
async def line_items(payment_id: FromPath[str], world: NamedDependency[World]) -> JSONObject:
    """GET /payments/{id}/line-items: what may be refunded in part."""
    payment = _find(world, payment_id)
    codes = [d.code for d in world.discounts.values() if d.discount_id in payment.discount_ids]
    lines = price_cart(world, payment.cart or [], payment.billing.country, codes).lines if payment.cart else []
    back = sum(r.amount for r in world.refunds.values() if r.payment_id == payment_id and r.status != "failed")
    return {
        "currency": payment.currency,
        "partial_refund_allowed": payment.status == "succeeded",
        "items": [
            {
                "items_id": line.product.product_id,
                "amount": line.due,
                "refundable_amount": max(0, line.due - back) if payment.status == "succeeded" else 0,
                "tax": line.tax,
                "name": line.name,
                "description": line.product.description,
            }
            for line in lines
        ],
    }


@get("/payments/{payment_id:str}/retry")
async def retry_state(payment_id: FromPath[str], world: NamedDependency[World]) -> JSONObject:
    """GET /payments/{id}/retry."""
    payment = _find(world, payment_id)
    able = _is_retryable(payment)
    return {
        "can_retry": able,
        "reason": None if able else "PAYMENT_NOT_RETRYABLE",
        "sends_allowed": SENDS_ALLOWED,
        "sends_used": payment.retry_attempt,
        "retry_available_at": None,
        "automatic_retry_number": None,
        "automatic_retry_total": None,
        "next_automatic_retry_at": None,
    }


@post("/payments/{payment_id:str}/retry", status_code=200)
async def retry(payment_id: FromPath[str], world: NamedDependency[World]) -> JSONObject:
    """POST /payments/{id}/retry: another payment row for the same invoice of a subscription."""
    old = _find(world, payment_id)
    if not _is_retryable(old):
        raise Refusal("PAYMENT_NOT_RETRYABLE", "only a failed renewal can be retried")
    again = Payment(
        world.new_id("pay"), old.customer_id, world.now(), old.currency, old.total_amount, old.tax, old.billing,
        product_ids=list(old.product_ids), metadata=dict(old.metadata), charge_type=old.charge_type,
        subscription_ids=list(old.subscription_ids), retry_attempt=old.retry_attempt + 1,
    )  # fmt: skip
    old.retry_attempt += 1
    charge(world, again, world.methods.get(old.method_id or ""))
    return {
        "invoice_id": old.invoice_id or world.new_id("inv"),
        "payment_id": again.payment_id,
        "is_manual_retry": True,
        "retry_attempt": again.retry_attempt,
        "sends_allowed": SENDS_ALLOWED,
        "sends_used": again.retry_attempt,
        "retry_available_at": None,
        "status": again.status,
    }


def _find(world: World, payment_id: str) -> Payment:
    payment = world.payments.get(payment_id)
    if payment is None:
        raise not_found("payment", payment_id)
    return payment


def _is_retryable(payment: Payment) -> bool:
    return payment.status == "failed" and payment.charge_type == "renewal" and payment.retry_attempt < SENDS_ALLOWED


def _as_checkout(asked: PaymentRequest) -> CheckoutRequest:
    return CheckoutRequest(
        product_cart=asked.product_cart, customer=asked.customer, billing_address=asked.billing,
        confirm=asked.payment_method_id is not None, billing_currency=asked.billing_currency,
        discount_code=asked.discount_code, discount_codes=asked.discount_codes, return_url=asked.return_url,
        metadata=asked.metadata, force_3ds=asked.force_3ds, tax_id=asked.tax_id,
        show_saved_payment_methods=asked.show_saved_payment_methods,
    )  # fmt: skip


def _newcomer(world: World, asked: PaymentRequest) -> Customer:
    where = checks.check_address(asked.billing) or Address("US")
    email = asked.customer.email or ""
    customer = Customer(world.new_id("cus"), email, asked.customer.name or email, world.now(), where)
    world.customers[customer.customer_id] = customer
    return customer


ROUTES = [create, list_all, retrieve, line_items, retry_state, retry]

"""The control surface over money and news: purchases, endings, refunds, disputes, webhooks."""

from __future__ import annotations

import dataclasses
from datetime import timedelta

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import RawBody

from widget.sandbox import checkout_request as checks
from widget.sandbox.charging import finish
from widget.sandbox.checkout_request import AskedAddress, AskedCustomer, AskedLine, CheckoutRequest
from widget.sandbox.checkouts import open_session
from widget.sandbox.control_requests import AskedDispute, AskedEnd, AskedPostbox, AskedPurchase, AskedRefund, bad
from widget.sandbox.disputes import move
from widget.sandbox.errors import Refusal, not_found, parse
from widget.sandbox.lists import JSONObject, iso
from widget.sandbox.orders import place
from widget.sandbox.outbox import announce
from widget.sandbox.postman import Postman
from widget.sandbox.refunds import give_back
from widget.sandbox.things import Address, Card, Customer, Event, Method, Payment
from widget.sandbox.views import show_dispute, show_payment, show_refund
from widget.sandbox.world import World


@post("/_sandbox/purchases", status_code=200)
async def purchase(body: RawBody, world: NamedDependency[World]) -> JSONObject:
    """A purchase happened at the hosted checkout, webhooks and all."""
    asked = parse(AskedPurchase, body)
    customer = checks.check_customer(world, AskedCustomer(customer_id=asked.customer_id))
    if customer is None:
        raise not_found("customer", asked.customer_id)
    billing = dataclasses.replace(customer.address, country=asked.country) if asked.country else customer.address
    checkout = open_session(world, _as_checkout(asked, billing))
    if asked.currency not in (None, checkout.currency):
        raise bad("currency", f"{checkout.currency}, the currency of the product")
    method = _method(world, asked, customer, checkout.currency)
    world.checkouts[checkout.session_id] = checkout
    payment = place(world, checkout, customer, method, billing, on_session=True, quiet=not asked.webhook, charged=False)
    method.last_used_at = world.now()
    if asked.outcome == "processing":
        payment.status = "processing"
        if asked.webhook:
            announce(world, "payment.processing", "Payment", payment.payment_id)
    else:
        finish(world, payment, asked.outcome, None if asked.outcome == "succeeded" else "GENERIC_DECLINE")
    return show_payment(world, payment)


@post("/_sandbox/settle", status_code=200)
async def settle(body: RawBody, world: NamedDependency[World]) -> JSONObject:
    """Finish a payment by hand."""
    asked = parse(AskedEnd, body)
    payment = _payment(world, asked.payment_id)
    error = asked.error_code or {"failed": "GENERIC_DECLINE", "cancelled": "CUSTOMER_CANCELLED"}.get(asked.status)
    if not finish(world, payment, asked.status, error):
        raise Refusal("PAYMENT_IS_FINAL", f"`payment_id`: the payment is {payment.status} already", 409)
    return show_payment(world, payment)


@post("/_sandbox/refunds", status_code=200)
async def refund(body: RawBody, world: NamedDependency[World]) -> JSONObject:
    """A refund happened at Dodo's desk."""
    asked = parse(AskedRefund, body)
    payment = _payment(world, asked.payment_id)
    return show_refund(world, give_back(world, payment, asked.amount, asked.reason, {}, asked.status))


@post("/_sandbox/disputes", status_code=200)
async def dispute(body: RawBody, world: NamedDependency[World]) -> JSONObject:
    """A dispute was opened or moved on."""
    asked = parse(AskedDispute, body)
    return show_dispute(world, move(world, _payment(world, asked.payment_id), asked.status, asked.reason))


@get("/_sandbox/webhooks")
async def read_webhooks(world: NamedDependency[World]) -> JSONObject:
    """Where webhooks go, and what became of each message."""
    box = dataclasses.asdict(world.postbox)
    del box["secret"]
    return {**box, "deliveries": [_show_event(event) for event in world.events]}


@post("/_sandbox/webhooks", status_code=200)
async def change_webhooks(body: RawBody, world: NamedDependency[World]) -> JSONObject:
    """Where webhooks go from now on, and what happens to them on the way."""
    asked = parse(AskedPostbox, body)
    asked.check()
    for name in asked.__struct_fields__:
        if (value := getattr(asked, name)) is not msgspec.UNSET:
            setattr(world.postbox, name, value)
    box = dataclasses.asdict(world.postbox)
    del box["secret"]
    return box


@post("/_sandbox/webhooks/flush", status_code=200)
async def flush_webhooks(world: NamedDependency[World], postman: NamedDependency[Postman]) -> JSONObject:
    """Wait until payments under way have ended and every message was tried once."""
    done = await postman.flush()
    return {"done": done, "waiting": sum(e.outcome == "waiting" for e in world.events)}


@post("/_sandbox/webhooks/resend", status_code=200)
async def resend_webhooks(world: NamedDependency[World]) -> JSONObject:
    """Every message once more, as a merchant would from the dashboard: same ids, present state."""
    events = [e for e in world.events if e.outcome != "sending"]
    for event in events:
        event.outcome, event.due, event.attempts = "waiting", world.now() + timedelta(0), 0
    return {"again": len(events)}


def _method(world: World, asked: AskedPurchase, customer: Customer, currency: str) -> Method:
    if asked.payment_method_id is not None:
        return checks.check_method(world, customer, asked.payment_method_id, currency)
    own = [m for m in world.methods.values() if m.customer_id == customer.customer_id and m.kind != "upi"]
    # nobody's saved method: a card that was typed in and not kept
    typed = Card("4242424242424242", "visa", "06", "2032", customer.name)
    fallback = Method("", customer.customer_id, "card", "credit", typed)
    return max(own, key=lambda m: m.last_used_at or customer.created_at, default=fallback)


def _as_checkout(asked: AskedPurchase, billing: Address) -> CheckoutRequest:
    return CheckoutRequest(
        product_cart=[AskedLine(product_id, asked.quantity) for product_id in asked.products()],
        customer=AskedCustomer(customer_id=asked.customer_id),
        billing_address=AskedAddress(
            billing.country, billing.state, billing.city, billing.street, billing.zipcode
        ),
        metadata=asked.metadata, discount_codes=asked.discount_codes, return_url=asked.return_url,
    )  # fmt: skip


def _payment(world: World, payment_id: str) -> Payment:
    payment = world.payments.get(payment_id)
    if payment is None:
        raise not_found("payment", payment_id)
    return payment


def _show_event(event: Event) -> JSONObject:
    return {
        "webhook_id": event.event_id,
        "type": event.type,
        "thing_id": event.thing_id,
        "timestamp": iso(event.timestamp),
        "due": iso(event.due),
        "attempts": event.attempts,
        "copies": event.copies,
        "outcome": event.outcome,
        "statuses": event.statuses,
    }


ROUTES = [
    purchase, settle, refund, dispute, read_webhooks, change_webhooks, flush_webhooks, resend_webhooks,
]  # fmt: skip

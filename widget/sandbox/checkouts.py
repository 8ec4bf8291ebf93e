"""Checkout sessions: create (with or without a charge at once), preview, retrieve."""

from __future__ import annotations

from datetime import timedelta

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, RawBody

from widget.sandbox import cards
from widget.sandbox import checkout_request as checks
from widget.sandbox.checkout_request import CheckoutRequest
from widget.sandbox.errors import Refusal, not_found, parse
from widget.sandbox.lists import AnyRequest, JSONObject, iso
from widget.sandbox.orders import place
from widget.sandbox.preview import preview_of
from widget.sandbox.pricing import price_cart
from widget.sandbox.things import Address, Checkout, Customer, Method
from widget.sandbox.world import World

LIFE = timedelta(hours=24)
LIFE_CONFIRMED = timedelta(minutes=15)


@post("/checkouts", status_code=200)
async def create(request: AnyRequest, body: RawBody, world: NamedDependency[World]) -> JSONObject:
    """POST /checkouts: a session; with `confirm` also its payment."""
    asked = parse(CheckoutRequest, body)
    checkout = open_session(world, asked)
    customer = checks.check_customer(world, asked.customer)
    if not asked.confirm:
        if asked.payment_method_id is not None:
            raise Refusal("INVALID_REQUEST_BODY", "`payment_method_id` needs `confirm: true`")
        world.checkouts[checkout.session_id] = checkout
        return _answer(world, checkout)
    method = _method(world, asked, customer, checkout.currency)
    billing, payer = _complete(world, asked, customer, checkout)
    _refuse_what_switches_ask(world, checkout, payer, method)
    world.checkouts[checkout.session_id] = checkout
    place(world, checkout, payer, method, billing, on_session=False)
    if method is not None and payer.hangs:
        request.scope["state"]["hang_s"] = world.settings.hang_s
    return _answer(world, checkout, with_page=method is None)


@post("/checkouts/preview", status_code=200)
async def preview(body: RawBody, world: NamedDependency[World]) -> JSONObject:
    """POST /checkouts/preview: what the same body would cost; makes nothing."""
    asked = parse(CheckoutRequest, body)
    checkout = open_session(world, asked)
    return preview_of(world, checkout)


@get("/checkouts/{session_id:str}")
async def retrieve(session_id: FromPath[str], world: NamedDependency[World]) -> JSONObject:
    """GET /checkouts/{id}: how far the buyer is."""
    checkout = world.checkouts.get(session_id)
    if checkout is None:
        raise not_found("checkout session", session_id)
    payment = world.payments.get(checkout.payment_id or "")
    customer = world.customers.get(checkout.customer_id or "")
    return {
        "id": session_id,
        "created_at": iso(checkout.created_at),
        "customer_email": customer.email if customer else checkout.email,
        "customer_name": customer.name if customer else checkout.name,
        "payment_id": payment.payment_id if payment else None,
        "payment_status": payment.status if payment else None,
    }


def open_session(world: World, asked: CheckoutRequest) -> Checkout:
    """A checked session that nobody knows of yet."""
    cart = checks.check_cart(world, asked.product_cart)
    billing = checks.check_address(asked.billing_address)
    customer = checks.check_customer(world, asked.customer)
    checks.check_currency(asked.billing_currency)
    if asked.tax_id is not None and billing is None:
        raise Refusal("INVALID_TAX_ID", "`tax_id` needs `billing_address.country`")
    currency = world.products[cart[0].product_id].currency
    where = billing or (customer.address if customer else Address("US"))
    price = price_cart(world, cart, where.country, asked.codes())
    checks.check_total(price.total, currency)
    now, subscription = world.now(), asked.subscription_data
    return Checkout(
        world.new_id("cks"), now, now + (LIFE_CONFIRMED if asked.confirm else LIFE), cart, currency,
        customer.customer_id if customer else None,
        customer.email if customer else asked.customer and asked.customer.email,
        customer.name if customer else asked.customer and asked.customer.name,
        asked.customer and asked.customer.phone_number,
        billing, asked.codes(), checks.check_metadata(asked.metadata), checks.check_url("return_url", asked.return_url),
        checks.check_url("cancel_url", asked.cancel_url), asked.confirm, bool(asked.force_3ds),
        asked.show_saved_payment_methods, asked.feature_flags.always_create_new_customer,
        subscription.trial_period_days if subscription else None,
        bool(subscription and subscription.on_demand),
    )  # fmt: skip


def _complete(
    world: World, asked: CheckoutRequest, customer: Customer | None, checkout: Checkout
) -> tuple[Address, Customer]:
    """With `confirm` everything must be there: who pays, and where."""
    billing = checkout.billing
    if billing is None and (world.settings.confirm_needs_country or customer is None):
        raise Refusal("INVALID_REQUEST_BODY", "`billing_address.country` is required with `confirm: true`")
    if asked.customer is None:
        raise Refusal("INVALID_REQUEST_BODY", "`customer` is required with `confirm: true`")
    for line in checkout.cart:
        if world.products[line.product_id].pay_what_you_want and line.amount is None:
            raise Refusal("PAY_AS_YOU_WANT_AMOUNT_REQUIRED", f"`amount` of {line.product_id} is required")
    where = billing or (customer.address if customer else Address("US"))
    if customer is None:
        email = asked.customer.email or ""
        customer = Customer(world.new_id("cus"), email, asked.customer.name or email, world.now(), where)
        world.customers[customer.customer_id] = customer
    return where, customer


def _method(world: World, asked: CheckoutRequest, customer: Customer | None, currency: str) -> Method | None:
    if asked.payment_method_id is None:
        return None
    if customer is None:
        raise Refusal("INVALID_REQUEST_BODY", "`payment_method_id` needs an existing `customer.customer_id`")
    return checks.check_method(world, customer, asked.payment_method_id, currency)


def _refuse_what_switches_ask(world: World, checkout: Checkout, customer: Customer, method: Method | None) -> None:
    settings = world.settings
    if settings.refuse_second_pending and any(
        p.customer_id == customer.customer_id and not p.is_final and p.cart == checkout.cart
        for p in world.payments.values()
    ):
        raise Refusal("PREVIOUS_PAYMENT_PENDING", "an earlier payment for this cart is still pending", 409)
    owned = [s for s in world.subscriptions.values() if s.customer_id == customer.customer_id and s.status == "active"]
    recurring = any(world.products[line.product_id].is_recurring for line in checkout.cart)
    if settings.one_subscription_per_customer and recurring and owned:
        raise Refusal("CUSTOMER_HAS_EXISTING_SUBSCRIPTION", "the customer has a subscription already")
    if settings.declines_as_4xx and method is not None:
        judgement = cards.judge(method, on_session=False, force_3ds=checkout.force_3ds, now=world.now())
        if judgement.verdict == "failed" and judgement.error_code:
            raise Refusal(judgement.error_code, "the charge was declined", 402)


def _answer(world: World, checkout: Checkout, with_page: bool = True) -> JSONObject:
    paid_by = checkout.payment_id
    return {
        "session_id": checkout.session_id,
        "checkout_url": f"{world.base_url}/checkout/session/{checkout.session_id}" if with_page else None,
        "payment_id": paid_by,
        "client_secret": paid_by and f"{paid_by}_secret_{world.new_id('x')[2:12]}",
        "publishable_key": paid_by and "pk_snd_1",
    }


ROUTES = [create, preview, retrieve]

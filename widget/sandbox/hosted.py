"""The hosted checkout: a real page to pay on, without any script. Plain forms, and a redirect after every post."""

from __future__ import annotations

from functools import partial

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from widget.sandbox import card_form
from widget.sandbox.card_form import Filled
from widget.sandbox.hosted_pages import leave, page, see_other, shop_link
from widget.sandbox.lists import AnyRequest
from widget.sandbox.money import COUNTRIES, COUNTRY_NAMES, spoken
from widget.sandbox.orders import place
from widget.sandbox.pricing import Price, price_cart
from widget.sandbox.things import Checkout, Customer, Method, Payment
from widget.sandbox.world import World

# what a buyer may read; the codes themselves are for the merchant
SORRY = {
    "INSUFFICIENT_FUNDS": "There was not enough money on this card. Please try another one.",
    "EXPIRED_CARD": "This card has expired. Please try another one.",
    "INCORRECT_CVC": "The security code did not match. Please check it.",
    "AUTHENTICATION_FAILURE": "Your bank did not confirm the payment. Please try again or use another card.",
    "AUTHENTICATION_TIMEOUT": "The time to confirm the payment ran out. Please try again.",
}
DECLINED = "Your card was declined. You have not been charged. Please try another card."


@get("/checkout/session/{session_id:str}")
async def show(session_id: FromPath[str], world: NamedDependency[World]) -> Response[str]:
    """The page of a session: the form, or a kind word when there is nothing to pay."""
    checkout = world.checkouts.get(session_id)
    if closed := _closed(world, checkout):
        return closed
    assert checkout is not None
    customer = world.customers.get(checkout.customer_id or "")
    methods = _saved(world, checkout)
    last = world.payments.get(checkout.payment_id or "")
    filled = card_form.prefill(checkout, customer, methods)
    sorry = SORRY.get(last.error_code or "", DECLINED) if last is not None and last.status == "failed" else None
    if sorry:
        filled.method_id = card_form.NEW
    return _form(world, checkout, filled, sorry=sorry)


@post("/checkout/session/{session_id:str}")
async def pay(request: AnyRequest, session_id: FromPath[str], world: NamedDependency[World]) -> Response[str]:
    """The buyer pressed Pay (or asked for the total of another country)."""
    checkout = world.checkouts.get(session_id)
    if closed := _closed(world, checkout):
        return closed
    assert checkout is not None
    given = dict(await request.form())
    filled = card_form.read_form(given, world, checkout, _saved(world, checkout))
    if given.get("action") == "update" and "country" not in filled.errors:
        filled.errors.clear()
        return _form(world, checkout, filled)
    if filled.errors:
        return _form(world, checkout, filled, status=422)
    price = _price(world, checkout, filled)
    if str(given.get("shown_total", price.total)) != str(price.total):
        changed = f"With tax for your country the total is now {spoken(price.total, checkout.currency)}."
        return _form(world, checkout, filled, notice=changed + " Press Pay if that is right.")
    return _after(world, checkout, _charge(world, checkout, filled))


def _charge(world: World, checkout: Checkout, filled: Filled) -> Payment:
    customer = _buyer(world, checkout, filled)
    billing = card_form.billing_of(filled, checkout, customer)
    checkout.email, checkout.name = filled.email, filled.name
    saved = world.methods.get(filled.method_id)
    if saved is not None:
        return place(world, checkout, customer, saved, billing, on_session=True)
    fresh = Method(world.new_id("pm"), customer.customer_id, card=card_form.card_of(filled))
    return place(world, checkout, customer, fresh, billing, on_session=True, keep=True)


def _after(world: World, checkout: Checkout, payment: Payment) -> Response[str]:
    if payment.status == "requires_customer_action":
        return see_other(f"{world.base_url}/checkout/challenge/{payment.payment_id}")
    if payment.status == "failed":
        return see_other(f"{world.base_url}/checkout/session/{checkout.session_id}")
    return leave(world, payment)


def _buyer(world: World, checkout: Checkout, filled: Filled) -> Customer:
    """The session's customer, else whoever has this e-mail address, else someone new."""
    known = world.customers.get(checkout.customer_id or "")
    if known is None and not checkout.always_new_customer:
        known = next((c for c in world.customers.values() if c.email.lower() == filled.email.lower()), None)
    if known is not None:
        return known
    address = card_form.billing_of(filled, checkout, None)
    customer = Customer(
        world.new_id("cus"), filled.email, filled.name, world.now(), address, phone_number=checkout.phone_number
    )
    world.customers[customer.customer_id] = customer
    return customer


def _closed(world: World, checkout: Checkout | None) -> Response[str] | None:
    """Why this session cannot be paid any more, as a page; None when it can."""
    if checkout is None:
        return page(
            "notice.html", 404, title="This checkout does not exist", text="The link is wrong or too old.", back=None
        )
    payment = world.payments.get(checkout.payment_id or "")
    if payment is not None and payment.status == "requires_customer_action":
        return see_other(f"{world.base_url}/checkout/challenge/{payment.payment_id}")
    if checkout.consumed:
        return _consumed(checkout, payment)
    if checkout.expires_at <= world.now():
        text = "Checkouts are open for a day. Go back to the shop and start again; nothing was charged."
        return page("notice.html", 410, title="This checkout has expired", text=text, back=checkout.cancel_url)
    return None


def _consumed(checkout: Checkout, payment: Payment | None) -> Response[str]:
    if payment is not None and payment.status == "processing":
        title, text = "Your payment is on its way", "The bank needs a moment. You do not have to do anything."
    elif payment is not None and payment.status == "succeeded":
        sum_ = spoken(payment.total_amount, payment.currency)
        title, text = "This has been paid", f"You paid {sum_}. Nothing more will be charged here."
    else:
        title, text = "This checkout is closed", "It can be used once only. Nothing was charged."
    return page("notice.html", 200, title=title, text=text, back=checkout.return_url)


def _saved(world: World, checkout: Checkout) -> list[Method]:
    if not checkout.show_saved_methods or checkout.customer_id is None:
        return []
    return [m for m in world.methods.values() if m.customer_id == checkout.customer_id and m.kind != "upi"]


def _price(world: World, checkout: Checkout, filled: Filled) -> Price:
    country = filled.country if filled.country in COUNTRIES else "US"
    return price_cart(world, checkout.cart, country, checkout.discount_codes)


def _form(
    world: World,
    checkout: Checkout,
    filled: Filled,
    *,
    status: int = 200,
    sorry: str | None = None,
    notice: str | None = None,
) -> Response[str]:
    price = _price(world, checkout, filled)
    return page(
        "pay.html",
        status,
        checkout=checkout,
        filled=filled,
        methods=_saved(world, checkout),
        price=price,
        money=partial(spoken, currency=checkout.currency),
        countries=[(code, COUNTRY_NAMES.get(code, code)) for code in sorted(COUNTRIES)],
        sorry=sorry,
        notice=notice,
        back=(shop_link(world, checkout) if sorry else None) or checkout.cancel_url,
        pictures=f"{world.base_url}/_sandbox/images",
    )


ROUTES = [show, pay]

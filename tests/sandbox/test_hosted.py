"""The hosted checkout, filled in and pressed as a browser would, without any script."""

from __future__ import annotations

import re
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from dodopayments import AsyncDodoPayments
from httpx import AsyncClient

from widget.sandbox.world import World

CARD = {"card_number": "4242 4242 4242 4242", "expiry": "06 / 32", "cvc": "123"}
PERSON = {"email": "mila@example.com", "name": "Mila Moreau", "country": "US", "zipcode": "10001"}


async def open_checkout(dodo: AsyncDodoPayments, what: str = "pdt_course", **more: Any) -> str:
    asked: dict[str, Any] = {
        "product_cart": [{"product_id": what, "quantity": 1}],
        "return_url": "https://shop.test/thanks?order=7",
        "cancel_url": "https://shop.test/cart",
        "metadata": {"order": "7"},
    } | more
    session = await dodo.checkout_sessions.create(**asked)
    assert session.checkout_url
    return session.checkout_url


def query(location: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}


async def test_a_stranger_pays_and_becomes_a_customer_with_a_saved_card(
    dodo: AsyncDodoPayments, http: AsyncClient, world: World
) -> None:
    url = await open_checkout(dodo)
    shown = await http.get(url)
    assert shown.status_code == 200
    assert "Watercolour course" in shown.text
    assert "Pay $49.00" in shown.text
    paid = await http.post(url, data={**PERSON, **CARD, "action": "pay", "shown_total": "4900"})
    assert paid.status_code == 303
    told = query(paid.headers["location"])
    assert told["order"] == "7"
    assert (told["status"], told["email"]) == ("succeeded", "mila@example.com")
    payment = await dodo.payments.retrieve(told["payment_id"])
    assert (payment.status, payment.total_amount, payment.metadata) == ("succeeded", 4900, {"order": "7"})
    assert payment.billing.zipcode == "10001"
    methods = (await dodo.customers.retrieve_payment_methods(payment.customer.customer_id)).items
    assert [m.payment_method_id for m in methods] == [payment.payment_method_id]
    assert methods[0].card
    assert methods[0].card.last4_digits == "4242"
    status = await dodo.checkout_sessions.retrieve(url.rsplit("/", 1)[1])
    assert (status.payment_id, status.payment_status) == (payment.payment_id, "succeeded")


@pytest.mark.parametrize(
    ("number", "code", "said"),
    [
        ("4000 0000 0000 0002", "GENERIC_DECLINE", "declined"),
        ("4000000000009995", "INSUFFICIENT_FUNDS", "not enough money"),
        ("4000-0000-0000-0069", "EXPIRED_CARD", "expired"),
        ("4000000000000127", "INCORRECT_CVC", "security code"),
        ("4706131211212123", "CARD_DECLINED", "declined"),
        ("5105105105105100", "CARD_DECLINED", "declined"),
    ],
)
async def test_a_declined_card_leaves_the_page_open_for_another_one(
    dodo: AsyncDodoPayments, http: AsyncClient, world: World, number: str, code: str, said: str
) -> None:
    url = await open_checkout(dodo)
    answer = await http.post(url, data={**PERSON, **CARD, "card_number": number})
    assert answer.headers["location"] == url
    shown = unescape((await http.get(url)).text)
    alert = re.search(r'role="alert">([^<]*)', shown)
    assert alert
    assert said in alert[1]
    back = re.search(r'href="(https://shop.test/thanks[^"]*)">Return to the shop', shown)
    assert back
    assert query(back[1])["status"] == "failed"
    assert [p.error_code for p in world.payments.values()] == [code]
    again = await http.post(url, data={**PERSON, **CARD})
    assert query(again.headers["location"])["status"] == "succeeded"
    assert len(world.payments) == 2
    assert len(world.customers) == 12
    saved = [m.card.last4 for m in world.methods.values() if m.customer_id == list(world.customers)[-1] and m.card]
    assert saved == ["4242"]


@pytest.mark.parametrize("number", ["4242424242424242", "5555555555554444", "4576238912771450", "5409162669381034",
                                    "4000000000000341"])  # fmt: skip
async def test_documented_cards_succeed_at_the_checkout(
    dodo: AsyncDodoPayments, http: AsyncClient, number: str
) -> None:
    url = await open_checkout(dodo)
    answer = await http.post(url, data={**PERSON, **CARD, "card_number": number, "expiry": "12/34"})
    assert query(answer.headers["location"])["status"] == "succeeded"


async def test_card_0341_saves_fine_and_refuses_every_later_charge(dodo: AsyncDodoPayments, http: AsyncClient) -> None:
    url = await open_checkout(dodo)
    answer = await http.post(url, data={**PERSON, **CARD, "card_number": "4000000000000341"})
    first = await dodo.payments.retrieve(query(answer.headers["location"])["payment_id"])
    assert first.status == "succeeded"
    for _ in range(2):
        later = await dodo.checkout_sessions.create(
            product_cart=[{"product_id": "pdt_workbook", "quantity": 1}],
            customer={"customer_id": first.customer.customer_id},
            payment_method_id=first.payment_method_id,
            confirm=True,
            billing_address={"country": "US"},
        )
        assert (await dodo.payments.retrieve(later.payment_id or "")).error_code == "CARD_DECLINED"


@pytest.mark.parametrize("number", ["4000000000003220", "4000000000003184"])
async def test_the_bank_is_asked_on_its_own_page(
    dodo: AsyncDodoPayments, http: AsyncClient, world: World, number: str
) -> None:
    url = await open_checkout(dodo)
    answer = await http.post(url, data={**PERSON, **CARD, "card_number": number})
    challenge = answer.headers["location"]
    assert "/checkout/challenge/pay_" in challenge
    assert (await http.get(url)).headers["location"] == challenge
    assert "Confirm payment of $49.00" in (await http.get(challenge)).text
    assert not world.ledger
    done = await http.post(challenge, data={"answer": "confirm"})
    assert query(done.headers["location"])["status"] == "succeeded"
    twice = await http.post(challenge, data={"answer": "refuse"})
    assert query(twice.headers["location"])["status"] == "succeeded"
    assert len(world.ledger) == 1


async def test_refusing_at_the_bank_leads_back_to_the_checkout(dodo: AsyncDodoPayments, http: AsyncClient) -> None:
    url = await open_checkout(dodo)
    challenge = (await http.post(url, data={**PERSON, **CARD, "card_number": "4000000000003220"})).headers["location"]
    assert (await http.post(challenge, data={"answer": "refuse"})).headers["location"] == url
    assert "did not confirm" in (await http.get(url)).text


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"card_number": ""}, "This is not a card number"),
        ({"card_number": "4242424242424241"}, "This is not a card number"),
        ({"card_number": "４２４２４２４２４２４２４２４２"}, "This is not a card number"),
        ({"card_number": "4111111111111111"}, "use one of the test cards"),
        ({"expiry": "13/30"}, "Enter the month and year"),
        ({"expiry": "01/24"}, "This card has expired"),
        ({"cvc": "12"}, "three or four digits"),
        ({"email": "mila"}, "Enter your e-mail address"),
        ({"name": " "}, "Enter your name"),
        ({"country": "XX"}, "Choose your country"),
        ({"payment_method": "pm_nadia_visa"}, "Choose one of the ways to pay"),
    ],
)
async def test_a_mistake_is_shown_in_its_place_and_takes_nothing(
    dodo: AsyncDodoPayments, http: AsyncClient, world: World, wrong: dict[str, str], said: str
) -> None:
    url = await open_checkout(dodo)
    answer = await http.post(url, data={**PERSON, **CARD, **wrong})
    assert answer.status_code == 422
    assert said in answer.text
    assert not world.payments
    assert len(world.customers) == 11


async def test_what_was_typed_is_never_markup(dodo: AsyncDodoPayments, http: AsyncClient) -> None:
    url = await open_checkout(dodo)
    answer = await http.post(url, data={**PERSON, **CARD, "name": '"><script>', "cvc": ""})
    assert "<script>" not in answer.text


async def test_a_known_customer_pays_with_a_saved_method(dodo: AsyncDodoPayments, http: AsyncClient) -> None:
    url = await open_checkout(dodo, customer={"customer_id": "cus_nadia"}, show_saved_payment_methods=True)
    shown = (await http.get(url)).text
    assert "nadia@example.com" in shown
    assert "Visa ending in 4242" in shown
    answer = await http.post(
        url, data={"email": "nadia@example.com", "name": "Nadia", "country": "US", "payment_method": "pm_nadia_visa"}
    )
    payment = await dodo.payments.retrieve(query(answer.headers["location"])["payment_id"])
    assert payment.payment_method_id == "pm_nadia_visa"
    assert len((await dodo.customers.retrieve_payment_methods("cus_nadia")).items) == 1


async def test_a_known_e_mail_address_is_the_same_customer(dodo: AsyncDodoPayments, http: AsyncClient) -> None:
    url = await open_checkout(dodo)
    answer = await http.post(url, data={**PERSON, **CARD, "email": "Nadia@example.com"})
    payment = await dodo.payments.retrieve(query(answer.headers["location"])["payment_id"])
    assert payment.customer.customer_id == "cus_nadia"


async def test_another_country_shows_its_tax_before_anything_is_charged(
    dodo: AsyncDodoPayments, http: AsyncClient, world: World
) -> None:
    url = await open_checkout(dodo)
    german = {**PERSON, **CARD, "country": "DE", "shown_total": "4900"}
    asked = await http.post(url, data={**german, "action": "update"})
    assert "Pay $58.31" in asked.text
    surprised = await http.post(url, data={**german, "action": "pay"})
    assert surprised.status_code == 200
    assert "the total is now $58.31" in surprised.text
    assert not world.payments
    paid = await http.post(url, data={**german, "shown_total": "5831"})
    assert paid.status_code == 303
    assert world.ledger[0].amount == 5831


async def test_a_consumed_session_is_a_kind_page_and_charges_nothing(
    dodo: AsyncDodoPayments, http: AsyncClient, world: World
) -> None:
    url = await open_checkout(dodo)
    await http.post(url, data={**PERSON, **CARD})
    for answer in (await http.get(url), await http.post(url, data={**PERSON, **CARD})):
        assert answer.status_code == 200
        assert "This has been paid" in answer.text
    assert len(world.ledger) == 1


async def test_an_old_or_unknown_session_is_a_kind_page(dodo: AsyncDodoPayments, http: AsyncClient) -> None:
    url = await open_checkout(dodo)
    await http.post("/_sandbox/clock", json={"advance_seconds": 24 * 3600})
    assert (await http.get(url)).status_code == 410
    assert (await http.post(url, data={**PERSON, **CARD})).status_code == 410
    assert (await http.get("/checkout/session/cks_none")).status_code == 404
    assert (await http.get("/checkout/challenge/pay_none")).status_code == 404


async def test_a_plan_returns_its_subscription(dodo: AsyncDodoPayments, http: AsyncClient, world: World) -> None:
    url = await open_checkout(dodo, "pdt_pro")
    answer = await http.post(url, data={**PERSON, **CARD})
    told = query(answer.headers["location"])
    assert told["status"] == "active"
    assert "payment_id" not in told
    assert world.subscriptions[told["subscription_id"]].metadata == {"order": "7"}


async def test_confirm_without_a_method_still_shows_the_page(dodo: AsyncDodoPayments, http: AsyncClient) -> None:
    session = await dodo.checkout_sessions.create(
        product_cart=[{"product_id": "pdt_course", "quantity": 1}],
        customer={"customer_id": "cus_nora"},
        billing_address={"country": "US"},
        confirm=True,
    )
    assert session.checkout_url
    assert (await dodo.payments.retrieve(session.payment_id or "")).status == "requires_payment_method"
    done = await http.post(session.checkout_url, data={**PERSON, **CARD})
    assert done.headers["location"] == session.checkout_url
    assert (await dodo.payments.retrieve(session.payment_id or "")).status == "succeeded"


async def test_pages_may_not_be_framed_and_are_not_kept(dodo: AsyncDodoPayments, http: AsyncClient) -> None:
    answer = await http.get(await open_checkout(dodo))
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["cache-control"] == "no-store"
    assert "<script" not in answer.text


async def test_every_picture_and_the_stylesheet_are_there(http: AsyncClient, world: World) -> None:
    for product in world.products.values():
        if product.picture:
            answer = await http.get(f"/_sandbox/images/{product.picture}.svg")
            assert answer.headers["content-type"] == "image/svg+xml"
    assert (await http.get("/static/sandbox/checkout.css")).status_code == 200
    assert (await http.get("/_sandbox/images/..%2f..%2fcheckout.css")).status_code == 404
    assert (await http.get("/")).status_code == 200

"""One-click charges of saved methods, through the unmodified SDK."""

from __future__ import annotations

from typing import Any

import pytest
from dodopayments import APIStatusError, AsyncDodoPayments
from httpx import AsyncClient

from widget.sandbox.world import World

US = {"country": "US"}


async def press(dodo: AsyncDodoPayments, who: str, method: str, **more: Any):
    """A one-click charge of a workbook."""
    asked: dict[str, Any] = {
        "product_cart": [{"product_id": "pdt_workbook", "quantity": 1}],
        "customer": {"customer_id": f"cus_{who}"},
        "payment_method_id": method,
        "confirm": True,
        "billing_address": US,
        "metadata": {"encore_charge": "chg_01"},
    } | more
    return await dodo.checkout_sessions.create(**asked)


async def test_a_confirmed_session_answers_with_ids_and_no_page(dodo: AsyncDodoPayments) -> None:
    session = await press(dodo, "nadia", "pm_nadia_visa")
    assert session.checkout_url is None
    assert session.session_id.startswith("cks_")
    assert session.payment_id
    assert session.client_secret
    assert session.publishable_key


async def test_a_payment_is_processing_first_and_final_after_the_set_delay(
    dodo: AsyncDodoPayments, http: AsyncClient
) -> None:
    await http.post("/_sandbox/settings", json={"final_after": 60})
    session = await press(dodo, "nadia", "pm_nadia_visa")
    assert (await dodo.payments.retrieve(session.payment_id)).status == "processing"
    assert (await dodo.checkout_sessions.retrieve(session.session_id)).payment_status == "processing"
    await http.post("/_sandbox/clock", json={"advance_seconds": 61})
    payment = await dodo.payments.retrieve(session.payment_id)
    assert payment.status == "succeeded"
    assert payment.metadata == {"encore_charge": "chg_01"}
    assert payment.checkout_session_id == session.session_id
    assert payment.payment_method_id == "pm_nadia_visa"
    assert payment.card_last_four == "4242"


async def test_two_equal_posts_are_two_charges(dodo: AsyncDodoPayments, http: AsyncClient) -> None:
    first = await press(dodo, "nadia", "pm_nadia_visa", extra_headers={"Idempotency-Key": "one"})
    second = await press(dodo, "nadia", "pm_nadia_visa", extra_headers={"Idempotency-Key": "one"})
    assert first.payment_id != second.payment_id
    ledger = (await http.get("/_sandbox/ledger")).json()
    assert [entry["amount"] for entry in ledger] == [1900, 1900]


@pytest.mark.parametrize(
    ("who", "method", "code"),
    [("omar", "pm_omar_visa", "CARD_DECLINED"), ("edda", "pm_edda_visa", "EXPIRED_CARD")],
)
async def test_a_refused_card_answers_200_and_the_payment_fails(
    dodo: AsyncDodoPayments, who: str, method: str, code: str
) -> None:
    session = await press(dodo, who, method)
    payment = await dodo.payments.retrieve(session.payment_id)
    assert (payment.status, payment.error_code) == ("failed", code)
    assert payment.error_message
    assert payment.settlement_amount == 0


async def test_uma_gets_a_page_to_confirm_and_the_payment_succeeds_there(
    dodo: AsyncDodoPayments, http: AsyncClient
) -> None:
    session = await press(dodo, "uma", "pm_uma_visa", return_url="https://shop.test/back?x=1")
    payment = await dodo.payments.retrieve(session.payment_id)
    assert payment.status == "requires_customer_action"
    assert payment.payment_link
    answer = await http.post(payment.payment_link, data={"answer": "confirm"})
    assert answer.status_code == 303
    told = f"x=1&payment_id={payment.payment_id}&status=succeeded&email=uma%40example.com"
    assert answer.headers["location"] == f"https://shop.test/back?{told}"
    again = await dodo.payments.retrieve(session.payment_id)
    assert (again.status, again.three_ds_status) == ("succeeded", "authenticated")


async def test_uma_refusing_fails_the_payment_and_returns_to_the_shop(
    dodo: AsyncDodoPayments, http: AsyncClient
) -> None:
    session = await press(dodo, "uma", "pm_uma_visa", return_url="https://shop.test/back")
    payment = await dodo.payments.retrieve(session.payment_id)
    answer = await http.post(payment.payment_link or "", data={"answer": "refuse"})
    assert "status=failed" in answer.headers["location"]
    again = await dodo.payments.retrieve(session.payment_id)
    assert (again.status, again.error_code) == ("failed", "AUTHENTICATION_FAILURE")


async def test_ulla_gets_no_page_and_the_time_runs_out_after_15_minutes(
    dodo: AsyncDodoPayments, http: AsyncClient
) -> None:
    session = await press(dodo, "ulla", "pm_ulla_visa")
    payment = await dodo.payments.retrieve(session.payment_id)
    assert (payment.status, payment.payment_link) == ("requires_customer_action", None)
    await http.post("/_sandbox/clock", json={"advance_seconds": 899})
    assert (await dodo.payments.retrieve(session.payment_id)).status == "requires_customer_action"
    await http.post("/_sandbox/clock", json={"advance_seconds": 2})
    ended = await dodo.payments.retrieve(session.payment_id)
    assert (ended.status, ended.error_code) == ("failed", "AUTHENTICATION_TIMEOUT")


async def test_force_3ds_asks_the_bank_for_any_card(dodo: AsyncDodoPayments) -> None:
    session = await press(dodo, "nadia", "pm_nadia_visa", force_3ds=True)
    assert (await dodo.payments.retrieve(session.payment_id)).status == "requires_customer_action"


async def test_a_wallet_with_apple_pay_can_be_charged(dodo: AsyncDodoPayments) -> None:
    session = await press(dodo, "lena", "pm_lena_applepay")
    payment = await dodo.payments.retrieve(session.payment_id)
    assert (payment.status, payment.payment_method) == ("succeeded", "wallet")


async def test_tax_is_added_by_billing_country(dodo: AsyncDodoPayments) -> None:
    session = await press(dodo, "otto", "pm_otto_visa", billing_address={"country": "DE"})
    payment = await dodo.payments.retrieve(session.payment_id)
    assert (payment.total_amount, payment.tax) == (2261, 361)


async def test_preview_says_what_the_charge_takes(dodo: AsyncDodoPayments) -> None:
    cart = [{"product_id": "pdt_bundle", "quantity": 3}, {"product_id": "pdt_brushes", "quantity": 1}]
    same: dict[str, Any] = {"product_cart": cart, "discount_codes": ["THANKS10", "fiveoff"]}
    preview = await dodo.checkout_sessions.preview(
        **same, customer={"customer_id": "cus_otto"}, billing_address={"country": "DE"}
    )
    session = await press(dodo, "otto", "pm_otto_visa", billing_address={"country": "DE"}, **same)
    payment = await dodo.payments.retrieve(session.payment_id)
    assert preview.total_price == preview.current_breakup.total_amount == payment.total_amount
    assert preview.total_tax == payment.tax
    assert preview.current_breakup.subtotal == 3 * 7900 + 2900
    assert preview.current_breakup.discount == 2370 + 290 + 500
    assert len(payment.discounts or []) == 2


async def test_a_price_that_includes_tax_is_charged_as_it_stands(dodo: AsyncDodoPayments) -> None:
    preview = await dodo.checkout_sessions.preview(
        product_cart=[{"product_id": "pdt_vat_book", "quantity": 1}], billing_address={"country": "DE"}
    )
    assert (preview.total_price, preview.total_tax, preview.currency) == (2380, 380, "EUR")


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"product_cart": []}, 422, "PRODUCT_CART_EMTPY"),
        ({"product_cart": [{"product_id": "pdt_none", "quantity": 1}]}, 404, "NOT_FOUND"),
        ({"product_cart": [{"product_id": "pdt_archived", "quantity": 1}]}, 410, "PRODUCT_IS_DELETED"),
        ({"product_cart": [{"product_id": "pdt_workbook", "quantity": 0}]}, 422, "INVALID_QUANTITY"),
        ({"product_cart": [{"product_id": "pdt_sticker", "quantity": 1}]}, 422,
         "TOTAL_PAYMENT_AMOUNT_BELOW_MINIMUM_AMOUNT"),
        ({"product_cart": [{"product_id": "pdt_tip", "quantity": 1}]}, 422, "PAY_AS_YOU_WANT_AMOUNT_REQUIRED"),
        ({"product_cart": [{"product_id": "pdt_tip", "quantity": 1, "amount": 499}]}, 422,
         "REQUEST_AMOUNT_BELOW_MINIMUM"),
        ({"product_cart": [{"product_id": "pdt_tip", "quantity": "x"}]}, 422, "INVALID_REQUEST_BODY"),
        ({"product_cart": [{"product_id": "pdt_workbook", "quantity": 1}, {"product_id": "pdt_kwd", "quantity": 1}]},
         422, "UNSUPPORTED_CURRENCY"),
        ({"customer": {"customer_id": "cus_nobody"}}, 404, "NOT_FOUND"),
        ({"payment_method_id": "pm_rex_mastercard"}, 404, "NOT_FOUND"),
        ({"customer": {"customer_id": "cus_ines"}, "payment_method_id": "pm_ines_upi"}, 422,
         "NO_ELIGIBLE_PAYMENT_METHODS"),
        ({"billing_address": None}, 422, "INVALID_REQUEST_BODY"),
        ({"billing_address": {"country": "XX"}}, 422, "UNSUPPORTED_COUNTRY"),
        ({"billing_currency": "XXX"}, 422, "UNSUPPORTED_BILLING_CURRENCY"),
        ({"discount_codes": ["EXPIRED"]}, 422, "DISCOUNT_CODE_EXPIRED"),
        ({"discount_codes": ["USEDUP"]}, 422, "DISCOUNT_CODE_USAGE_LIMIT_EXCEEDED"),
        ({"discount_codes": ["NOPE"]}, 422, "INVALID_DISCOUNT_CODE"),
        ({"metadata": {f"k{n}": "v" for n in range(51)}}, 422, "MAXIMUM_KEYS_REACHED"),
        ({"metadata": {"bad key": "v"}}, 422, "INVALID_REQUEST_BODY"),
        ({"return_url": "javascript:alert(1)"}, 422, "INVALID_REQUEST_BODY"),
        ({"confirm": False}, 422, "INVALID_REQUEST_BODY"),
        ({"customer": {"email": "new@example.com"}}, 422, "INVALID_REQUEST_BODY"),
    ],
)  # fmt: skip
async def test_a_bad_request_is_refused_with_dodos_code_and_takes_nothing(
    dodo: AsyncDodoPayments, world: World, change: dict[str, Any], status: int, code: str
) -> None:
    with pytest.raises(APIStatusError) as refused:
        await press(dodo, "nadia", "pm_nadia_visa", **change)
    assert refused.value.status_code == status
    assert refused.value.body is not None
    assert refused.value.body["code"] == code  # type: ignore[index]
    assert not world.payments
    assert not world.ledger
    assert len(world.customers) == 11


async def test_a_decline_can_be_a_402_by_switch(dodo: AsyncDodoPayments, http: AsyncClient, world: World) -> None:
    await http.post("/_sandbox/settings", json={"declines_as_4xx": True})
    with pytest.raises(APIStatusError) as refused:
        await press(dodo, "omar", "pm_omar_visa")
    assert refused.value.status_code == 402
    assert not world.payments


async def test_a_wrong_key_is_401(dodo: AsyncDodoPayments) -> None:
    with pytest.raises(APIStatusError) as refused:
        await dodo.with_options(bearer_token="wrong").products.list()
    assert refused.value.status_code == 401
    assert refused.value.body["code"] == "UNAUTHORIZED"  # type: ignore[index]


async def test_buying_a_plan_starts_a_subscription(dodo: AsyncDodoPayments, world: World) -> None:
    session = await press(
        dodo,
        "nadia",
        "pm_nadia_visa",
        product_cart=[{"product_id": "pdt_basic", "quantity": 1, "addons": [{"addon_id": "adn_seat", "quantity": 2}]}],
    )
    payment = await dodo.payments.retrieve(session.payment_id)
    assert (payment.total_amount, payment.charge_type, payment.product_cart) == (5000, "new", None)
    assert payment.subscription_id
    assert payment.service_periods[0].subscription_id == payment.subscription_id
    subscription = world.subscriptions[payment.subscription_id]
    assert (subscription.status, subscription.method_id) == ("active", "pm_nadia_visa")


async def test_the_deprecated_payment_call_still_charges(dodo: AsyncDodoPayments) -> None:
    with pytest.warns(DeprecationWarning, match="deprecated"):
        made = await dodo.payments.create(
            billing=US,
            customer={"customer_id": "cus_nadia"},
            product_cart=[{"product_id": "pdt_workbook", "quantity": 1}],
            payment_method_id="pm_nadia_visa",
        )
    assert made.total_amount == 1900
    assert (await dodo.payments.retrieve(made.payment_id)).status == "succeeded"

"""Every status a payment can have, null and unknown words included, is one answer."""

import typing
from datetime import UTC, datetime

import pytest
from dodopayments.types import IntentStatus
from hypothesis import given
from hypothesis import strategies as st

from widget.core.answer import Refused, Taken, Waiting, answer_of, understood
from widget.core.money import Money
from widget.core.payment import Payment

TOTAL = Money(1900, "USD")
ENDS_AS = {
    "succeeded": "taken",
    "partially_captured": "taken",
    "partially_captured_and_capturable": "taken",
    "failed": "refused",
    "cancelled": "refused",
    "requires_customer_action": "waiting for the customer",
    "processing": "waiting",
    "requires_merchant_action": "waiting",
    "requires_payment_method": "waiting",
    "requires_confirmation": "waiting",
    "requires_capture": "waiting",
}


def payment(status: str, *, error: str | None = None) -> Payment:
    return Payment(
        id="pay_1", customer_id="cus_nadia", business_id="bus_mara", status=status, total=TOTAL, tax=0,
        created_at=datetime(2026, 11, 21, tzinfo=UTC), products=(), link="https://bank.example/1", error_code=error,
        checkout_session_id="cks_1",
    )  # fmt: skip


def said(status: str) -> str:
    match answer_of(payment(status)):
        case Taken():
            return "taken"
        case Refused():
            return "refused"
        case Waiting(by_customer=by_customer):
            return "waiting for the customer" if by_customer else "waiting"
        case _:
            return "something a payment that was read can not be"


def test_the_table_holds_every_status_the_provider_names():
    assert set(ENDS_AS) == set(typing.get_args(IntentStatus))


@pytest.mark.parametrize(("status", "ends"), ENDS_AS.items())
def test_each_status_is_one_answer(status, ends):
    assert said(status) == ends
    assert understood(status)


def test_no_status_yet_waits_and_is_understood():
    assert said("") == "waiting"
    assert understood("")


@pytest.mark.parametrize("status", [status for status, ends in ENDS_AS.items() if ends.startswith("waiting")])
def test_where_somebody_can_do_something_the_page_to_do_it_on_is_kept(status):
    theirs = status in {"requires_customer_action", "requires_payment_method"}
    assert answer_of(payment(status)) == Waiting(
        "pay_1", "cks_1", by_customer=status == "requires_customer_action",
        link="https://bank.example/1" if theirs else None, status=status,
    )  # fmt: skip


@given(st.text().filter(lambda word: word not in {*ENDS_AS, ""}))
def test_a_word_nobody_knows_waits_and_is_not_understood(word):
    assert said(word) == "waiting"
    assert not understood(word)


@pytest.mark.parametrize("status", ["SUCCEEDED", "succeeded ", "Succeeded"])
@pytest.mark.case("F-38")
def test_only_the_exact_word_is_paid(status):
    assert said(status) == "waiting"


def test_what_was_paid_is_what_the_provider_says_it_took():
    assert answer_of(payment("succeeded")) == Taken("pay_1", TOTAL)


@pytest.mark.parametrize(
    ("status", "error", "code"),
    [
        ("failed", "INSUFFICIENT_FUNDS", "INSUFFICIENT_FUNDS"),
        ("failed", None, "FAILED"),
        ("cancelled", None, "CANCELLED"),
    ],
)
def test_a_refusal_has_the_providers_code_or_its_status(status, error, code):
    assert answer_of(payment(status, error=error)) == Refused(code, "pay_1")


def test_a_link_is_given_only_where_the_bank_asks_the_shopper():
    asked, busy = answer_of(payment("requires_customer_action")), answer_of(payment("processing"))
    assert isinstance(asked, Waiting)
    assert isinstance(busy, Waiting)
    assert (asked.link, busy.link) == ("https://bank.example/1", None)
    assert (asked.payment_id, asked.session_id) == (busy.payment_id, busy.session_id) == ("pay_1", "cks_1")


def test_an_answer_that_brings_ids_alone_asks_nobody_and_says_no_status():
    assert Waiting("pay_1", "cks_1") == Waiting("pay_1", "cks_1", by_customer=False, link=None, status="")
    assert Waiting("pay_1") == Waiting("pay_1", None, by_customer=False, link=None, status="")
    assert Refused("DO_NOT_HONOR") == Refused("DO_NOT_HONOR", None)

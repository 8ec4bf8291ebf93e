"""Settling a plan change: it may be in force before its payment is seen, cost a little less than shown, or be paid by hand."""

from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from tests.core.test_settle import AT, NADIA, PAGE, after, standing
from widget.core.answer import Applied, NotSent, Refused, Taken, Unknown, Waiting
from widget.core.charge import Charge, Fate, may_settle, settle
from widget.core.money import Money
from widget.core.payment import PaymentLine
from widget.core.plan_change import Change

DUE = Money(2500, "USD")
PAID = Taken("pay_1", DUE)
UPGRADE = replace(
    NADIA, id="chg_p", reason="plan:quo_1", quoted=DUE,
    change=Change("sub_1", "pdt_pro", 1, (), "prorated_immediately"),
)  # fmt: skip
SENT = replace(UPGRADE, fate=Fate.SENDING, sent_at=AT - 50_000, version=1)


def later(charge: Charge = SENT) -> Charge:
    assert charge.change is not None
    return replace(charge, change=replace(charge.change, when="next_billing_date"))


def by_hand(charge: Charge = SENT) -> Charge:
    assert charge.change is not None
    return replace(charge, change=replace(charge.change, by_link=True))


def test_a_change_in_force_without_a_payment_has_cost_nothing_and_waits_for_nobody():
    asked = after(
        SENT, Waiting("pay_9", by_customer=True, link="https://bank.example/9", status="requires_customer_action")
    )
    done = settle(asked, Applied(), at=AT)
    assert (done.charge.fate, done.charge.paid, done.charge.settled_at) == (Fate.TAKEN, Money(0, "USD"), AT)
    assert (done.charge.payment_id, done.charge.by_customer, done.charge.link, done.charge.refusal) == (
        None,
        False,
        None,
        None,
    )
    assert (done.charge.version, done.alarms) == (asked.version + 1, ())


def test_a_change_given_up_that_is_in_force_after_all_rings():
    given_up = replace(SENT, fate=Fate.LAPSED)
    done = settle(given_up, Applied(), at=AT)
    assert (done.charge.fate, done.alarms) == (Fate.TAKEN, ("taken_after_lapsed",))


@pytest.mark.parametrize("fate", [Fate.INTENDED, Fate.REFUSED])
def test_a_change_that_nobody_sent_or_that_was_refused_is_not_ours_when_the_plan_changes(fate):
    other = replace(UPGRADE, fate=fate)
    assert settle(other, Applied(), at=AT).charge == other


def test_the_payment_of_a_change_in_force_is_written_beside_it_once():
    done = after(SENT, Applied())
    paid = settle(done, PAID, at=AT)
    assert (paid.charge.payment_id, paid.charge.paid, paid.charge.fate, paid.alarms) == ("pay_1", DUE, Fate.TAKEN, ())
    assert paid.charge.version == done.version + 1
    assert settle(paid.charge, PAID, at=AT).charge == paid.charge
    assert settle(paid.charge, Taken("pay_2", DUE), at=AT).alarms == ("taken_twice",)


def test_what_is_paid_later_for_a_change_in_force_is_never_more_than_was_shown():
    done = after(SENT, Applied())
    assert settle(done, Taken("pay_1", Money(2501, "USD")), at=AT).alarms == ("amount_differs",)
    assert settle(done, Taken("pay_1", Money(2499, "USD")), at=AT).alarms == ()


@pytest.mark.parametrize(
    ("paid", "alarms"),
    [
        (DUE, ()),
        (Money(2499, "USD"), ()),  # the unused time of the old plan melts by the second
        (Money(2501, "USD"), ("amount_differs",)),
        (Money(2499, "EUR"), ("amount_differs",)),
    ],
)
def test_a_change_may_cost_a_little_less_than_was_shown_and_never_more(paid, alarms):
    settled = settle(SENT, Taken("pay_1", paid), at=AT)
    assert (settled.charge.fate, settled.charge.paid, settled.alarms) == (Fate.TAKEN, paid, alarms)


def test_the_first_bill_of_a_scheduled_change_says_that_it_happened_and_is_no_part_of_it():
    happened = after(later(), PAID)
    assert (happened.fate, happened.payment_id, happened.paid) == (Fate.TAKEN, None, Money(0, "USD"))
    assert settle(happened, PAID, at=AT) == settle(happened, Unknown("x"), at=AT)
    assert settle(happened, PAID, at=AT).charge == happened


def test_a_page_on_which_nobody_pays_yet_is_open_to_the_subscriber():
    wants = Waiting("pay_1", link="https://pay.example/1", status="requires_payment_method")
    open_page = after(by_hand(), wants)
    assert (open_page.by_customer, open_page.link) == (True, "https://pay.example/1")
    busy = after(open_page, Waiting("pay_1", status="processing"))
    assert (busy.by_customer, busy.link) == (False, None)
    charged = after(SENT, wants)  # with the saved method there is no page to go to
    assert (charged.by_customer, charged.link) == (False, None)


@pytest.mark.parametrize(
    ("kind", "of_a_change", "of_an_offer"),
    [
        ("plan_change", True, False),
        ("new", False, True),
        ("", True, True),
        ("renewal", False, False),
        ("on_demand", False, False),
    ],
)
def test_a_payment_that_only_copied_our_mark_settles_nothing(kind, of_a_change, of_an_offer):
    line = PaymentLine("pay_1", "succeeded", DUE, datetime(2026, 11, 21, tzinfo=UTC), {}, charge_type=kind)
    assert may_settle(UPGRADE, line) is of_a_change
    assert may_settle(NADIA, line) is of_an_offer


def test_what_is_settled_says_when_and_keeps_the_refusal():
    refused = settle(standing(Fate.SENDING), Refused("DO_NOT_HONOR", "pay_1"), at=AT + 7).charge
    assert (refused.settled_at, refused.refusal, refused.payment_id) == (AT + 7, "DO_NOT_HONOR", "pay_1")
    assert (refused.by_customer, refused.link) == (False, None)
    taken = settle(standing(Fate.SENDING), Taken("pay_1", NADIA.quoted), at=AT + 7).charge
    assert (taken.settled_at, taken.paid, taken.payment_id) == (AT + 7, NADIA.quoted, "pay_1")
    assert settle(standing(Fate.WAITING), Refused("FAILED", "pay_1"), at=AT).charge.payment_id == "pay_1"
    assert settle(standing(Fate.SENDING), Refused("NO_SUCH_METHOD"), at=AT).charge.payment_id is None


def test_what_did_not_leave_has_never_been_sent():
    back = settle(standing(Fate.SENDING), NotSent("ConnectError"), at=AT).charge
    assert (back.fate, back.sent_at) == (Fate.INTENDED, None)


def test_a_page_keeps_its_way_on_while_somebody_pays_there():
    paying = after(PAGE, Waiting("pay_1", status="processing"))
    assert (paying.link, paying.session_id) == (PAGE.link, "cks_h")
    asked = after(PAGE, Waiting("pay_1", by_customer=True, status="requires_customer_action"))
    assert (asked.by_customer, asked.link) == (True, PAGE.link)


def test_a_given_up_page_that_wants_a_method_again_is_a_page_and_a_person_hears_of_it():
    given_up = replace(PAGE, fate=Fate.LAPSED, link=None)
    settled = settle(given_up, Waiting("pay_1", status="requires_payment_method"), at=AT)
    assert (settled.charge.fate, settled.charge.payment_id, settled.alarms) == (
        Fate.WAITING,
        None,
        ("surfaced_after_lapsed",),
    )
    busy = settle(given_up, Waiting("pay_1", status="processing"), at=AT)
    assert (busy.charge.fate, busy.charge.payment_id) == (Fate.WAITING, "pay_1")
    # Where the page itself is not known there is only the payment.
    unknown = settle(replace(given_up, session_id=None), Waiting("pay_1", status="requires_payment_method"), at=AT)
    assert unknown.charge.payment_id == "pay_1"
    one_click = settle(standing(Fate.LAPSED), Waiting("pay_1", "cks_1", status="requires_payment_method"), at=AT)
    assert one_click.charge.payment_id == "pay_1"


def test_news_of_a_page_tells_its_session_where_it_was_not_known():
    opened = replace(PAGE, session_id=None)
    told = after(opened, Waiting("pay_1", "cks_new", status="requires_payment_method"))
    assert (told.fate, told.session_id, told.payment_id) == (Fate.WAITING, "cks_new", None)


def test_a_failed_card_on_a_page_leaves_nobody_waiting_for_a_bank():
    asked = after(PAGE, Waiting("pay_1", by_customer=True, status="requires_customer_action"))
    failed = after(asked, Refused("DO_NOT_HONOR", "pay_1"))
    assert (failed.by_customer, failed.refusal, failed.session_id) == (False, "DO_NOT_HONOR", "cks_h")

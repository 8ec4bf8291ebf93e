"""One presentation, one state of its card, one rule about other ways to pay; over every combination there is."""

from itertools import product

import pytest
from msgspec.structs import replace

from tests.core.test_settle import HOSTED, NADIA
from widget.core.charge import UNDECIDED, Charge, Fate
from widget.core.presentation import CardState, Standing, card_state, may_open_checkout

NOW = 1_800_000_000_000
CLICKS = (None, *(replace(NADIA, fate=fate, by_customer=asks) for fate in Fate for asks in (False, True)))
PAGES = (None, *(replace(HOSTED, fate=f, payment_id=p, by_customer=a) for f in Fate for p in (None, "pay_h") for a in (False, True)))  # fmt: skip
SHUT_AT = (NOW - 1, NOW, NOW + 1)
ALL = list(product(Standing, SHUT_AT, CLICKS, PAGES))


def state(standing: Standing, closes_at: int, click: Charge | None, page: Charge | None) -> CardState:
    return card_state(standing, closes_at=closes_at, now=NOW, charge=click, hosted=page)


def underway(click: Charge | None, page: Charge | None) -> bool:
    paying = page is not None and page.fate in UNDECIDED and page.payment_id is not None
    return paying or (click is not None and click.fate in UNDECIDED)


def test_every_combination_has_a_state():
    assert {state(*case) for case in ALL} == {
        CardState.OPEN, CardState.WORKING, CardState.ACTION, CardState.PAID, CardState.REFUSED, CardState.DECLINED,
        CardState.CLOSED,
    }  # fmt: skip


def test_the_card_says_paid_exactly_when_money_was_taken():
    for case in ALL:
        taken = any(charge is not None and charge.fate is Fate.TAKEN for charge in case[2:])
        assert (state(*case) is CardState.PAID) is taken, case


def test_while_undecided_the_card_only_waits_or_leads_to_the_bank():
    for case in ALL:
        if state(*case) is not CardState.PAID:
            assert (state(*case) in {CardState.WORKING, CardState.ACTION}) is underway(*case[2:]), case


def test_a_no_stays_a_no_unless_money_is_underway_or_taken():
    for case in ALL:
        if case[0] is Standing.DECLINED:
            assert state(*case) in {CardState.DECLINED, CardState.WORKING, CardState.ACTION, CardState.PAID}, case


def test_a_button_to_press_is_there_only_in_time_and_with_nothing_sent():
    for case in ALL:
        standing, closes_at, click, _ = case
        if state(*case) is CardState.OPEN:
            assert standing not in {Standing.DECLINED, Standing.CLOSED}, case
            assert closes_at > NOW, case
            assert click is None or click.fate is Fate.INTENDED, case


def test_not_charged_is_said_only_of_what_the_provider_refused():
    for case in ALL:
        if state(*case) is CardState.REFUSED:
            assert case[2] is not None, case
            assert case[2].fate is Fate.REFUSED, case


def test_what_was_given_up_is_closed_for_good():
    for case in ALL:
        if case[2] is not None and case[2].fate is Fate.LAPSED:
            assert state(*case) not in {CardState.OPEN, CardState.REFUSED}, case


@pytest.mark.parametrize("click", CLICKS)
def test_another_way_to_pay_is_there_only_while_nothing_was_sent_or_it_was_refused(click):
    assert may_open_checkout(click) is (click is None or click.fate in {Fate.REFUSED, Fate.INTENDED})


def test_a_card_that_waits_never_goes_with_another_way_to_pay_for_its_own_charge():
    for case in ALL:
        if state(*case) in {CardState.WORKING, CardState.ACTION, CardState.PAID} and case[3] is None:
            assert not may_open_checkout(case[2]), case


def test_a_page_nobody_has_paid_at_is_no_payment():
    page = replace(HOSTED, fate=Fate.WAITING, link="https://checkout.example/1")
    assert state(Standing.OPEN, NOW + 1, None, page) is CardState.OPEN
    assert state(Standing.OPEN, NOW + 1, replace(NADIA, fate=Fate.REFUSED), page) is CardState.REFUSED
    assert state(Standing.OPEN, NOW + 1, None, replace(page, payment_id="pay_h")) is CardState.WORKING

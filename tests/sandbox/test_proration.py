"""The arithmetic of plan changes against Dodo's worked figures, and the laws that hold for every plan."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from widget.sandbox.proration import Cut, Item, Plan, bill, lines_of, lines_of_change, rest_of

HALF = Fraction(1, 2)
MODES = (
    "prorated_immediately",
    "full_immediately",
    "difference_immediately",
    "do_not_bill",
    "prorated_immediately_keep_cycle",
)


def a_plan(price, quantity=1, seats=0, tax=0, inclusive=False, cuts=()):
    extra = (Item("addon", "adn_seat", 1000, seats),) if seats else ()
    return Plan((Item("subscription", "pdt", price, quantity), *extra), tax, inclusive, tuple(cuts))


BASIC, PRO, LITE = a_plan(3000), a_plan(8000), a_plan(2000)


@pytest.mark.parametrize(
    ("mode", "upgrade", "downgrade"),
    [
        ("prorated_immediately", 2500, -3000),
        ("difference_immediately", 5000, -6000),
        ("full_immediately", 8000, 2000),
        ("do_not_bill", 0, 0),
        ("prorated_immediately_keep_cycle", 2500, -3000),
    ],
)
def test_every_mode_costs_what_the_documented_table_says(mode, upgrade, downgrade):
    assert bill(lines_of_change(mode, BASIC, PRO, HALF), 0).gross == upgrade
    assert bill(lines_of_change(mode, PRO, LITE, HALF), 0).gross == downgrade


def test_three_new_seats_are_prorated_like_the_plan():
    new = a_plan(8000, seats=3)
    lines = lines_of_change("prorated_immediately", BASIC, new, HALF)
    assert bill(lines, 0).due == 4000


def test_the_documented_preview_with_two_seats_and_nineteen_percent():
    old, new = a_plan(3000, seats=2, tax=19), a_plan(8000, seats=2, tax=19)
    summed = bill(lines_of_change("prorated_immediately", old, new, HALF), 0)
    assert (summed.due, summed.gross_tax, summed.credits) == (2975, 475, 0)
    assert [(line.factor, line.cycle_tax) for line in summed.lines] == [
        (HALF, 1520), (HALF, 380), (-HALF, 570), (-HALF, 380),
    ]  # fmt: skip


def test_sixty_of_credit_pays_three_renewals_of_twenty():
    credit = bill(lines_of_change("difference_immediately", PRO, LITE, HALF), 0).credits
    assert credit == 6000
    dues = []
    for _ in range(4):
        renewal = bill(lines_of(LITE), credit)
        credit += renewal.credits
        dues.append(renewal.due)
    assert dues == [0, 0, 0, 2000]


def test_thirty_of_credit_pays_one_renewal_and_half_of_the_next():
    credit = bill(lines_of_change("prorated_immediately", PRO, LITE, HALF), 0).credits
    dues = []
    for _ in range(3):
        renewal = bill(lines_of(LITE), credit)
        credit += renewal.credits
        dues.append(renewal.due)
    assert dues == [0, 1000, 2000]


def test_a_sum_below_the_smallest_charge_is_raised_and_the_difference_granted():
    small = bill(lines_of(a_plan(30)), 0, minimum=50)
    assert (small.due, small.credits) == (50, 20)


def test_credits_that_leave_less_than_the_smallest_charge_are_topped_up():
    summed = bill(lines_of(a_plan(2000)), 1990, minimum=50)
    assert (summed.due, summed.credits) == (50, -1950)


def test_an_unpaid_trial_gives_no_credit_and_costs_a_full_cycle():
    assert bill(lines_of_change("prorated_immediately", None, PRO, Fraction(1, 7)), 0).due == 8000
    assert bill(lines_of_change("difference_immediately", None, PRO, Fraction(1, 7)), 0).due == 8000


def test_discounts_are_taken_in_their_order():
    both = a_plan(10_000, cuts=(Cut(basis_points=1000), Cut(flat=500)))
    turned = a_plan(10_000, cuts=(Cut(flat=500), Cut(basis_points=1000)))
    assert bill(lines_of(both), 0).due == 8500
    assert bill(lines_of(turned), 0).due == 8550


def test_a_flat_discount_goes_on_to_the_add_ons_and_never_below_zero():
    assert [line.amount for line in lines_of(a_plan(300, seats=1, cuts=(Cut(flat=500),)))] == [0, 800]
    assert bill(lines_of(a_plan(300, cuts=(Cut(flat=500),))), 0).due == 0


def test_prices_that_contain_tax_are_charged_as_they_stand():
    summed = bill(lines_of(a_plan(11_900, tax=19, inclusive=True)), 0)
    assert (summed.due, summed.gross_tax) == (11_900, 1900)


def test_the_rest_of_a_cycle_is_counted_by_the_second():
    start = datetime(2026, 4, 1, 9, tzinfo=UTC)
    end = start + timedelta(days=30)
    assert rest_of(start, end, start) == 1
    assert rest_of(start, end, start + timedelta(milliseconds=999)) == 1
    assert rest_of(start, end, start + timedelta(days=15)) == HALF
    assert rest_of(start, end, end - timedelta(seconds=1)) == Fraction(1, 30 * 86_400)
    assert rest_of(start, end, end) == 0
    assert rest_of(start, end, end + timedelta(days=1)) == 0


plans = st.builds(
    a_plan,
    st.integers(0, 1_000_000),
    st.integers(1, 50),
    st.integers(0, 20),
    st.sampled_from([0, 10, 19, 20]),
    st.booleans(),
    st.lists(
        st.one_of(st.builds(Cut, basis_points=st.integers(0, 10_000)), st.builds(Cut, flat=st.integers(0, 5000))),
        max_size=3,
    ),
)
rests = st.fractions(0, 1, max_denominator=2_678_400)


@given(plans, plans, rests, st.sampled_from(MODES), st.integers(0, 100_000), st.sampled_from([0, 50]))
def test_lines_and_tax_and_credits_always_add_up_to_what_is_due(old, new, rest, mode, balance, minimum):
    summed = bill(lines_of_change(mode, old, new, rest), balance, minimum)
    assert sum(line.total for line in summed.lines) + summed.credits == summed.due
    assert summed.due >= 0
    assert summed.due == 0 or summed.due >= minimum
    assert -summed.credits <= balance
    assert 0 <= summed.due_tax <= summed.due


@given(plans, rests, st.sampled_from(["prorated_immediately", "difference_immediately"]))
def test_changing_to_the_same_plan_costs_nothing(plan, rest, mode):
    assert bill(lines_of_change(mode, plan, plan, rest), 0).gross == 0


@given(plans, plans, rests, st.sampled_from(MODES))
def test_there_and_back_costs_the_same_with_the_other_sign(old, new, rest, mode):
    there = bill(lines_of_change(mode, old, new, rest), 0).gross
    back = bill(lines_of_change(mode, new, old, rest), 0).gross
    assert mode == "full_immediately" or there == -back


@given(plans, plans, rests)
def test_a_page_that_multiplies_the_lines_itself_is_off_by_rounding_only(old, new, rest):
    for line in lines_of_change("prorated_immediately", old, new, rest):
        assert abs(line.cycle_amount * line.factor - line.amount) <= HALF
        assert abs(line.cycle_tax * line.factor - line.tax) <= 1

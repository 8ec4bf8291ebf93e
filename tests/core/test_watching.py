"""When the watch looks again: always later, soon while a shopper waits; and when it may stop: never by age alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from widget.core.watching import (
    ABSENT_READS,
    CONFIRMED_SESSION_MS,
    HORIZON_MS,
    HOSTED_SESSION_MS,
    HOUR_MS,
    MINUTE_MS,
    PLAN_HORIZON_MS,
    PLAN_UNPAID_MS,
    SENDING_GRACE_MS,
    UNREAD_MS,
    first_look,
    lapsed,
    next_look,
)

SENT = 1_800_000_000_000
AGES = st.integers(-10 * MINUTE_MS, 60 * HOUR_MS)


@given(AGES, st.booleans())
def test_the_next_look_is_later_and_never_more_than_an_hour_away(age, hosted):
    now = SENT + age
    assert now < next_look(SENT, now, hosted=hosted) <= now + HOUR_MS


@given(st.integers(0, HOUR_MS - 1), st.booleans())
def test_in_the_first_hour_it_looks_at_least_every_minute(age, hosted):
    assert next_look(SENT, SENT + age, hosted=hosted) <= SENT + age + MINUTE_MS


@given(AGES, st.booleans())
def test_a_look_that_brought_nothing_to_read_is_done_again_within_five_minutes(age, hosted):
    now = SENT + age
    again = next_look(SENT, now, hosted=hosted, unread=True)
    assert now < again <= now + UNREAD_MS == now + 5 * MINUTE_MS
    assert again <= next_look(SENT, now, hosted=hosted)


@given(st.integers(HORIZON_MS - 2 * HOUR_MS, HORIZON_MS), st.booleans())
def test_a_look_falls_on_the_very_end_of_the_two_days(age, unread):
    now = SENT + age
    while now <= SENT + HORIZON_MS:
        now = next_look(SENT, now, unread=unread)
    assert now == SENT + HORIZON_MS + 1


# In the last hour before the horizon the pause is what is left of it.
EVEN = st.integers(0, HORIZON_MS - HOUR_MS) | st.integers(HORIZON_MS + 1, 60 * HOUR_MS)


@given(EVEN, EVEN)
def test_the_pauses_only_grow(one, other):
    pause = [next_look(SENT, SENT + age) - (SENT + age) for age in sorted((one, other))]
    assert pause == sorted(pause)


def test_a_clock_that_was_put_back_ten_minutes_hurries_nobody():
    assert next_look(SENT, SENT - 10 * MINUTE_MS) == SENT - 10 * MINUTE_MS + MINUTE_MS


@given(AGES)
def test_nobody_hurries_on_a_checkout_page_that_is_being_filled_in(age):
    assert next_look(SENT, SENT + age, hosted=True) >= SENT + age + MINUTE_MS
    assert first_look(SENT, hosted=True) > first_look(SENT, hosted=False) > SENT


def test_the_looks_of_two_days_are_few():
    now, looks = SENT, 0
    while now < SENT + HORIZON_MS:
        now, looks = next_look(SENT, now), looks + 1
    assert ABSENT_READS < looks < 200


@given(st.integers(0, HORIZON_MS), st.integers(0, 10_000))
@pytest.mark.case("F-22")
def test_nothing_is_given_up_before_the_horizon_however_often_it_was_not_found(age, reads):
    assert not lapsed(SENT, SENT + age, reads)


@given(st.integers(HORIZON_MS + 1, 100 * HORIZON_MS), st.integers(0, ABSENT_READS - 1))
def test_nothing_is_given_up_by_age_alone(age, reads):
    assert not lapsed(SENT, SENT + age, reads)


@given(st.integers(HORIZON_MS + 1, 100 * HORIZON_MS), st.integers(ABSENT_READS, 100))
def test_what_was_looked_for_long_and_often_is_given_up(age, reads):
    assert lapsed(SENT, SENT + age, reads)


def test_the_times_are_those_that_the_documents_promise():
    """20 s money time-out, 15 minutes for a confirmed session, 24 hours for a page, 48 hours until a person is told."""
    assert SENDING_GRACE_MS == (20 + 5) * 1000
    assert CONFIRMED_SESSION_MS == (15 + 1) * MINUTE_MS
    assert HOSTED_SESSION_MS == (24 + 1) * HOUR_MS
    assert HORIZON_MS == 48 * HOUR_MS
    assert ABSENT_READS == 6
    assert PLAN_HORIZON_MS == 30 * MINUTE_MS
    assert PLAN_UNPAID_MS == 10 * MINUTE_MS

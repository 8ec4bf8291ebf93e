"""The gate: every check has a name and is recorded with what it saw, passed or not (product D4)."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from widget.core.caps import Caps, cap_checks
from widget.core.gate import MINIMUM, Seen, judge
from widget.core.method import Method
from widget.core.money import Money

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
VISA = Method("pm_visa", "card", "credit", expires_month=12, expires_year=2030)
OLD = Method("pm_old", "card", "debit", expires_month=1, expires_year=2024)
CAPS = Caps(per_customer_per_day=2, per_customer=9)
UPI = Method("pm_upi", "upi", "upi_collect")

SHOWING = ("product_active", "not_owned", "not_declined", "cap_not_reached", "above_minimum")
CHARGING = ("has_method", "method_chargeable", "method_not_expired", "method_not_refused", "price_exact")

NADIA = Seen(
    product_active=True, owned=False, repeats_allowed=False, declined_until=None, times_shown=0, shown_at_most=0,
    total=Money(1900, "USD"), exact=True, methods=(VISA,), used_method="pm_visa", refused_methods=frozenset(), now=NOW,
)  # fmt: skip


def failed(**change) -> list[str]:
    return [check.name for check in judge(replace(NADIA, **change)).checks if not check.held]


def test_nadia_can_be_offered_one_click():
    verdict = judge(NADIA)
    assert (verdict.show, verdict.one_click, verdict.methods) == (True, True, (VISA,))
    assert [check.name for check in verdict.checks] == [*SHOWING, *CHARGING]


@pytest.mark.parametrize(
    ("change", "name", "value"),
    [
        ({"product_active": False}, "product_active", "false"),
        ({"product_active": None}, "product_active", "unread"),
        ({"owned": True}, "not_owned", "true"),
        ({"owned": None}, "not_owned", "unread"),
        ({"declined_until": NOW + timedelta(days=1)}, "not_declined", "2026-11-22T12:00:00+00:00"),
        ({"times_shown": 3, "shown_at_most": 3}, "cap_not_reached", "3"),
        ({"times_shown": 4, "shown_at_most": 3}, "cap_not_reached", "4"),
        ({"shown_today": 2, "shown_per_day": 2}, "daily_cap_not_reached", "2"),
        ({"of_all_offers": cap_checks(CAPS, today=2, in_all=2)}, "customer_daily_cap_not_reached", "2"),
        ({"of_all_offers": cap_checks(CAPS, today=0, in_all=9)}, "customer_cap_not_reached", "9"),
        ({"total": None}, "above_minimum", "no price"),
        ({"total": Money(49, "USD")}, "above_minimum", "49 USD"),
        ({"total": Money(0, "KWD")}, "above_minimum", "0 KWD"),
    ],
)
def test_what_forbids_showing_forbids_one_click_too(change, name, value):
    verdict = judge(replace(NADIA, **change))
    assert failed(**change) == [name]
    assert next(check.value for check in verdict.checks if check.name == name) == value
    assert (verdict.show, verdict.one_click) == (False, False)


@pytest.mark.parametrize(
    ("change", "names"),
    [
        ({"methods": None}, ["has_method", "method_chargeable", "method_not_expired", "method_not_refused"]),
        ({"methods": ()}, ["has_method", "method_chargeable", "method_not_expired", "method_not_refused"]),
        ({"methods": (UPI,)}, ["method_chargeable", "method_not_expired", "method_not_refused"]),
        ({"methods": (OLD, UPI)}, ["method_not_expired", "method_not_refused"]),
        ({"refused_methods": frozenset({"pm_visa"})}, ["method_not_refused"]),
        ({"exact": False}, ["price_exact"]),
    ],
)
@pytest.mark.case("F-51")
def test_what_only_forbids_one_click_leaves_the_hosted_checkout(change, names):
    verdict = judge(replace(NADIA, **change))
    assert failed(**change) == names
    assert (verdict.show, verdict.one_click) == (True, False)


@pytest.mark.parametrize(
    "change",
    [
        {"owned": True, "repeats_allowed": True},
        {"owned": None, "repeats_allowed": True},
        {"declined_until": NOW},
        {"times_shown": 2, "shown_at_most": 3},
        {"times_shown": 99, "shown_at_most": 0},
        {"total": Money(1, "KWD")},
        *({"total": Money(least, currency)} for currency, least in MINIMUM.items()),
        {"methods": (OLD, UPI, VISA)},
    ],
)
def test_what_is_allowed_at_the_edge_passes(change):
    assert failed(**change) == []


@pytest.mark.parametrize(("currency", "least"), list(MINIMUM.items()))
def test_one_minor_unit_less_than_the_minimum_is_not_shown(currency, least):
    assert failed(total=Money(least - 1, currency)) == ["above_minimum"]


MAYBE = st.sampled_from([True, False, None])
SEEN = st.builds(
    Seen,
    product_active=MAYBE, owned=MAYBE, repeats_allowed=st.booleans(),
    declined_until=st.none() | st.integers(-2, 2).map(lambda days: NOW + timedelta(days=days)),
    times_shown=st.integers(0, 4), shown_at_most=st.integers(0, 4),
    total=st.none() | st.builds(Money, st.integers(0, 100), st.sampled_from(["USD", "JPY", "KWD"])),
    exact=st.booleans(), methods=st.none() | st.lists(st.sampled_from([VISA, OLD, UPI]), unique=True).map(tuple),
    used_method=st.sampled_from([None, "pm_visa", "pm_gone"]),
    refused_methods=st.frozensets(st.sampled_from(["pm_visa", "pm_old", "pm_upi"])), now=st.just(NOW),
)  # fmt: skip


@given(SEEN)
def test_every_check_is_recorded_whatever_was_seen(seen):
    verdict = judge(seen)
    assert [check.name for check in verdict.checks] == [*SHOWING, *CHARGING]
    assert all(check.value for check in verdict.checks)


@given(SEEN)
def test_the_verdict_is_what_its_checks_say(seen):
    verdict = judge(seen)
    held = {check.name: check.held for check in verdict.checks}
    assert verdict.show is all(held[name] for name in SHOWING)
    assert verdict.one_click is all(held.values())
    assert not verdict.one_click or verdict.methods
    assert all(m.id not in seen.refused_methods and m.kind == "card" and m is not OLD for m in verdict.methods)


@given(SEEN)
def test_what_could_not_be_read_is_never_taken_for_a_yes(seen):
    unread = replace(seen, product_active=None, owned=None, methods=None, total=None)
    verdict = judge(unread)
    assert not verdict.show
    assert not verdict.one_click

"""Which saved method can be charged in one click, and which one is named first."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from widget.core.method import Method, best_first, chargeable_kind, expired

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("kind", "fine_kind", "recurring", "chargeable"),
    [
        ("card", "credit", None, True),
        ("card", "debit", True, True),
        ("card", "", None, True),
        ("card", "credit", False, False),
        ("wallet", "apple_pay", None, True),
        ("wallet", "google_pay", True, True),
        ("wallet", "google_pay", False, False),
        ("wallet", "paypal", True, False),
        ("wallet", "", None, False),
        ("upi", "upi_collect", True, False),
        ("pay_later", "klarna", True, False),
        ("bank_redirect", "ideal", None, False),
        ("", "apple_pay", None, False),
        ("something_new", "", True, False),
    ],
)
def test_cards_and_card_wallets_can_be_charged_and_nothing_else(kind, fine_kind, recurring, chargeable):
    method = Method("pm_1", kind, fine_kind, recurring_enabled=recurring)
    assert chargeable_kind(method) is chargeable


@pytest.mark.parametrize(
    ("month", "year", "gone"),
    [
        (11, 2026, False),
        (10, 2026, True),
        (12, 2026, False),
        (1, 2027, False),
        (12, 2025, True),
        (None, 2020, False),
        (1, None, False),
        (None, None, False),
    ],
)
def test_a_card_lives_until_the_last_day_of_its_month(month, year, gone):
    assert expired(Method("pm_1", "card", expires_month=month, expires_year=year), NOW) is gone


def test_a_card_ends_with_the_first_moment_of_the_next_month():
    card = Method("pm_1", "card", expires_month=11, expires_year=2026)
    assert not expired(card, datetime(2026, 11, 30, 23, 59, 59, tzinfo=UTC))
    assert expired(card, datetime(2026, 12, 1, tzinfo=UTC))


METHODS = st.lists(
    st.builds(
        Method,
        id=st.sampled_from([f"pm_{n}" for n in range(6)]),
        kind=st.just("card"),
        last_used_at=st.none() | st.integers(0, 5).map(lambda days: NOW - timedelta(days=days)),
    ),
    unique_by=lambda method: method.id,
).map(tuple)


@given(METHODS, st.sampled_from([None, *(f"pm_{n}" for n in range(6))]), st.randoms(use_true_random=False))
def test_the_order_is_stable_whatever_order_they_come_in(methods, used, chance):
    shuffled = list(methods)
    chance.shuffle(shuffled)
    assert best_first(tuple(shuffled), used) == best_first(methods, used)
    assert sorted(m.id for m in best_first(methods, used)) == sorted(m.id for m in methods)


@given(METHODS, st.sampled_from([f"pm_{n}" for n in range(6)]))
def test_the_one_used_for_the_purchase_comes_first_then_the_latest(methods, used):
    ordered = best_first(methods, used)
    if used in {m.id for m in methods}:
        assert ordered[0].id == used
        ordered = ordered[1:]
    ages = [m.last_used_at or datetime.min.replace(tzinfo=UTC) for m in ordered]
    assert ages == sorted(ages, reverse=True)

"""Money as people type it means one thing or nothing."""

import pytest
from babel import Locale

from widget.web.money_typed import money_typed


@pytest.mark.parametrize(
    ("text", "currency", "locale", "amount"),
    [
        ("12", "USD", "en", 1200),
        ("12.5", "USD", "en", 1250),
        ("12.50", "USD", "de", 1250),
        ("12,50", "USD", "en", 1250),
        (" $ 12.50 ", "USD", "en", 1250),
        ("12,50 €", "EUR", "de", 1250),
        ("1,250", "USD", "en", 125_000),
        ("1.250", "EUR", "de", 125_000),
        ("1,250.75", "USD", "en", 125_075),
        ("1900", "JPY", "ja", 1900),
        ("12.500", "KWD", "en", 12_500),
        ("١٢٫٥٠", "USD", "ar", 1250),
        ("१२.५०", "INR", "hi", 1250),
    ],
)
def test_what_is_meant_is_read(text, currency, locale, amount):
    assert money_typed(text, currency, Locale.parse(locale)) == amount


@pytest.mark.parametrize(
    ("text", "currency", "locale"),
    [
        ("", "USD", "en"),
        ("ten", "USD", "en"),
        ("-5", "USD", "en"),
        ("1e3", "USD", "en"),
        ("12.505", "USD", "en"),
        ("12.5", "JPY", "ja"),
        ("1.2.3", "USD", "en"),
        ("12,50.00", "USD", "en"),
        ("NaN", "USD", "en"),
        ("9" * 40, "USD", "en"),
    ],
)
def test_what_could_mean_anything_is_no_amount(text, currency, locale):
    assert money_typed(text, currency, Locale.parse(locale)) is None

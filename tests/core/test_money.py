"""Every currency the provider names is known, with the digits of ISO 4217; nothing is guessed about any other."""

import typing

import pytest
from babel.numbers import get_currency_precision
from dodopayments.types import Currency
from hypothesis import given
from hypothesis import strategies as st

from widget.core.money import DIGITS, Money, UnknownCurrency, digits

# ISO 4217 table A.1, minor units other than two, for the currencies the provider takes.
ISO_OTHER_THAN_TWO = {
    **dict.fromkeys("BIF CLP DJF GNF JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF".split(), 0),
    **dict.fromkeys("BHD IQD JOD KWD LYD OMR TND".split(), 3),
}
# CLDR keeps the digits people write, not those of ISO, for these.
WRITTEN_OTHERWISE = set(
    "AFN ALL COP CRC HUF IDR IQD IRR KPW LAK LBP MGA MMK MRU MUR PKR RSD SLE SLL SOS SYP TWD TZS UZS YER".split()
)


def test_the_table_is_exactly_the_currencies_the_provider_names():
    assert set(DIGITS) == set(typing.get_args(Currency))


@pytest.mark.parametrize("currency", sorted(typing.get_args(Currency)))
@pytest.mark.case("F-59")
def test_each_currency_has_the_digits_of_iso_4217(currency):
    assert digits(currency) == ISO_OTHER_THAN_TWO.get(currency, 2)


def test_another_table_agrees_but_for_the_currencies_people_write_otherwise():
    differ = {currency for currency in DIGITS if get_currency_precision(currency) != digits(currency)}
    assert differ <= WRITTEN_OTHERWISE


@pytest.mark.parametrize("unknown", ["", "usd", "XXX", "US", "USDT", "€", "EUR "])
def test_money_of_an_unknown_currency_cannot_be_made(unknown):
    with pytest.raises(UnknownCurrency):
        Money(100, unknown)


@given(st.integers(), st.sampled_from(sorted(DIGITS)), st.integers(), st.sampled_from(sorted(DIGITS)))
def test_money_is_equal_only_with_the_same_amount_and_currency(amount, currency, other, others):
    same = (amount, currency) == (other, others)
    assert (Money(amount, currency) == Money(other, others)) is same


def test_money_does_not_change():
    with pytest.raises(AttributeError):
        Money(100, "USD").amount = 1

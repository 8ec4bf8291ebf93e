"""Prices as people read them."""

from decimal import Decimal

from babel.numbers import format_currency

_EXPONENTS = {"JPY": 0, "KRW": 0, "VND": 0, "CLP": 0, "KWD": 3, "BHD": 3, "OMR": 3, "JOD": 3, "TND": 3}


def spoken(amount: int, currency: str) -> str:
    """`amount` in minor units, as in "$19.00"."""
    return format_currency(Decimal(amount).scaleb(-_EXPONENTS.get(currency, 2)), currency, locale="en")

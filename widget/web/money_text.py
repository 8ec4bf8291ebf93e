"""Money as people read it: Babel's patterns, our own table of digits."""

import re
from decimal import Decimal
from functools import lru_cache

from babel import Locale
from babel.numbers import format_currency

from widget.core.money import Money, digits

# CLDR parts a sign that is spelled with letters from its digits (`CHF 12.40`); Babel does not.
_SPELLED = re.compile(r"(?<=[^\W\d_])(?=−?\d)|(?<=\d)(?=[^\W\d_])")
# `US$` in right-to-left text reads `$US` unless something says that its last letter belongs to the first ones.
_LATIN_SIGN = re.compile(r"[A-Z]+[^\w\s.,\u200e\u200f−-]+")
_BELOW_ZERO = re.compile(r"−[\d.,]+")
# The sign for "less", where Babel prints the hyphen of a keyboard.
_MINUS = "−"


@lru_cache(maxsize=4096)
def money_text(money: Money, locale: Locale) -> str:
    """`$12.40`; the digits come from ISO 4217, since Babel's are for display and differ for some currencies."""
    places = digits(money.currency)
    pattern = locale.currency_formats["standard"].pattern
    fraction = "." + "0" * places if places else ""
    positive = _with_fraction(pattern, fraction)
    amount = Decimal(money.amount).scaleb(-places)
    text = format_currency(amount, money.currency, positive, locale=locale, currency_digits=False)
    text = _SPELLED.sub("\xa0", text.replace("-", _MINUS, 1) if money.amount < 0 else text)
    return _right_to_left(text) if locale.text_direction == "rtl" else text


def _right_to_left(text: str) -> str:
    """The minus stays before its number, and a sign with Latin letters stays whole; their order is the locale's."""
    return _LATIN_SIGN.sub("\\g<0>\u200e", _BELOW_ZERO.sub("\u2066\\g<0>\u2069", text))


def _with_fraction(pattern: str, fraction: str) -> str:
    """The locale's pattern with this currency's digits: `#,##0.00` becomes `#,##0` or `#,##0.000`."""
    return ";".join(part.replace("0.00", "0" + fraction) for part in pattern.split(";"))

"""Money as people read it: Babel's patterns, our own table of digits."""

import re
from decimal import Decimal
from functools import lru_cache

from babel import Locale
from babel.numbers import format_currency

from widget.core.money import Money, digits

# CLDR parts a sign that is spelled with letters from its digits (`CHF 12.40`); Babel does not.
_SPELLED = re.compile(r"(?<=[^\W\d_])(?=-?\d)|(?<=\d)(?=[^\W\d_])")


@lru_cache(maxsize=4096)
def money_text(money: Money, locale: Locale) -> str:
    """`$12.40`; the digits come from ISO 4217, since Babel's are for display and differ for some currencies."""
    places = digits(money.currency)
    pattern = locale.currency_formats["standard"].pattern
    fraction = "." + "0" * places if places else ""
    positive = _with_fraction(pattern, fraction)
    amount = Decimal(money.amount).scaleb(-places)
    return _SPELLED.sub("\xa0", format_currency(amount, money.currency, positive, locale=locale, currency_digits=False))


def _with_fraction(pattern: str, fraction: str) -> str:
    """The locale's pattern with this currency's digits: `#,##0.00` becomes `#,##0` or `#,##0.000`."""
    return ";".join(part.replace("0.00", "0" + fraction) for part in pattern.split(";"))

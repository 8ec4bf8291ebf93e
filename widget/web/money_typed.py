"""Money as people type it: read only where it can mean one thing."""

import re
import unicodedata
from decimal import Decimal

from babel import Locale
from babel.numbers import NumberFormatError, parse_decimal

from widget.core.money import digits

_LIMIT = 24
# One mark and at most two digits behind it: the decimals, whichever mark the phone's keyboard has.
_PLAIN = re.compile(r"(\d{1,12})(?:[.,](\d{1,2}))?")

_GROUPED = re.compile(r"[\d.,'’]+")


def money_typed(text: str, currency: str, locale: Locale) -> int | None:
    """Minor units of `12`, `12.50`, `12,50` or `1,250.00` as the locale groups it; None for what is no such amount."""
    bare = "".join(_ascii(sign) for sign in text[:_LIMIT] if not sign.isspace() and unicodedata.category(sign) != "Sc")
    places = digits(currency)
    plain = _PLAIN.fullmatch(bare)
    if plain is not None:
        amount = Decimal(f"{plain[1]}.{plain[2] or '0'}")
    elif not _GROUPED.fullmatch(bare):
        return None
    else:
        try:
            amount = parse_decimal(bare, locale=locale, strict=True)
        except (NumberFormatError, ValueError):
            return None
    scaled = amount.scaleb(places)
    return int(scaled) if scaled == scaled.to_integral_value() and 0 <= scaled < 10**12 else None


def _ascii(sign: str) -> str:
    """Digits of any script as 0 to 9; the Arabic marks as those they stand for."""
    if sign.isdecimal():
        return str(unicodedata.decimal(sign))
    return {"٫": ".", "٬": ","}.get(sign, sign)

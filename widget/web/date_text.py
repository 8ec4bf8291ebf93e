"""Dates as people read them, by Babel, on the clock of the country they are billed in."""

from datetime import datetime

from babel import Locale
from babel.dates import format_date

from widget.web.zones import zone_of


def date_text(moment: datetime, locale: Locale, country: str) -> str:
    """`1 May 2026`, in the words of the locale; the day it is there at that moment."""
    return format_date(moment.astimezone(zone_of(country)).date(), format="long", locale=locale)

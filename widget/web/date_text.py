"""Dates as people read them, by Babel; in UTC, as the provider bills."""

from datetime import UTC, datetime

from babel import Locale
from babel.dates import format_date


def date_text(moment: datetime, locale: Locale) -> str:
    """`1 May 2026`, in the words of the locale."""
    return format_date(moment.astimezone(UTC).date(), format="long", locale=locale)

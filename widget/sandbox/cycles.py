"""Dates of subscriptions: one cycle further, months clipped to their last day."""

from __future__ import annotations

import calendar
from datetime import datetime, timedelta

from widget.sandbox.things import Interval


def later(at: datetime, count: int, interval: Interval) -> datetime:
    """`at` plus so many intervals; 31 January plus a month is the last day of February."""
    if interval in ("Day", "Week"):
        return at + timedelta(days=count * (7 if interval == "Week" else 1))
    months = at.month - 1 + count * (12 if interval == "Year" else 1)
    year, month = at.year + months // 12, months % 12 + 1
    return at.replace(year=year, month=month, day=min(at.day, calendar.monthrange(year, month)[1]))

"""Rate limits that hold across processes: of each minute, how much somebody has used up."""

from collections.abc import Mapping
from typing import Any

from widget.storage.database import rows

# A request costs its share of a minute (30 a minute: 2 s). What is spent lies ahead of now and melts as time goes on;
# it may lie at most a minute ahead. So a whole minute's worth may come at once, and after that one a share.
MINUTE_MS = 60_000


async def spend(wanted: Mapping[str, int], *, at: int) -> frozenset[str]:
    """Spend so many milliseconds of each name's minute; returns the names that could afford it. One statement.

    A name that cannot afford it spends nothing. In one order always, so that two statements never wait for each other.
    """
    values: list[Any] = [value for name in sorted(wanted) for value in (name, at + wanted[name])]
    places = ", ".join(["({}, {})"] * len(wanted))
    found = await rows(
        f"INSERT INTO rate_limit (id, spent_until) VALUES {places} ON CONFLICT (id) DO UPDATE SET spent_until = "
        "CASE WHEN rate_limit.spent_until > {} THEN rate_limit.spent_until ELSE {} END + EXCLUDED.spent_until - {} "
        "WHERE rate_limit.spent_until + EXCLUDED.spent_until <= {} RETURNING id",
        *values,
        at,
        at,
        at,
        2 * at + MINUTE_MS,
    )
    return frozenset(row["id"] for row in found)

"""Numbers about the books for monitors, and whether the database is ready."""

import asyncio

from widget.core.alarms import ALARMS
from widget.storage import known
from widget.storage.away import Busy, reason
from widget.storage.database import pending_migrations, rows

Meter = tuple[str, str, str, dict[str, int]]  # name, what it counts, label, label value → count


# Longer than others who write are waited for (`database.unit`); a database that stands still never answers.
_READY_WITHIN_S = 4.5


async def not_ready(now: int) -> str | None:
    """Why this process should not get traffic, by what is wrong; None when it can read and write."""
    try:
        async with asyncio.timeout(_READY_WITHIN_S):
            waiting = await pending_migrations()
            if waiting:
                return f"migrations are missing: {', '.join(waiting)}"
            await known.keep("ready", "", at=now)  # reading goes on long after writing has ended
    except Busy:
        return None  # others are writing: it can be written
    except OSError as error:
        return reason(error)
    return None


async def all_of_them() -> list[Meter]:
    """Everything we count; each is one read by index."""
    return [
        ("encore_charges", "Charges by fate", "fate", await _count("charge", "fate")),
        ("encore_events", "Kept events by state", "state", await _count("kept_event", "state")),
        ("encore_jobs_open", "Jobs not done, by kind", "kind", await _count("job", "kind", "WHERE done_at IS NULL")),
        (
            "encore_attention_open",
            "What waits for a person, by name",
            "name",
            dict.fromkeys(ALARMS, 0) | await _count("attention", "name", "WHERE resolved_at IS NULL"),
        ),
        ("encore_outgoing", "Outgoing events by state", "state", await _count("outgoing_event", "state")),
        (
            "encore_jobs_parked",
            "Jobs laid aside, by kind",
            "kind",
            await _count("job", "kind", "WHERE parked_at IS NOT NULL"),
        ),
        (
            "encore_brake",
            "1 while no saved card is charged, by why",
            "why",
            {row["value"]: 1 for row in await _brake()},
        ),
    ]


async def _brake() -> list[dict[str, str]]:
    return await rows("SELECT value FROM known WHERE name = {}", known.BRAKE)


async def _count(table: str, column: str, where: str = "") -> dict[str, int]:
    found = await rows(f"SELECT {column} AS value, COUNT(*) AS times FROM {table} {where} GROUP BY {column}")
    return {row["value"]: int(row["times"]) for row in found}

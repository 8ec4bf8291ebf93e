"""What jobs there are, for people: waiting, running, failing, laid aside."""

from typing import Any

import msgspec
from msgspec import Struct

from widget.storage import jobs
from widget.storage.database import rows


class JobLine(Struct, frozen=True):
    """A job as it stands; times in epoch milliseconds."""

    id: str
    kind: str
    state: str  # waiting, running, failing, parked, done
    run_at: int
    tries: int
    failures: int
    error: str | None
    made_at: int
    lease_until: int | None
    done_at: int | None
    parked_at: int | None


_FAILED = "done_at IS NULL AND (parked_at IS NOT NULL OR failures > 0)"
_SQL = (
    "SELECT id, kind, run_at, tries, failures, error, made_at, owner, lease_until, done_at, parked_at FROM job "
    "WHERE {where} ORDER BY CASE WHEN parked_at IS NULL THEN 1 ELSE 0 END, run_at, id LIMIT {{}}"
)


async def listed(*, failed: bool, done: bool, limit: int, now: int) -> tuple[JobLine, ...]:
    """Those laid aside first, then by when they are due; done ones only where asked for."""
    where = _FAILED if failed else "done_at IS NOT NULL" if done else "done_at IS NULL"
    return tuple(_line(row, now) for row in await rows(_SQL.format(where=where), limit))


async def wake(job_id: str, *, at: int) -> bool:
    """Now, whatever became of it; False when there is no such job."""
    found = await rows("SELECT kind FROM job WHERE id = {}", job_id)
    if found:
        await jobs.wake(job_id, found[0]["kind"], at)
    return bool(found)


def _line(row: dict[str, Any], now: int) -> JobLine:
    running = bool(row["owner"]) and int(row["lease_until"]) >= now
    known = {name: row[name] for name in JobLine.__struct_fields__ if name in row}
    told = {"state": _state(row, running), "lease_until": row["lease_until"] if running else None}
    return msgspec.convert(known | told, JobLine)


def _state(row: dict[str, Any], running: bool) -> str:
    if row["done_at"] is not None:
        return "done"
    if row["parked_at"] is not None:
        return "parked"
    return "running" if running else "failing" if row["failures"] else "waiting"

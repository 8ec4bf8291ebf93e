"""Outgoing events: the outbox. A row is written in the commit that makes it true, and delivered afterwards."""

from datetime import UTC, datetime
from typing import Any

import msgspec
from msgspec import Struct

from widget.storage import jobs
from widget.storage.database import rows, unit
from widget.storage.ids import new_id


class Outgoing(Struct, frozen=True):
    """An event as it stands; times in epoch milliseconds."""

    id: str
    kind: str
    about: str
    seq: int
    body: str
    state: str  # waiting, delivered, parked, untold
    tries: int
    status: int | None
    error: str | None
    made_at: int
    tried_at: int | None
    delivered_at: int | None


_COLUMNS = ", ".join(Outgoing.__struct_fields__)


async def tell(kind: str, told: Struct, *, about: str, at: int) -> str:
    """Write it down; runs in the unit of work that made it true. Returns its id."""
    event_id = new_id("evt")
    stamp = datetime.fromtimestamp(at / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    body = msgspec.json.encode({"type": kind, "timestamp": stamp, "data": told}).decode()
    await rows(
        f"INSERT INTO outgoing_event ({_COLUMNS}) VALUES ({{}}, {{}}, {{}}, "
        "(SELECT COALESCE(MAX(seq), 0) + 1 FROM outgoing_event WHERE about = {}), "
        "{}, 'waiting', 0, NULL, NULL, {}, NULL, NULL) RETURNING id",
        event_id,
        kind,
        about,
        about,
        body,
        at,
    )
    await jobs.wake(f"outgoing:{about}", "outgoing", at)
    return event_id


async def first_waiting(about: str) -> Outgoing | None:
    """What is to be told next of it: never the second before the first."""
    found = await rows(
        f"SELECT {_COLUMNS} FROM outgoing_event WHERE about = {{}} AND state = 'waiting' "
        "ORDER BY seq, made_at, id LIMIT 1",
        about,
    )
    return _event(found[0]) if found else None


async def end(event_id: str, state: str, *, status: int | None, error: str | None, at: int) -> None:
    """What became of an attempt: delivered, parked, untold or (again later) waiting."""
    await rows(
        "UPDATE outgoing_event SET state = {}, status = {}, error = {}, tries = tries + {}, tried_at = {}, "
        "delivered_at = {} WHERE id = {} RETURNING id",
        state,
        status,
        error[:300] if error else None,
        0 if state == "untold" else 1,
        at,
        at if state == "delivered" else None,
        event_id,
    )


async def find(event_id: str) -> Outgoing | None:
    """The event as it stands."""
    found = await rows(f"SELECT {_COLUMNS} FROM outgoing_event WHERE id = {{}}", event_id)
    return _event(found[0]) if found else None


async def listed(*, failed: bool, limit: int) -> tuple[Outgoing, ...]:
    """The newest, all or only those that were not delivered though somebody tried."""
    where = "WHERE state = 'parked' OR (state = 'waiting' AND tries > 0) " if failed else ""
    found = await rows(
        f"SELECT {_COLUMNS} FROM outgoing_event {where}ORDER BY made_at DESC, seq DESC LIMIT {{}}", limit
    )
    return tuple(_event(row) for row in found)


async def again(event_id: str, *, at: int) -> bool:
    """Tell it once more, with the same id, whatever became of it; False when there is no such event."""

    async def work() -> bool:
        found = await rows(
            "UPDATE outgoing_event SET state = 'waiting', tries = 0, error = NULL WHERE id = {} RETURNING about",
            event_id,
        )
        if found:
            await jobs.wake(f"outgoing:{found[0]['about']}", "outgoing", at)
        return bool(found)

    return await unit(work)


async def all_again(*, at: int) -> int:
    """Tell everything that was not delivered; returns how many."""
    found = await rows("SELECT id FROM outgoing_event WHERE state = 'parked' OR (state = 'waiting' AND tries > 0)")
    return sum([await again(row["id"], at=at) for row in found])


async def undelivered(*, before: int) -> tuple[int, int | None]:
    """How many were tried in vain and were made before then; and when the oldest of them was made (epoch ms)."""
    found = await rows(
        "SELECT COUNT(*) AS times, MIN(made_at) AS oldest FROM outgoing_event "
        "WHERE state = 'waiting' AND tries > 0 AND made_at < {}",
        before,
    )
    return int(found[0]["times"]), found[0]["oldest"]


def _event(row: dict[str, Any]) -> Outgoing:
    return msgspec.convert(row, Outgoing)

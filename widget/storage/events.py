"""Kept events: webhooks held by their id until they were applied."""

from hashlib import sha256
from typing import Any

from msgspec import Struct

from widget import probe
from widget.storage import attention, jobs
from widget.storage.database import rows, unit


class KeptEvent(Struct, frozen=True):
    """A webhook as received; `body` is the raw text until retention removes it."""

    id: str
    kind: str
    state: str
    tries: int
    received_at: int
    occurred_at: int
    applied_at: int | None
    error: str | None
    body: str | None


_COLUMNS = "id, kind, state, tries, received_at, occurred_at, applied_at, error, body"


async def keep(
    webhook_id: str, *, kind: str, business_id: str, body: str, occurred_at: int, at: int, foreign: bool = False
) -> bool:
    """Keep it once and queue its application, in one commit; False when its id is already kept.

    One of another business is held and not applied, and a person is told.
    """

    async def work() -> bool:
        fresh = await rows(
            "INSERT INTO kept_event (id, kind, business_id, body, digest, state, tries, occurred_at, received_at) "
            "VALUES ({}, {}, {}, {}, {}, {}, 0, {}, {}) ON CONFLICT (id) DO NOTHING RETURNING id",
            webhook_id,
            kind,
            business_id,
            body,
            sha256(body.encode()).hexdigest(),
            "quarantined" if foreign else "kept",
            occurred_at,
            at,
        )
        if fresh and foreign:
            await attention.raise_now("foreign_event", business_id, detail=f"{kind} in {webhook_id}", at=at)
        elif fresh:
            await jobs.wake(f"apply:{webhook_id}", "apply", at)
        probe.at("hook.inserted")
        return bool(fresh)

    return await unit(work)


async def find(webhook_id: str) -> KeptEvent | None:
    """The event as it stands."""
    found = await rows(f"SELECT {_COLUMNS} FROM kept_event WHERE id = {{}}", webhook_id)
    return _event(found[0]) if found else None


async def listed(*, failed: bool, limit: int) -> tuple[KeptEvent, ...]:
    """The newest events, all or only those that could not be applied."""
    where = "WHERE state IN ('parked', 'quarantined') OR (state = 'kept' AND error IS NOT NULL) " if failed else ""
    found = await rows(f"SELECT {_COLUMNS} FROM kept_event {where}ORDER BY received_at DESC, id LIMIT {{}}", limit)
    return tuple(_event(row) for row in found)


async def mark(webhook_id: str, state: str, *, error: str | None, at: int) -> None:
    """What became of an attempt to apply it: applied, ignored, kept (again later) or parked."""
    await rows(
        "UPDATE kept_event SET state = {}, error = {}, tries = tries + 1, applied_at = {} WHERE id = {} RETURNING id",
        state,
        error[:500] if error else None,
        at if state in {"applied", "ignored"} else None,
        webhook_id,
    )


async def again(webhook_id: str, *, at: int) -> bool:
    """Queue it once more, whatever became of it; False when there is no such event or its body is gone."""

    async def work() -> bool:
        found = await rows(
            "UPDATE kept_event SET state = 'kept', error = NULL, tries = 0 WHERE id = {} AND body IS NOT NULL "
            "RETURNING id",
            webhook_id,
        )
        if found:
            await jobs.wake(f"apply:{webhook_id}", "apply", at)
        return bool(found)

    return await unit(work)


def _event(row: dict[str, Any]) -> KeptEvent:
    return KeptEvent(**{name: row[name] for name in KeptEvent.__struct_fields__})

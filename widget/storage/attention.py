"""What a machine must not decide, raised by name until a person has seen to it."""

import logging
from hashlib import sha256
from typing import Any

from widget.core.alarms import ALARMS, Alarm
from widget.core.outgoing import AttentionTold
from widget.storage import outgoing
from widget.storage.database import rows, unit

log = logging.getLogger("encore.attention")

# A name nobody has described must not undo the unit of work that raised it; a test finds it.
_UNNAMED = Alarm("something a person must see to", "look at `encore attention`")
_ROOM = 80  # the width of its column


async def raise_now(name: str, subject: str, *, detail: str, at: int, again: bool = False) -> bool:
    """Raise it once per name and subject; a part of the unit of work that found it. True when that is news.

    One that a person has seen to stays seen to, unless it happened anew (`again`).
    """
    return await unit(lambda: _raise(name, subject, detail, at, again))


async def _raise(name: str, subject: str, detail: str, at: int, again: bool) -> bool:
    short = _short(subject)
    anew = (
        "UPDATE SET detail = EXCLUDED.detail, raised_at = EXCLUDED.raised_at, resolved_at = NULL, resolved_by = NULL "
        "WHERE attention.resolved_at IS NOT NULL"
    )
    fresh = await rows(
        "INSERT INTO attention (id, name, subject, detail, raised_at) VALUES ({}, {}, {}, {}, {}) "
        f"ON CONFLICT (id) DO {anew if again else 'NOTHING'} RETURNING id",
        f"{name}:{short}",
        name,
        short,
        detail[:500],
        at,
    )
    if fresh:
        log.error("attention", extra={"event": "attention.raised", "attention": name, "subject": short})
        await _tell(name, short, at)
    return bool(fresh)


async def holds(name: str, subject: str, detail: str | None, *, at: int) -> None:
    """Something that comes and goes: raised while there is a detail, over by itself once there is none."""

    async def work() -> None:
        if detail is not None:
            await raise_now(name, subject, detail=detail, at=at, again=True)
        elif await _end(f"{name}:{_short(subject)}", "", at=at):
            log.warning("attention", extra={"event": "attention.over", "attention": name, "subject": _short(subject)})

    await unit(work)


async def resolve(attention_id: str, by: str, *, at: int) -> bool:
    """A person has seen to it; False when nothing of this id is open."""
    return await _end(attention_id, by or "somebody", at=at)


async def unresolved(limit: int = 100) -> list[dict[str, Any]]:
    """What still waits for a person, newest first."""
    return await listed(every=False, limit=limit)


async def listed(*, every: bool, limit: int) -> list[dict[str, Any]]:
    """Newest first; with `every` also what was seen to."""
    where = "" if every else "WHERE resolved_at IS NULL "
    return await rows(
        "SELECT id, name, subject, detail, raised_at, resolved_at, resolved_by FROM attention "
        f"{where}ORDER BY raised_at DESC, id LIMIT {{}}",
        limit,
    )


async def _end(attention_id: str, by: str, *, at: int) -> bool:
    found = await rows(
        "UPDATE attention SET resolved_at = {}, resolved_by = {} WHERE id = {} AND resolved_at IS NULL RETURNING id",
        at,
        by[:200],
        attention_id,
    )
    return bool(found)


async def _tell(name: str, subject: str, at: int) -> None:
    """The merchant's server hears of it too, in its place among the other news of that charge."""
    found = await rows("SELECT presentation_id, subscription_id FROM charge WHERE id = {}", subject)
    alarm = ALARMS.get(name, _UNNAMED)
    told = AttentionTold(name, subject, subject if found else None, alarm.what, alarm.to_do)
    if found:
        about = found[0]["subscription_id"] or found[0]["presentation_id"]
        await outgoing.tell("encore.charge.needs_attention", told, about=about, at=at)
    else:
        await outgoing.tell("encore.needs_attention", told, about=f"{name}:{subject}", at=at)


def _short(subject: str) -> str:
    """As much of an id as has room; a longer one ends in its hash, so that two stay two."""
    return subject if len(subject) <= _ROOM else f"{subject[: _ROOM - 17]}~{sha256(subject.encode()).hexdigest()[:16]}"

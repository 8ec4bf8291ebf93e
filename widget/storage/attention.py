"""What a machine must not decide, raised by name until a person has seen to it."""

import logging
from hashlib import sha256
from typing import Any

from widget.storage.database import rows

log = logging.getLogger("encore.attention")

_ROOM = 80  # the width of its column


async def raise_now(name: str, subject: str, *, detail: str, at: int) -> None:
    """Raise it once per name and subject; runs in the unit of work that found it."""
    fresh = await rows(
        "INSERT INTO attention (id, name, subject, detail, raised_at) VALUES ({}, {}, {}, {}, {}) "
        "ON CONFLICT (id) DO NOTHING RETURNING id",
        f"{name}:{_short(subject)}",
        name,
        _short(subject),
        detail[:500],
        at,
    )
    if fresh:
        log.error("attention", extra={"event": "attention.raised", "alarm": name, "subject": subject})


def _short(subject: str) -> str:
    """As much of an id as has room; a longer one ends in its hash, so that two stay two."""
    return subject if len(subject) <= _ROOM else f"{subject[: _ROOM - 17]}~{sha256(subject.encode()).hexdigest()[:16]}"


async def unresolved(limit: int = 100) -> list[dict[str, Any]]:
    """What still waits for a person, newest first."""
    return await rows(
        "SELECT name, subject, detail, raised_at FROM attention WHERE resolved_at IS NULL "
        "ORDER BY raised_at DESC LIMIT {}",
        limit,
    )

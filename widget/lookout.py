"""The lookout: twice a minute, once for all processes, whether anything is wrong that a person must know."""

from collections.abc import Awaitable, Callable

from widget.storage import attention, signs

EVERY_MS = 30_000

# What comes and goes with the whole deployment: alarm → its sign. Each is over by itself when the sign is.
_SIGNS: dict[str, Callable[[int], Awaitable[str | None]]] = {
    "webhooks_silent": signs.silence,
    "webhooks_refused": signs.refused,
    "webhooks_late": signs.late,
    "old_secret": signs.old_secret,
    "many_unknown": signs.unknowns,
    "outgoing_failing": signs.unheard,
}


async def look(now: int) -> int:
    """Raise what is wrong, end what is over; returns when to look again (epoch ms)."""
    for name, sign in _SIGNS.items():
        await attention.holds(name, "all", await sign(now), at=now)
    for charge_id, still in (await signs.unanswered(now)).items():
        detail = "sent half an hour ago, and Dodo does not show it" if still else None
        await attention.holds("no_answer", charge_id, detail, at=now)
    return now + EVERY_MS

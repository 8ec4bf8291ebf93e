"""Waiting until a world has come to rest: nothing undecided, no webhook owed, none that was kept and not applied."""

import asyncio
import time
from collections.abc import Awaitable, Callable

from tests.campaign.lives.judge import MARK, taken
from tests.campaign.lives.world import Outside
from widget.storage.database import rows

Undecided = Callable[[], Awaitable[set[str]]]


async def unrest(world: Outside, undecided: Undecided, *, within_s: float) -> str:
    """What is still not at rest after so many seconds; empty where everything is. The world's database must be open."""
    until = time.monotonic() + within_s
    while True:
        world.repeat_webhooks()
        await world.stage.control("settings", {})  # a call of any kind: the sandbox's clock catches up
        unsure = await undecided()
        owed = [event for event in world.sandbox.events if event.outcome in {"waiting", "sending"}]
        applying = await rows("SELECT id FROM kept_event WHERE state = 'kept' LIMIT 1")
        if not unsure and not owed and not applying:
            return ""
        if time.monotonic() > until:
            said = f"undecided {unsure}, {len(owed)} webhooks owed, {len(applying)} not applied"
            return f"not at rest: {said}: {world.said()[-500:]}"
        await asyncio.sleep(0.1)


def known_there(world: Outside, customers: set[str]) -> Undecided:
    """The charges of these customers that Dodo has taken and our books are unsure of."""

    async def undecided() -> set[str]:
        known = {str(entry.metadata[MARK]) for entry in taken(world, customers)}
        return known & await _in("sending", "waiting", "unknown")

    return undecided


async def any_at_all() -> set[str]:
    """Every charge that is not decided, whatever Dodo knows."""
    return await _in("intended", "sending", "waiting", "unknown")


async def _in(*fates: str) -> set[str]:
    places = ", ".join("{}" for _ in fates)
    return {row["id"] for row in await rows(f"SELECT id FROM charge WHERE fate IN ({places})", *fates)}

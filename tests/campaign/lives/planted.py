"""Bugs planted into a life, to prove that the harness finds them; by name, in the campaign's own processes only.

python -m tests.campaign.lives.find NAME     (ends with 0 when it was found)
"""

import asyncio
from typing import Any

from widget import backroom
from widget.storage import events
from widget.storage.database import rows

_under_way: set[Any] = set()


def acknowledge_before_commit() -> None:
    """The webhook is answered at once and kept in the background."""
    keep = events.keep

    async def later(webhook_id: str, **more: Any) -> bool:
        async def slow() -> None:
            await asyncio.sleep(0.05)
            await keep(webhook_id, **more)

        task = asyncio.create_task(slow())
        _under_way.add(task)
        task.add_done_callback(_under_way.discard)
        return True

    events.keep = later


def release_by_age() -> None:
    """What has been on its way for a minute is taken as never sent."""
    watch = backroom.watch

    async def releasing(books: Any, asks: Any, charge_id: str, *, now: int) -> int | None:
        await rows(
            "UPDATE charge SET fate = 'intended' WHERE id = {} AND fate IN ('sending', 'unknown') AND sent_at < {} "
            "RETURNING id",
            charge_id,
            now - 60_000,
        )
        return await watch(books, asks, charge_id, now=now)

    backroom.watch = releasing


PLANTED = {one.__name__: one for one in (acknowledge_before_commit, release_by_age)}

"""Bugs planted into real processes, to prove that the harness finds them; by name, in the campaign's own processes only.

Each says which figure finds it (`FOUND_BY`); G-27 plants them all. One alone: python -m tests.campaign.lives.find NAME
"""

import asyncio
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from widget import app, backroom, commands
from widget.commands import serve
from widget.core.answer import NotSent, Unknown
from widget.provider import dodo
from widget.storage import events
from widget.storage.database import rows
from widget.till.level import Level

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


def acknowledge_anyway() -> None:
    """A webhook that could not be kept is acknowledged all the same."""
    keep = events.keep

    async def always(webhook_id: str, **more: Any) -> bool:
        with suppress(OSError):
            return await keep(webhook_id, **more)
        return True

    events.keep = always


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


def leave_at_once() -> None:
    """A server that is asked to leave lets nothing finish that is under way."""
    app.FINISH_WITHIN_S = 0.0
    serve._GRACE_S = 1


def send_again() -> None:
    """The SDK retries the call that moves money, as it does when nobody forbids it."""
    begin = dodo.DodoMoves.__init__

    def retrying(self: Any, client: Any, **more: Any) -> None:
        begin(self, client.with_options(max_retries=2), **more)

    dodo.DodoMoves.__init__ = retrying


def silence_is_a_no() -> None:
    """Whatever was not answered is taken as not sent."""
    send = dodo.DodoMoves._send

    async def hasty(self: Any, *asked: Any, **more: Any) -> Any:
        answer = await send(self, *asked, **more)
        return NotSent("silence") if isinstance(answer, Unknown) else answer

    dodo.DodoMoves._send = hasty


def never_compare() -> None:
    """Books are charged from as they are, restored or not."""

    async def always(self: Any, **_: Any) -> bool:
        return True

    Level.holds = Level.reached = always


# The figure that must find it, at its push size; leaving at once is found by five restarts.
FOUND_BY: dict[Callable[[], None], str] = {
    acknowledge_before_commit: "G-05",
    acknowledge_anyway: "G-26",
    release_by_age: "G-04",
    leave_at_once: "G-12",
    send_again: "G-03",
    silence_is_a_no: "G-03",
    never_compare: "G-23",
}
PLANTED = {one.__name__: one for one in FOUND_BY}


if __name__ == "__main__":  # the command line of Encore with this bug: NAME serve --port …
    PLANTED[sys.argv[1]]()
    sys.exit(commands.call(sys.argv[2:]))

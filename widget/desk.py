"""What the actions of the flows work with, handed in by the front door."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from typing import Any, TypeVar

from widget.core.theme import merged
from widget.core.theme_wish import coded, decoded, wished
from widget.provider.asks import Asks
from widget.settings import Settings
from widget.storage import images, offers
from widget.till.acts import Acts
from widget.till.charge import Till
from widget.till.checkout import CheckoutTill
from widget.till.level import Level
from widget.web.looks import Look

T = TypeVar("T")

# A shopper's request is answered within this time; what takes longer goes on and the card asks again.
ANSWER_WITHIN_S = 6.0


class Desk:
    """Settings, the provider's ears, the till and the clock (epoch ms); and what is still under way."""

    def __init__(
        self,
        settings: Settings,
        asks: Asks,
        till: Till,
        checkout_till: CheckoutTill,
        acts: Acts,
        now: Callable[[], int],
        nudge: Callable[[], None],
        wait_for: Callable[..., Awaitable[None]],
        level: Level,
    ) -> None:
        self.settings = settings
        self.asks = asks
        self.till = till
        self.checkout_till = checkout_till
        self.acts = acts  # what subscribers ask beside a change of plan; moves no money
        self.now = now
        self.nudge = nudge  # tells this process's worker that there is a job
        self.wait_for = wait_for  # until this process's worker ran a job, `seconds` at most
        self.level = level  # whether these books may be charged from
        self.look = Look()  # as the offers file in force says; read anew for every request
        self._under_way: set[asyncio.Task[Any]] = set()
        self._waiting: set[asyncio.Task[Any]] = set()

    async def look_again(self) -> "Desk":
        """Know the theme in force, and its logo where it was fetched."""
        theme = await offers.theme()
        if theme != self.look.theme or (theme.logo and not self.look.logo):
            name = await images.of_url(theme.logo, newer_than=0) if theme.logo else None
            self.look = Look(theme, f"/a/image/{name}" if name else "", theme.layout or "card")
        return self

    def look_with(self, code: str) -> Look:
        """The look in force with what an element says over it."""
        over = decoded(code) if code else None
        if over is None:
            return self.look
        theme = merged(self.look.theme, over)
        return Look(theme, self.look.logo, theme.layout or "card")

    async def within(self, work: Coroutine[Any, Any, T], *, seconds: float = ANSWER_WITHIN_S) -> T | None:
        """Its result if it comes in time, else None while it goes on: a shopper who leaves cancels nothing."""
        task = asyncio.create_task(work)
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        done, _ = await asyncio.wait({task}, timeout=seconds)
        return task.result() if done else None

    def later(self, work: Callable[[], Coroutine[Any, Any, object]], *, seconds: float) -> None:
        """Do it after so long, in this process; with the process it is gone, so that it is never done late."""
        task = asyncio.create_task(self._after(work, seconds))
        self._waiting.add(task)
        task.add_done_callback(self._waiting.discard)

    async def _after(self, work: Callable[[], Coroutine[Any, Any, object]], seconds: float) -> None:
        await asyncio.sleep(seconds)
        await self.within(work())
        self.nudge()

    async def finish(self, *, seconds: float) -> None:
        """Before the process ends: drop what has not begun, let what was sent get its answer."""
        for task in set(self._waiting):
            task.cancel()
        if self._under_way:
            await asyncio.wait(set(self._under_way), timeout=seconds)


def look_asked(desk: Desk, query: Mapping[str, str]) -> Look:
    """The look a page of the gallery is asked in; its `layout` says frame or page, so that ours is `view` there."""
    return desk.look_with(coded(wished({**query, "layout": query.get("view", "")})))

"""What the actions of the flows work with, handed in by the front door."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar

from widget.provider.asks import Asks
from widget.settings import Settings
from widget.till.acts import Acts
from widget.till.charge import Till
from widget.till.checkout import CheckoutTill

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
    ) -> None:
        self.settings = settings
        self.asks = asks
        self.till = till
        self.checkout_till = checkout_till
        self.acts = acts  # what subscribers ask beside a change of plan; moves no money
        self.now = now
        self.nudge = nudge  # tells this process's worker that there is a job
        self.wait_for = wait_for  # until this process's worker ran a job, `seconds` at most
        self._under_way: set[asyncio.Task[Any]] = set()
        self._waiting: set[asyncio.Task[Any]] = set()

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

"""Level: whether the books may be charged from, or could have forgotten what was charged already."""

import asyncio
import time
from collections.abc import Callable
from typing import Protocol

# Compared every 45 seconds (`till/reckon.py`); this long without it, and one click is closed.
FRESH_MS = 10 * 60_000
_LOOK_EVERY_S = 0.05
_PATIENCE_S = 4.0  # a shopper's press waits so long for a comparison that is under way


class Shelf(Protocol):
    """Where the high-water mark is kept; storage.reckoning keeps it for real."""

    async def reckoned_at(self) -> int: ...

    async def ask(self, now: int) -> None: ...


class Level:
    """Of this process: a backup can only be restored under it, or before it began.

    `since` (epoch ms) is when the server that made this process looked, if it compared the books just before.

    The books are level when they were compared with the provider's since this process began, lately, and since
    their mark was last seen to go back.
    """

    def __init__(
        self, shelf: Shelf, now: Callable[[], int], nudge: Callable[[], None], since: int | None = None
    ) -> None:
        self._shelf, self._now, self._nudge = shelf, now, nudge
        self._needed = now() if since is None else since
        self._seen = 0

    async def holds(self) -> bool:
        """One read of our own database."""
        at = await self._shelf.reckoned_at()
        if at < self._seen:  # these are older books than those we knew
            self._needed = self._now()
        self._seen = at
        return at >= self._needed and at >= self._now() - FRESH_MS

    async def reached(self, *, seconds: float = _PATIENCE_S) -> bool:
        """The same, waiting so long for the comparison that was asked for."""
        if await self.holds():
            return True
        await self._shelf.ask(self._now())
        self._nudge()
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            await asyncio.sleep(_LOOK_EVERY_S)
            if await self.holds():
                return True
        return False

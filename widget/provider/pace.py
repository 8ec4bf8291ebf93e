"""The pace towards Dodo: what it says of its limits is heard on every answer, and reading slows down before it must.

The limits hold for the account, so every process hears the same and slows down with the others; the places that are
left are kept for what moves money (dodo-api 1.5: 40 a second and 240 a minute on the lowest tier).
"""

import asyncio
from collections.abc import Awaitable, Callable

import httpx

KEEP_FREE = 0.25  # of the limit, for charges
_TOO_MANY = 429
_PAUSE_S = 2.0  # after a 429 that does not say for how long: its second is over, and a shopper can wait for it
_LONGEST_S = 60.0  # the limits are counted by the second and by the minute


class Pace:
    """One for each process; `clock` in seconds."""

    def __init__(self, clock: Callable[[], float], pause: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        self._clock = clock
        self._pause = pause
        self._shut_until = 0.0

    async def heard(self, response: httpx.Response) -> None:
        """A hook for every answer of Dodo."""
        headers = response.headers
        if response.status_code == _TOO_MANY:
            self._shut(_seconds(headers.get("retry-after") or headers.get("x-ratelimit-reset"), self._clock))
            return
        left, limit = _number(headers.get("x-ratelimit-remaining")), _number(headers.get("x-ratelimit-limit"))
        if left is not None and limit and left <= limit * KEEP_FREE:
            self._shut(_seconds(headers.get("x-ratelimit-reset"), self._clock))

    async def turn(self, *, within_s: float) -> bool:
        """Wait until reading is welcome; False where that takes longer than the reader has time."""
        wait = self._shut_until - self._clock()
        if wait > within_s:
            return False
        if wait > 0:
            await self._pause(wait)
        return True

    def _shut(self, seconds: float) -> None:
        self._shut_until = max(self._shut_until, self._clock() + seconds)


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() else None


def _seconds(text: str | None, clock: Callable[[], float]) -> float:
    """So many seconds, or until a time of day in epoch seconds, whichever it is."""
    number = _number(text)
    if number is None:
        return _PAUSE_S
    return min(max(float(number) if number < 1_000_000 else number - clock(), 0.0), _LONGEST_S)

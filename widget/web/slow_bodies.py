"""A body has so long to arrive, whole: one that drips in byte by byte would hold its connection for ever."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from widget.core.refusal import CutShort, TooSlow

BODY_WITHIN_S = 10.0  # for at most 1 MB; a form of ours has one or two kB

App = Callable[[Any, Any, Any], Awaitable[None]]


def slow_bodies(within_s: float) -> Callable[[App], App]:
    """A middleware: reading the body raises `TooSlow` when it has not ended `within_s` after it was first asked for.

    And `CutShort` when it never will, which the framework would call a fault of ours.
    """

    def around(app: App) -> App:
        async def bounded(scope: Any, receive: Any, send: Any) -> None:
            await app(scope, _Clocked(receive, within_s) if scope["type"] == "http" else receive, send)

        return bounded

    return around


class _Clocked:
    """`receive` with a clock that starts with the first piece asked for and stops with the last one."""

    def __init__(self, receive: Callable[[], Awaitable[Any]], within_s: float) -> None:
        self._receive = receive
        self._within_s = within_s
        self._until: float | None = None
        self._whole = False

    async def __call__(self) -> Any:
        if self._whole:  # what is heard from now on is that the client has gone
            return await self._receive()
        if self._until is None:
            self._until = asyncio.get_running_loop().time() + self._within_s
        try:
            async with asyncio.timeout_at(self._until):
                message = await self._receive()
        except TimeoutError:
            raise TooSlow from None
        if message["type"] == "http.disconnect":  # also what the server says when the pieces make no body
            raise CutShort
        self._whole = not message.get("more_body", False)
        return message

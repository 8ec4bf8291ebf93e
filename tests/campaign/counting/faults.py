"""Counts the calls of one kind that one act makes, and fails one of them: once, or it and all that follow.

Only what the act itself does is counted, in its own task and in those it begins; the house goes on around it.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar
from typing import Any

import httpx

from widget.storage.away import Away
from widget.storage.postgres import PooledEngine
from widget.storage.sqlite import EmbeddedEngine

# The wire in three manners: nothing left, it left and was lost on the way, it was executed and the answer was lost.
KINDS = ("storage", "wire unsent", "wire lost on the way", "wire executed", "clock", "spawn")
HOUR_MS = 3_600_000
_IN_ACT: ContextVar[bool] = ContextVar("in_act", default=False)


class Counter:
    """Which call of which kind fails."""

    def __init__(self) -> None:
        self.kind, self.at, self.lasting, self.seen, self.armed = "", 0, False, 0, False

    @contextmanager
    def armed_for(self, kind: str, at: int, *, lasting: bool) -> Iterator[None]:
        self.kind, self.at, self.lasting, self.seen, self.armed = kind, at, lasting, 0, True
        before = _IN_ACT.set(True)
        try:
            yield
        finally:
            _IN_ACT.reset(before)
            self.armed = False

    @property
    def reached(self) -> bool:
        """Whether the wanted call was made at all."""
        return self.seen >= self.at

    def fails(self, kind: str) -> bool:
        if not self.armed or not _IN_ACT.get() or kind != self.kind.partition(" ")[0]:
            return False
        self.seen += 1
        return self.seen == self.at or (self.lasting and self.seen > self.at)


COUNTER = Counter()


class _Counting:
    """An engine whose statements, beginnings and ends of units of work are counted."""

    __slots__ = ()

    async def run_querystring(self, querystring: Any, in_pool: bool = True) -> Any:
        if COUNTER.fails("storage"):
            raise Away("planned")
        return await super().run_querystring(querystring, in_pool)  # type: ignore[misc]

    @asynccontextmanager
    async def transaction(self, *_: Any, **__: Any) -> AsyncIterator[None]:
        if COUNTER.fails("storage"):
            raise Away("planned: begin")
        async with super().transaction():  # type: ignore[misc]
            yield
            if COUNTER.fails("storage"):
                raise Away("planned: commit")
        if COUNTER.fails("storage"):
            raise Away("planned: it was committed, the answer is lost")


class CountingEmbedded(_Counting, EmbeddedEngine):
    __slots__ = ()


class CountingPooled(_Counting, PooledEngine):
    __slots__ = ()


def count_storage(engine: Any) -> None:
    engine.__class__ = CountingEmbedded if isinstance(engine, EmbeddedEngine) else CountingPooled


class Wire(httpx.AsyncBaseTransport):
    """The way to the pretend Dodo."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self._inner = inner

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if not COUNTER.fails("wire"):
            return await self._inner.handle_async_request(request)
        if COUNTER.kind == "wire unsent":
            raise httpx.ConnectError("planned", request=request)
        if COUNTER.kind == "wire executed":
            await (await self._inner.handle_async_request(request)).aread()
        raise httpx.ReadError("planned", request=request)


def clock() -> int:
    """An hour ahead where it fails."""
    return time.time_ns() // 1_000_000 + (HOUR_MS if COUNTER.fails("clock") else 0)


def spawning(loop: asyncio.AbstractEventLoop, work: Coroutine[Any, Any, Any], **more: Any) -> "asyncio.Task[Any]":
    """A task factory: a task that cannot be begun, for want of memory."""
    if COUNTER.fails("spawn"):
        work.close()
        raise MemoryError("planned: no task")
    return asyncio.Task(work, loop=loop, **more)

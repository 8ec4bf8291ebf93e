"""The open database: one statement, or a whole unit of work that is repeated when it lost a race."""

import asyncio
import random
import re
import sqlite3
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import lru_cache
from itertools import count
from typing import Any, TypeVar

import asyncpg
from piccolo.querystring import QueryString

from widget.storage import tables
from widget.storage.away import Busy
from widget.storage.cockroach import CockroachEngine
from widget.storage.migrations import NAMES, run
from widget.storage.postgres import PooledEngine
from widget.storage.sqlite import EmbeddedEngine

T = TypeVar("T")
Engine = EmbeddedEngine | PooledEngine

# A shopper waits for this. Less than SQLite waits for the writer's place, so that such a wait is not begun again.
_PATIENCE_S = 4.0
_LOST_RACES = (asyncpg.SerializationError, asyncpg.DeadlockDetectedError, Busy)
_EXPECTED = "sqlite:///relative.db, sqlite:////absolute/path.db or postgresql://user:password@host/name"
_open: list[Engine] = []


def engine_of(url: str, *, size: int = 10, settings: dict[str, str] | None = None) -> Engine:
    """The engine for a database URL; raises ValueError with what is expected."""
    # Not `:memory:`: the reader and the writer would each have a database of their own.
    if match := re.fullmatch(r"sqlite:///(?P<path>(?!:memory:)[^?#]+)", url):
        return EmbeddedEngine(match["path"])
    if re.match(r"postgres(ql)?://", url):
        return PooledEngine(url, size=size, settings=settings)
    if url.startswith("cockroachdb://"):
        return CockroachEngine(url, size=size, settings=settings)
    raise ValueError(f"expected {_EXPECTED}")


def open_database(
    url: str, *, size: int = 10, settings: dict[str, str] | None = None
) -> AbstractAsyncContextManager[Engine]:
    """The database of this process while the block runs; one at a time. Raises ValueError, OSError."""
    return opened(engine_of(url, size=size, settings=settings))


@asynccontextmanager
async def opened(engine: Engine) -> AsyncGenerator[Engine, None]:
    """The same with an engine that was made already."""
    if isinstance(engine, PooledEngine):
        await engine.open()
    for table in tables.ALL:
        table._meta._db = engine  # pyright: ignore[reportPrivateUsage] - Piccolo's way to choose an engine at run time
    _open.append(engine)
    try:
        yield engine
    finally:
        _open.remove(engine)
        await engine.close()


def current() -> Engine:
    """The engine that is open."""
    if not _open:
        raise RuntimeError("no database is open")
    return _open[-1]


async def rows(sql: str, *values: Any) -> list[dict[str, Any]]:
    """One statement; `{}` stands for each value, which always travels beside the text. Raises `Away`."""
    engine = current()
    query = _Prepared(sql, *values)
    if engine.joined() is not None:
        found: Any = await engine.run_querystring(query)
    else:  # alone it is a unit of work by itself
        found = await until_won(lambda: engine.run_querystring(query))
    return [dict(row) for row in found]


class _Prepared(QueryString):
    """Piccolo's query, with its text put together once per statement instead of once per call."""

    def compile_string(self, engine_type: str = "postgres") -> tuple[str, list[Any]]:  # pyright: ignore[reportIncompatibleMethodOverride]
        """The text with this engine's placeholders, and the values."""
        return _text(self.template, engine_type), list(self.args)


@lru_cache(maxsize=512)
def _text(template: str, engine_type: str) -> str:
    return str(QueryString(template, *([None] * template.count("{}"))).compile_string(engine_type=engine_type)[0])


async def unit(work: Callable[[], Awaitable[T]]) -> T:
    """A unit of work: committed whole or not at all, and done again from the start when it lost a race.

    Inside another unit it is a part of that one. Raises `Away`; from the commit itself that leaves open whether
    it was kept.
    """
    engine = current()
    if engine.joined() is not None:
        return await work()

    async def whole() -> T:
        async with engine.transaction():
            return await work()

    return await until_won(whole)


async def until_won(work: Callable[[], Awaitable[T]], *, patience_s: float = _PATIENCE_S) -> T:
    """What lost a race was rolled back by the database, so doing it again is safe. Raises `Busy` when it never won."""
    until = time.monotonic() + patience_s
    for tried in count(1):
        try:
            return await work()
        except _LOST_RACES as lost:
            if time.monotonic() > until:
                if isinstance(lost, Busy):
                    raise
                raise Busy("others write") from lost
        await asyncio.sleep(random.uniform(0.005, 0.05) * min(tried, 8))  # noqa: S311 - jitter, not a secret
    raise AssertionError("unreachable")


async def migrate() -> list[str]:
    """Bring the open database up to date; returns the names of what was done. Safe from many processes at once."""
    return await run(current())


async def pending_migrations() -> list[str]:
    """What `migrate` would do."""
    try:
        done = {row["name"] for row in await rows("SELECT name FROM migration")}
    except (asyncpg.UndefinedTableError, sqlite3.OperationalError):
        return list(NAMES)
    return [name for name in NAMES if name not in done]

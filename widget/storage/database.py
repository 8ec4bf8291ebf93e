"""The open database: one statement, or a whole unit of work that is repeated when it lost a race."""

import asyncio
import random
import re
import sqlite3
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import lru_cache
from typing import Any, TypeVar

import asyncpg
from piccolo.querystring import QueryString

from widget.storage import tables
from widget.storage.migrations import NAMES, run
from widget.storage.postgres import PooledEngine
from widget.storage.sqlite import EmbeddedEngine

T = TypeVar("T")
Engine = EmbeddedEngine | PooledEngine

_TRIES = 8
_LOST_RACES = (asyncpg.SerializationError, asyncpg.DeadlockDetectedError)
_EXPECTED = "sqlite:///relative.db, sqlite:////absolute/path.db or postgresql://user:password@host/name"
_open: list[Engine] = []


def engine_of(url: str, *, size: int = 10, settings: dict[str, str] | None = None) -> Engine:
    """The engine for a database URL; raises ValueError with what is expected."""
    if match := re.fullmatch(r"sqlite:///(?P<path>[^?#]+)", url):
        return EmbeddedEngine(match["path"])
    if re.match(r"postgres(ql)?://", url):
        return PooledEngine(url, size=size, settings=settings)
    raise ValueError(f"expected {_EXPECTED}")


@asynccontextmanager
async def open_database(
    url: str, *, size: int = 10, settings: dict[str, str] | None = None
) -> AsyncGenerator[Engine, None]:
    """The database of this process while the block runs; one at a time."""
    engine = engine_of(url, size=size, settings=settings)
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
    """One statement; `{}` stands for each value, which always travels beside the text."""
    engine = current()
    found: Any = await engine.run_querystring(_Prepared(sql, *values))
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

    Inside another unit it is a part of that one.
    """
    engine = current()
    if engine.joined() is not None:
        return await work()
    for left in reversed(range(_TRIES)):
        try:
            async with engine.transaction():
                return await work()
        except _LOST_RACES:
            if not left:
                raise
        except sqlite3.OperationalError as error:
            if not left or "locked" not in str(error):
                raise
        await asyncio.sleep(random.uniform(0.005, 0.05) * (_TRIES - left))  # noqa: S311 - jitter, not a secret
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

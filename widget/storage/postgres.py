"""Postgres through a pool that never loses a slot: stock Piccolo does when COMMIT fails."""

import asyncio
import contextvars
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from typing import Any

import asyncpg
from piccolo.engine.postgres import PostgresEngine

from widget.storage.away import Away, asking, reaching

POOL_SIZE = 10
# What ending a transaction or giving back its slot raises on a connection that died.
_DEAD = (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError)
_SLOT_WITHIN_S = 10.0  # longer than any unit of work; a pool that gives none by then is stuck


class PooledEngine(PostgresEngine):
    """The pool is started explicitly; without it every statement would open a connection."""

    by_lock = True  # migrations take turns by an advisory lock
    always_syncs = False  # what the server is set to is asked

    def __init__(self, url: str, *, size: int = POOL_SIZE, settings: dict[str, str] | None = None) -> None:
        super().__init__(config={"dsn": url, **({"server_settings": settings} if settings else {})})
        self.current_transaction = contextvars.ContextVar("encore_postgres_transaction", default=None)
        self._size = size

    async def get_version(self) -> float:
        """Known to be new enough; asking would open a connection outside the running loop."""
        return 16.0

    async def open(self) -> None:
        """Start the pool; raises OSError when the server cannot be reached."""
        # No SET, advisory session locks or LISTEN are used, so the reset on release is a round trip for nothing.
        await self.start_connection_pool(  # pyright: ignore[reportUnknownMemberType] - untyped keyword arguments
            min_size=1, max_size=self._size, reset=_nothing, command_timeout=30
        )

    async def close(self) -> None:
        """Close the pool, waiting for what is under way."""
        if self.pool is not None:
            await self.close_connection_pool()

    @asynccontextmanager
    async def transaction(self, *_: Any, **__: Any) -> AsyncGenerator[None, None]:  # pyright: ignore[reportIncompatibleMethodOverride]
        """BEGIN … COMMIT; whatever fails, the slot goes back and the task's context is clean."""
        if self.joined() is not None:
            yield
            return
        async with self.slot() as connection:
            inner = connection.transaction()
            with reaching:
                await inner.start()
            here = PooledTransaction(connection)
            token = self.current_transaction.set(here)  # pyright: ignore[reportArgumentType]
            try:
                yield
            except BaseException:
                # A connection that died rolls back by itself; its own error must not hide the first one.
                with suppress(*_DEAD):
                    await inner.rollback()
                raise
            else:
                with reaching:
                    await inner.commit()
            finally:
                here.active = False
                self.current_transaction.reset(token)

    def joined(self) -> "PooledTransaction | None":
        """The transaction this task is in. A task started inside one must not use its connection."""
        transaction: Any = self.current_transaction.get()
        if transaction is None or not transaction.active:
            return None
        if transaction.task is not asyncio.current_task():
            raise RuntimeError("a task started inside a transaction cannot use it; finish the transaction first")
        return transaction

    async def run_querystring(self, querystring: Any, in_pool: bool = True) -> Any:
        """One statement, on the transaction's connection inside one."""
        sql, arguments = querystring.compile_string(engine_type=self.engine_type)
        return await self._fetch(sql, arguments)

    async def run_ddl(self, ddl: str, in_pool: bool = True) -> Any:
        """A statement that changes the schema."""
        return await self._fetch(ddl, [])

    @asynccontextmanager
    async def slot(self) -> AsyncGenerator[Any, None]:
        """A connection of the pool, given back whatever happens; the pool rolls back what is still open on it."""
        pool: Any = self.pool
        if pool is None:
            raise RuntimeError("the database is closed")
        with reaching:
            async with asyncio.timeout(_SLOT_WITHIN_S):
                connection = await pool.acquire()
        try:
            with asking:
                yield connection
        except Away:
            with suppress(*_DEAD):
                connection.terminate()  # whoever gets this slot next gets a new connection
            raise
        finally:
            with suppress(*_DEAD):
                await _given_back(pool, connection)

    async def _fetch(self, sql: str, arguments: list[Any]) -> Any:
        joined = self.joined()
        if joined is not None:
            with reaching:
                return await joined.connection.fetch(sql, *arguments)
        async with self.slot() as connection:
            with reaching:
                return await connection.fetch(sql, *arguments)


class PooledTransaction:
    """The connection a transaction runs on, and the task that may use it."""

    def __init__(self, connection: Any) -> None:
        self.connection = connection
        self.task = asyncio.current_task()
        self.active = True


async def _given_back(pool: Any, connection: Any) -> None:
    """Also while the task is being cancelled, and where no task can be begun: the pool uses one for this."""
    try:
        await asyncio.shield(pool.release(connection))
    except MemoryError:
        connection.terminate()  # begins nothing; whoever gets this slot next gets a new connection


async def _nothing(connection: Any) -> None:
    return None

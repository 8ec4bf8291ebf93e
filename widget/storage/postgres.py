"""Postgres through a pool that never loses a slot: stock Piccolo does when COMMIT fails."""

import asyncio
import contextvars
from types import TracebackType
from typing import Any

import asyncpg
from piccolo.engine.postgres import PostgresEngine

POOL_SIZE = 10


class PooledEngine(PostgresEngine):
    """The pool is started explicitly; without it every statement would open a connection."""

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

    def transaction(self, *_: Any, **__: Any) -> "PooledTransaction":  # pyright: ignore[reportIncompatibleMethodOverride]
        """A transaction of the current task."""
        return PooledTransaction(self)

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
        joined = self.joined()
        sql, arguments = querystring.compile_string(engine_type=self.engine_type)
        if joined is not None:
            return await joined.connection.fetch(sql, *arguments)
        return await self._fetch(sql, arguments)

    async def run_ddl(self, ddl: str, in_pool: bool = True) -> Any:
        """A statement that changes the schema."""
        joined = self.joined()
        if joined is not None:
            return await joined.connection.fetch(ddl)
        return await self._fetch(ddl, [])

    async def _fetch(self, sql: str, arguments: list[Any]) -> Any:
        pool: Any = self.pool
        if pool is None:
            raise RuntimeError("the pool is not open")
        async with pool.acquire() as connection:
            return await connection.fetch(sql, *arguments)


class PooledTransaction:
    """BEGIN … COMMIT; whatever fails, the slot goes back and the task's context is clean."""

    def __init__(self, engine: PooledEngine) -> None:
        self._engine = engine
        self._nested = False
        self._token: contextvars.Token[Any] | None = None
        self._inner: Any = None
        self.connection: Any = None
        self.task: asyncio.Task[Any] | None = None
        self.active = False

    async def __aenter__(self) -> "PooledTransaction":
        if self._engine.joined() is not None:
            self._nested = True
            return self
        pool: Any = self._engine.pool
        if pool is None:
            raise RuntimeError("the pool is not open")
        self.connection = await pool.acquire()
        try:
            self._inner = self.connection.transaction()
            await self._inner.start()
        except BaseException:
            await asyncio.shield(pool.release(self.connection))
            raise
        self.task, self.active = asyncio.current_task(), True
        self._token = self._engine.current_transaction.set(self)  # pyright: ignore[reportArgumentType]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._nested:
            return
        try:
            if error is None:
                await self._inner.commit()
            else:
                await self._roll_back()
        finally:
            self.active = False
            if self._token is not None:
                self._engine.current_transaction.reset(self._token)
            pool: Any = self._engine.pool
            if pool is not None:
                await asyncio.shield(pool.release(self.connection))

    async def _roll_back(self) -> None:
        """A connection that died rolls back by itself; its own error must not hide the first one."""
        try:
            await self._inner.rollback()
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
            self.connection.terminate()


async def _nothing(connection: Any) -> None:
    return None

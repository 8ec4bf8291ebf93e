"""SQLite as one writer and one reader that stay open; what Piccolo's own engine leaves behind, this does not.

The stock engine opens a connection and a thread per statement, and when BEGIN or COMMIT fails it leaks
them, or leaves a dead transaction in the task's context that swallows later writes.
"""

import asyncio
import contextvars
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import Any

from piccolo.engine.sqlite import SQLiteEngine
from piccolo.querystring import QueryString

from widget.storage.away import asking

_BUSY_S = 5.0
_STATEMENTS = 256
_SYNCHRONOUS_FULL = 2


class NotDurable(RuntimeError):
    """The database does not sync at commit: a charge could leave the machine before its intent is on disk."""


class EmbeddedEngine(SQLiteEngine):
    """Reads inline (a point read takes microseconds and never waits for a writer in WAL), writes on one thread."""

    __slots__ = ("__weakref__", "_closed", "_path", "_reader", "_thread", "_writer", "lock")

    def __init__(self, path: str) -> None:
        super().__init__(path=path)  # pyright: ignore[reportUnknownMemberType] - untyped keyword arguments
        self._path = path
        self.current_transaction = contextvars.ContextVar("encore_sqlite_transaction", default=None)
        self.lock = asyncio.Lock()  # one writer at a time in this process; other processes wait at BEGIN
        self._closed = False
        self._thread: ThreadPoolExecutor | None = None
        self._writer: sqlite3.Connection | None = None
        self._reader: sqlite3.Connection | None = None

    async def run_querystring(self, querystring: QueryString, in_pool: bool = False) -> list[dict[str, Any]]:
        """One statement; inside a transaction of this task on the writer, else a read inline or a write alone."""
        sql, arguments = querystring.compile_string(engine_type=self.engine_type)
        return await self._run(sql, arguments)

    async def run_ddl(self, ddl: str, in_pool: bool = False) -> list[dict[str, Any]]:
        """A statement that changes the schema."""
        return await self._run(ddl, [])

    async def _run(self, sql: str, arguments: list[Any]) -> list[dict[str, Any]]:
        if self.joined() is not None:
            return await self.on_writer(sql, arguments)
        if sql.lstrip()[:6].upper() == "SELECT":
            with asking:
                return self._open_reader().execute(sql, arguments).fetchall()
        async with self.lock:
            return await self.on_writer(sql, arguments)

    def joined(self) -> "EmbeddedTransaction | None":
        """The transaction this task is in. A task started inside one must not write into it unseen."""
        transaction: Any = self.current_transaction.get()
        if transaction is None or not transaction.active:
            return None
        if transaction.task is not asyncio.current_task():
            raise RuntimeError("a task started inside a transaction cannot use it; finish the transaction first")
        return transaction

    def transaction(self, *_: Any, **__: Any) -> "EmbeddedTransaction":  # pyright: ignore[reportIncompatibleMethodOverride]
        """Always IMMEDIATE: a deferred transaction that writes fails at once when another process writes."""
        return EmbeddedTransaction(self)

    async def on_writer(self, sql: str, arguments: list[Any]) -> list[dict[str, Any]]:
        """On the writer's thread, one hop a statement; the caller holds the lock."""
        self._refuse_when_closed()
        if self._thread is None:
            self._thread = ThreadPoolExecutor(1, thread_name_prefix="encore-sqlite")
        with asking:
            return await asyncio.get_running_loop().run_in_executor(self._thread, self._write, sql, arguments)

    async def roll_back_what_is_open(self) -> None:
        """ROLLBACK on the writer if a transaction is open there."""
        if self._thread is not None:
            await asyncio.get_running_loop().run_in_executor(self._thread, self._roll_back)

    def _roll_back(self) -> None:
        if self._writer is not None and self._writer.in_transaction:
            try:
                self._writer.execute("ROLLBACK")
            except sqlite3.Error:
                self._close_writer()  # which rolls back too; the next statement opens it anew

    def _write(self, sql: str, arguments: list[Any]) -> list[dict[str, Any]]:
        if self._writer is None:
            self._writer = self._connect()
        return self._writer.execute(sql, arguments).fetchall()

    def _refuse_when_closed(self) -> None:
        if self._closed:
            raise RuntimeError("the database is closed")

    def _open_reader(self) -> sqlite3.Connection:
        self._refuse_when_closed()
        if self._reader is None:
            self._reader = self._connect()
        return self._reader

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self._path,
            timeout=_BUSY_S,
            isolation_level=None,
            check_same_thread=False,
            cached_statements=_STATEMENTS,
            detect_types=0,
        )
        try:
            return self._made_ready(connection)
        except BaseException:
            connection.close()
            raise

    def _made_ready(self, connection: sqlite3.Connection) -> sqlite3.Connection:
        connection.row_factory = _as_dict
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        if connection.execute("PRAGMA synchronous").fetchone()["synchronous"] < _SYNCHRONOUS_FULL:
            raise NotDurable(self._path)
        return connection

    async def close(self) -> None:
        """Close both connections and end the thread, after the statement or transaction under way.

        Later statements are refused: another thread on a connection that is being closed crashes the process.
        """
        async with self.lock:
            self._closed = True
            thread, self._thread = self._thread, None
            if thread is not None:
                await asyncio.get_running_loop().run_in_executor(thread, self._close_writer)
                thread.shutdown(wait=True)
            if self._reader is not None:
                self._reader.close()
                self._reader = None

    def _close_writer(self) -> None:
        if self._writer is not None:
            self._writer.close()
            self._writer = None


def _as_dict(cursor: sqlite3.Cursor, row: tuple[Any, ...]) -> dict[str, Any]:
    return {column[0]: value for column, value in zip(cursor.description, row, strict=True)}


class EmbeddedTransaction:
    """BEGIN IMMEDIATE … COMMIT; whatever fails, nothing stays open, locked or in the task's context."""

    def __init__(self, engine: EmbeddedEngine) -> None:
        self._engine = engine
        self._nested = False
        self._token: contextvars.Token[Any] | None = None
        self.task: asyncio.Task[Any] | None = None
        self.active = False

    async def __aenter__(self) -> "EmbeddedTransaction":
        if self._engine.joined() is not None:
            self._nested = True
            return self
        await self._engine.lock.acquire()
        try:
            await self._engine.on_writer("BEGIN IMMEDIATE", [])
        except BaseException:
            await self._undo()
            self._engine.lock.release()
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
                await self._engine.on_writer("COMMIT", [])
        finally:
            try:
                await self._undo()
            finally:
                self.active = False
                if self._token is not None:
                    self._engine.current_transaction.reset(self._token)
                self._engine.lock.release()

    async def _undo(self) -> None:
        """ROLLBACK if one is open, also when this task is being cancelled: the next holder must find it clean."""
        try:
            await asyncio.shield(asyncio.ensure_future(self._engine.roll_back_what_is_open()))
        except MemoryError:  # no task can be begun: without one, then
            await self._engine.roll_back_what_is_open()

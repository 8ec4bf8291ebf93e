"""The database cannot be asked now: one name for what two drivers say in many ways."""

import sqlite3
from types import TracebackType

import asyncpg


class Away(ConnectionError):
    """Not there, not let in, full or broken. Raised by a commit it says nothing about whether that was kept."""


class Busy(Away):
    """Another process held the only writer's place for as long as we were ready to wait; nothing was done."""


# Result codes of SQLite that are about the file or the machine, not about the statement.
_BROKEN = {
    sqlite3.SQLITE_PERM, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_NOTADB,
}  # fmt: skip
_WITHOUT_DETAIL = 0xFF  # the low byte of a result code

# InternalClientError: the server has said goodbye and the socket is not closed yet.
_LOST = (
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.InternalClientError,
)

# How asyncpg words that a connection ended before it was used again.
_ENDED = ("connection is closed", "released back to the pool")


class Asking:
    """`with asking:` around every call of a driver; a plain class, because it is there at every statement."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        if error is not None and (named := _named(error)) is not None:
            raise named from error


asking = Asking()


def _named(error: BaseException) -> Away | None:
    match error:
        case sqlite3.DatabaseError():
            code = getattr(error, "sqlite_errorcode", 0) & _WITHOUT_DETAIL
            return Busy(str(error)) if code == sqlite3.SQLITE_BUSY else Away(str(error)) if code in _BROKEN else None
        case asyncpg.InterfaceError():
            # Also what asyncpg says of a value it cannot send or of a connection used twice: a bug, and it stays one.
            return Away(str(error)) if any(words in str(error) for words in _ENDED) else None
        case _:
            return Away(str(error)) if isinstance(error, _LOST) else None

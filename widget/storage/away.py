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
    asyncpg.ReadOnlySQLTransactionError,  # a standby, or a server that protects its full disk
)

# How asyncpg words that a connection ended before it was used again.
_ENDED = ("connection is closed", "released back to the pool")


class Asking:
    """`with asking:` around every call of a driver; a plain class, because it is there at every statement.

    `with reaching:` where nothing but the driver runs inside: there the machine's own errors, too, mean the database.
    """

    def __init__(self, also: tuple[type[OSError], ...] = ()) -> None:
        self._also = also

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        if error is None or isinstance(error, Away):
            return
        named = Away(str(error)) if isinstance(error, self._also) else _named(error)
        if named is not None:
            raise named from error


asking = Asking()
reaching = Asking((OSError,))  # refused, reset, no such socket; and TimeoutError, of a server that stands still


def reason(error: OSError) -> str:
    """What is wrong, in words for whoever watches over the machine; never the driver's own, which may name a host."""
    match error.__cause__:
        case sqlite3.DatabaseError() as cause:
            code = getattr(cause, "sqlite_errorcode", 0) & _WITHOUT_DETAIL
            return _REASONS.get(code, "the database file cannot be used")
        case asyncpg.DiskFullError():
            return "the database's disk is full"
        case asyncpg.ReadOnlySQLTransactionError():
            return "the database can only be read"
        case asyncpg.TooManyConnectionsError():
            return "the database takes no more connections"
        case _:
            return "the database does not answer"


_REASONS = {
    sqlite3.SQLITE_FULL: "the disk is full",
    sqlite3.SQLITE_READONLY: "the database can only be read",
    sqlite3.SQLITE_CORRUPT: "the database file is damaged",
    sqlite3.SQLITE_NOTADB: "the database file is damaged",
}


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

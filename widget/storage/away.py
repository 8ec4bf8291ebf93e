"""The database cannot be asked now: one name for what two drivers say in many ways."""

import sqlite3
from collections.abc import Generator
from contextlib import contextmanager

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


@contextmanager
def asking() -> Generator[None, None, None]:
    """Around every call of a driver."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        code = getattr(error, "sqlite_errorcode", 0) & _WITHOUT_DETAIL
        if code == sqlite3.SQLITE_BUSY:
            raise Busy(str(error)) from error
        if code in _BROKEN:
            raise Away(str(error)) from error
        raise
    except _LOST as error:
        raise Away(str(error)) from error
    except asyncpg.InterfaceError as error:
        # Also what asyncpg says of a value it cannot send or of a connection used twice: a bug, and it stays one.
        if not any(words in str(error) for words in _ENDED):
            raise
        raise Away(str(error)) from error

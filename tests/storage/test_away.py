"""A database that goes away: the error says so, nothing is half done, and nothing is left behind."""

import asyncio
import contextlib
import sqlite3

import asyncpg
import pytest

from widget.storage.away import Away, Busy
from widget.storage.database import migrate, open_database, opened, rows, unit, until_won
from widget.storage.durable import not_durable
from widget.storage.postgres import PooledEngine
from widget.storage.sqlite import EmbeddedEngine

DECLINE = "INSERT INTO decline (id, customer_id, offer_name, at, quiet_until) VALUES ({}, 'cus_nadia', 'o', 1, 1) RETURNING id"
GONE = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = current_database()"
SLOTS = 2


async def declines() -> set[str]:
    return {row["id"] for row in await rows("SELECT id FROM decline")}


@contextlib.asynccontextmanager
async def postgres_and_its_end(url):
    """An open database with two slots, and a way to cut every connection it has."""
    other = await asyncpg.connect(url)
    try:
        async with open_database(url, size=SLOTS) as engine:
            yield engine, lambda: other.execute(GONE)
    finally:
        await other.close()


async def test_a_connection_cut_within_a_unit_is_told_as_away_and_the_slot_comes_back(fresh_postgres_url):
    async with postgres_and_its_end(fresh_postgres_url) as (_, cut):

        async def work():
            await rows(DECLINE, "a")
            await cut()
            await rows(DECLINE, "b")

        for _ in range(2 * SLOTS):
            with pytest.raises(Away):
                await unit(work)
        await unit(lambda: rows(DECLINE, "after"))
        assert await declines() == {"after"}


@pytest.mark.case("F-94")
async def test_a_connection_cut_at_the_commit_is_told_as_away_and_the_next_unit_is_kept(fresh_postgres_url):
    async with postgres_and_its_end(fresh_postgres_url) as (_, cut):

        async def work():
            await rows(DECLINE, "a")
            await cut()

        for _ in range(2 * SLOTS):
            with pytest.raises(Away):
                await unit(work)
        await unit(lambda: rows(DECLINE, "after"))
        assert await declines() == {"after"}


class CutAtBegin(PooledEngine):
    """Its connections are cut between being taken from the pool and BEGIN, as when the server ends just then."""

    cut: bool = False

    @contextlib.asynccontextmanager
    async def slot(self):
        async with super().slot() as connection:
            if self.cut:
                connection.terminate()
            yield connection


async def test_a_begin_that_fails_gives_its_slot_back_and_the_next_unit_is_kept(fresh_postgres_url):
    engine = CutAtBegin(fresh_postgres_url, size=SLOTS)
    async with opened(engine):
        engine.cut = True
        for _ in range(2 * SLOTS):
            with pytest.raises(Away):
                await unit(lambda: rows(DECLINE, "never"))
            assert engine.joined() is None
        engine.cut = False
        await unit(lambda: rows(DECLINE, "after"))
        assert await declines() == {"after"}
        assert engine.pool.get_size() - engine.pool.get_idle_size() == 0


async def test_whoever_gets_the_slot_of_a_database_that_was_away_gets_a_new_connection(fresh_postgres_url):
    backends = set()

    async def goes_away():
        [found] = await rows("SELECT pg_backend_pid() AS pid")
        backends.add(found["pid"])
        raise Away("the server said goodbye, the socket is not closed yet")

    async with open_database(fresh_postgres_url, size=1):
        for _ in range(3):
            with pytest.raises(Away):
                await unit(goes_away)
    assert len(backends) == 3


async def test_a_bug_within_a_unit_is_seen_as_itself_though_its_connection_died_too(fresh_postgres_url):
    async with postgres_and_its_end(fresh_postgres_url) as (_, cut):

        async def work():
            await rows(DECLINE, "a")
            await cut()
            raise KeyError("the real one")

        with pytest.raises(KeyError, match="the real one"):
            await unit(work)


async def test_a_server_that_is_not_there_is_an_oserror(tmp_path):
    with pytest.raises(FileNotFoundError):  # the socket
        async with open_database(f"postgresql://nobody@/none?host={tmp_path}"):
            pass


@pytest.mark.parametrize("statement", ["SELECT id FROM job", "DELETE FROM job RETURNING id"])
async def test_a_file_that_is_no_database_is_told_as_away(tmp_path, statement):
    (tmp_path / "encore.db").write_text("a shopping list, not a database " * 100)
    async with open_database(f"sqlite:///{tmp_path}/encore.db"):
        with pytest.raises(Away):
            await rows(statement)


@pytest.mark.parametrize("statement", ["SELECT id FROM job", "DELETE FROM job RETURNING id"])
async def test_a_folder_that_is_not_there_is_told_as_away(tmp_path, statement):
    async with open_database(f"sqlite:///{tmp_path}/no/such/folder.db"):
        with pytest.raises(Away):
            await rows(statement)


@pytest.mark.case("F-95")
async def test_a_full_disk_is_told_as_away_and_leaves_nothing_half_done(tmp_path):
    async with open_database(f"sqlite:///{tmp_path}/encore.db") as engine:
        await migrate()
        assert isinstance(engine, EmbeddedEngine)
        [pages] = await engine.on_writer("PRAGMA page_count", [])
        await engine.on_writer(f"PRAGMA max_page_count = {pages['page_count'] + 1}", [])

        async def fills():
            for number in range(100):
                await rows(DECLINE, f"{number}" + "x" * 2_000)

        with pytest.raises(Away, match="full"):
            await unit(fills)
        assert await declines() == set()
        await engine.on_writer("PRAGMA max_page_count = 1000000", [])
        await unit(lambda: rows(DECLINE, "after"))
        assert await declines() == {"after"}


async def test_who_loses_every_race_is_told_that_nothing_was_done_in_our_words():
    async def loses():
        raise asyncpg.SerializationError

    with pytest.raises(Busy) as told:
        await until_won(loses, patience_s=0)
    assert isinstance(told.value.__cause__, asyncpg.SerializationError)


async def test_a_place_that_stays_taken_is_waited_for_once_not_for_ever(tmp_path):
    async with open_database(f"sqlite:///{tmp_path}/encore.db") as engine:
        await migrate()
        assert isinstance(engine, EmbeddedEngine)
        await engine.on_writer("PRAGMA busy_timeout = 20", [])
        other = sqlite3.connect(tmp_path / "encore.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        waiting = asyncio.create_task(unit(lambda: rows(DECLINE, "patient")))
        with pytest.raises(Busy):
            async with engine.transaction():
                pass
        other.execute("ROLLBACK")
        other.close()
        await waiting  # begun while the place was taken, done again, kept
        assert await declines() == {"patient"}


async def test_a_server_that_does_not_sync_is_named(fresh_postgres_url):
    connection = await asyncpg.connect(fresh_postgres_url)
    syncs = await connection.fetchval("SHOW fsync") == "on"
    await connection.close()
    async with open_database(fresh_postgres_url):
        assert await not_durable() == (None if syncs else "not durable: fsync off")
    async with open_database(fresh_postgres_url, settings={"synchronous_commit": "off"}):
        assert "synchronous_commit off" in await not_durable()


async def test_sqlite_is_durable(tmp_path):
    async with open_database(f"sqlite:///{tmp_path}/encore.db"):
        assert await not_durable() is None

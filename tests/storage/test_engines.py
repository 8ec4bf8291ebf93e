"""Whatever fails, nothing is left behind: no lock, no slot, no thread, no transaction that swallows later writes."""

import asyncio
import secrets
import sqlite3
import threading
from contextlib import suppress
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest

from widget.storage.away import Busy
from widget.storage.cockroach import CockroachEngine
from widget.storage.database import engine_of, migrate, open_database, opened, pending_migrations, rows, unit
from widget.storage.durable import not_durable
from widget.storage.migrations import NAMES
from widget.storage.sqlite import EmbeddedEngine

DECLINE = "INSERT INTO decline (id, customer_id, offer_name, at, quiet_until) VALUES ({}, 'cus_nadia', 'o', 1, 1) RETURNING id"


async def declines() -> set[str]:
    return {row["id"] for row in await rows("SELECT id FROM decline")}


class Stop(Exception):
    pass


async def test_a_unit_that_fails_leaves_nothing_and_the_next_is_kept(database):
    async def fails():
        await rows(DECLINE, "a")
        raise Stop

    with pytest.raises(Stop):
        await unit(fails)
    await unit(lambda: rows(DECLINE, "b"))
    assert await declines() == {"b"}


async def test_a_cancelled_unit_leaves_nothing_and_the_next_is_kept(database):
    entered = asyncio.Event()

    async def waits():
        await rows(DECLINE, "a")
        entered.set()
        await asyncio.Event().wait()

    task = asyncio.create_task(unit(waits))
    await entered.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await unit(lambda: rows(DECLINE, "b"))
    assert await declines() == {"b"}


@pytest.mark.parametrize("lasting", [False, True], ids=["once", "for a while"])
async def test_where_no_task_can_be_begun_no_slot_is_used_up(database, lasting):
    """A connection is given back by a task of its own; the pool has two."""
    loop, failing = asyncio.get_running_loop(), {"left": 1}

    def begin(loop, work, **more):
        if failing["left"]:
            failing["left"] -= not lasting
            work.close()
            raise MemoryError("no task")
        return asyncio.Task(work, loop=loop, **more)

    loop.set_task_factory(begin)
    try:
        for number in range(3):
            failing["left"] = 1
            with suppress(MemoryError):
                await unit(lambda number=number: rows(DECLINE, str(number)))
    finally:
        failing["left"] = 0
        loop.set_task_factory(None)
    async with asyncio.timeout(5):
        await asyncio.gather(*(unit(lambda name=name: rows(DECLINE, name)) for name in "abcd"))
    assert await declines() >= {"a", "b", "c", "d"}


async def test_fifty_cancelled_and_failed_units_use_up_no_slot_and_no_thread(database):
    async def fails():
        await rows(DECLINE, "a")
        raise Stop

    await rows(DECLINE, "first")
    before = threading.active_count()
    for _ in range(50):
        with pytest.raises(Stop):
            await unit(fails)
        task = asyncio.create_task(unit(fails))
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    await unit(lambda: rows(DECLINE, "b"))
    assert await declines() == {"first", "b"}
    assert threading.active_count() <= before


async def test_a_commit_that_fails_leaves_nothing_and_the_next_write_is_really_committed(database_url):
    async with open_database(database_url) as engine:
        await engine.run_ddl("CREATE TABLE parent (id VARCHAR(9) PRIMARY KEY)")
        await engine.run_ddl("CREATE TABLE child (id VARCHAR(9) REFERENCES parent (id) DEFERRABLE INITIALLY DEFERRED)")
        for _ in range(15):  # more often than the pool has slots
            with pytest.raises((sqlite3.IntegrityError, asyncpg.ForeignKeyViolationError)):
                await unit(lambda: rows("INSERT INTO child (id) VALUES ('orphan') RETURNING id"))
        await rows(DECLINE, "after")
    async with open_database(database_url):
        assert await declines() == {"after"}


async def test_a_begin_that_fails_leaves_nothing_and_the_next_write_is_kept(tmp_path):
    url = f"sqlite:///{tmp_path}/encore.db"
    async with open_database(url) as engine:
        await migrate()
        assert isinstance(engine, EmbeddedEngine)
        await engine.on_writer("PRAGMA busy_timeout = 1", [])
        other = sqlite3.connect(tmp_path / "encore.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        before = threading.active_count()
        with pytest.raises(Busy):
            async with engine.transaction():
                await rows(DECLINE, "never")
        other.execute("ROLLBACK")
        other.close()
        await unit(lambda: rows(DECLINE, "after"))
        assert await declines() == {"after"}
        assert threading.active_count() <= before


async def test_a_task_started_inside_a_unit_cannot_write_into_it_unseen(database):
    async def work():
        child = asyncio.create_task(rows(DECLINE, "stray"))
        with pytest.raises(RuntimeError, match="cannot use it"):
            await child

    await unit(work)
    assert await declines() == set()


async def test_a_task_started_inside_a_unit_may_write_after_it(database):
    gate = asyncio.Event()

    async def later():
        await gate.wait()
        await rows(DECLINE, "later")

    async def work():
        return asyncio.create_task(later())

    task = await unit(work)
    gate.set()
    await task
    assert await declines() == {"later"}


async def test_a_unit_sees_its_own_writes(database):
    async def work():
        await rows(DECLINE, "mine")
        return await declines()

    assert await unit(work) == {"mine"}


async def test_the_writer_syncs_at_every_commit(tmp_path):
    async with open_database(f"sqlite:///{tmp_path}/encore.db") as engine:
        assert isinstance(engine, EmbeddedEngine)
        assert (await engine.on_writer("PRAGMA synchronous", []))[0]["synchronous"] == 2
        assert (await engine.on_writer("PRAGMA journal_mode", []))[0]["journal_mode"] == "wal"
        assert (await engine.on_writer("PRAGMA foreign_keys", []))[0]["foreign_keys"] == 1


async def test_after_closing_a_statement_is_refused_not_crashed(tmp_path):
    async with open_database(f"sqlite:///{tmp_path}/encore.db") as engine:
        await migrate()
    with pytest.raises(RuntimeError, match="closed"):
        await engine.on_writer("SELECT 1", [])


@pytest.mark.parametrize(
    "url",
    ["", "encore.db", "sqlite://", "sqlite:///", "sqlite:///:memory:", "mysql://x/y", "sqlite:///a?b=c", "http://x"],
)
async def test_a_url_of_another_kind_says_what_is_expected(url):
    with pytest.raises(ValueError, match="expected sqlite:///"):
        async with open_database(url):
            pass


async def test_migrating_twice_does_nothing_the_second_time(database):
    assert await migrate() == []
    assert await pending_migrations() == []


async def test_a_history_line_can_neither_be_changed_nor_removed(database):
    await rows(
        "INSERT INTO charge_history (id, charge_id, seq, at, event, fate, detail, previous, digest) "
        "VALUES ('c:1', 'c', 1, 1, 'intended', 'intended', '', '', 'd') RETURNING id"
    )
    for forbidden in ("DELETE FROM charge_history", "UPDATE charge_history SET fate = 'taken'"):
        with pytest.raises((sqlite3.IntegrityError, asyncpg.RaiseError), match="append only"):
            await rows(forbidden)


async def test_units_that_lose_a_race_are_done_again_until_all_are_kept(fresh_postgres_url):
    strict = {"default_transaction_isolation": "serializable"}
    async with open_database(fresh_postgres_url, size=2, settings=strict):
        await rows(DECLINE, "0")

        async def count_up():
            found = await rows("SELECT at FROM decline WHERE id = '0'")
            await asyncio.sleep(0)
            await rows("UPDATE decline SET at = {} WHERE id = '0'", int(found[0]["at"]) + 1)

        for _ in range(10):
            await asyncio.gather(*(unit(count_up) for _ in range(3)))
        assert (await rows("SELECT at FROM decline WHERE id = '0'"))[0]["at"] == 31


async def test_cockroach_is_chosen_by_its_url_and_does_the_same_without_an_advisory_lock(postgres_url, tmp_path):
    """Over a Postgres at SERIALIZABLE, the nearest there is here: a whole schema, a charge's history, lost races."""
    chosen = engine_of("cockroachdb://root@db.example:26257/encore")
    assert isinstance(chosen, CockroachEngine)
    assert (chosen.config["dsn"], chosen.by_lock) == ("postgresql://root@db.example:26257/encore", False)
    name = f"t_{secrets.token_hex(6)}"
    await _statement(postgres_url, f"CREATE DATABASE {name}")
    strict = {"default_transaction_isolation": "serializable"}
    url = urlunsplit(urlsplit(postgres_url)._replace(path=f"/{name}"))
    try:
        async with opened(CockroachEngine(url, size=2, settings=strict)):
            assert await migrate() == list(NAMES)
            assert await migrate() == []
            assert await not_durable() is None
            await rows(DECLINE, "0")

            async def count_up():
                found = await rows("SELECT at FROM decline WHERE id = '0'")
                await rows("UPDATE decline SET at = {} WHERE id = '0'", int(found[0]["at"]) + 1)

            await asyncio.gather(*(unit(count_up) for _ in range(6)))
            assert (await rows("SELECT at FROM decline WHERE id = '0'"))[0]["at"] == 7
    finally:
        await _statement(postgres_url, f"DROP DATABASE {name} WITH (FORCE)")


async def _statement(url, statement):
    connection = await asyncpg.connect(url)
    await connection.execute(statement)
    await connection.close()

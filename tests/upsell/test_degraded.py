"""Down, slow, full: the shopper waits for nobody, nothing is lost that was answered, and whoever watches is told by name."""

import asyncio
import sqlite3

import asyncpg
import pytest

from tests.webhooks.test_receive import event, letter
from widget.storage import events, meters
from widget.storage.away import Away, Busy, reason
from widget.storage.database import current, opened, rows
from widget.storage.sqlite import EmbeddedEngine

NOW = 1_790_000_000_000


@pytest.mark.parametrize(
    "fault",
    [{"fault": "hang_before", "seconds": 60}, {"fault": "status", "status": 500}, {"fault": "status", "status": 429}],
)
async def test_while_dodo_hangs_fails_or_refuses_the_card_is_preparing_and_asks_it_nothing_more(stage, fault):
    await stage.control("webhooks", {"drop": True})
    payment = await stage.purchase()
    await stage.control("faults", {"operation": "GET /payments/{id}", "times": 99, **fault})
    card = await stage.get(stage.ticket(payment))
    assert (card.status, card.state) == (200, "preparing")
    before = len((await stage.sandbox.get("/_sandbox/requests")).json())
    answers = await asyncio.gather(*(card.press("status", polls="1") for _ in range(10)))
    assert {one.state for one in answers} == {"preparing"}
    asked = (await stage.sandbox.get("/_sandbox/requests")).json()[before:]
    assert len(asked) <= 3  # the worker's own tries; ten looks of a shopper add none


async def test_a_full_disk_answers_no_webhook_and_loses_none(stage, database_url):
    if not database_url.startswith("sqlite"):
        pytest.skip("the disk of a Postgres server is not ours to fill here; its error is read by name below")
    body = event(text="x" * 200_000)
    headers = letter(body, webhook_id="msg_full")
    [pages] = await current().on_writer("PRAGMA page_count", [])
    await current().on_writer(f"PRAGMA max_page_count = {pages['page_count']}", [])
    refused = await stage.encore.post("/webhooks/dodo", content=body, headers=headers)
    assert refused.status_code == 503
    assert int(refused.headers["retry-after"]) > 0
    await current().on_writer("PRAGMA max_page_count = 1073741823", [])
    assert await events.find("msg_full") is None
    assert (await stage.encore.post("/webhooks/dodo", content=body, headers=headers)).json() == {"status": "kept"}


def raised(cause: Exception) -> Away:
    try:
        raise Away("never shown") from cause
    except Away as error:
        return error


def sqlite(code: int) -> sqlite3.OperationalError:
    error = sqlite3.OperationalError("at /var/lib/secret.db")
    error.sqlite_errorcode = code
    return error


REASONS = [
    (sqlite(sqlite3.SQLITE_FULL), "the disk is full"),
    (sqlite(sqlite3.SQLITE_READONLY), "the database can only be read"),
    (sqlite(sqlite3.SQLITE_CORRUPT), "the database file is damaged"),
    (sqlite(sqlite3.SQLITE_CANTOPEN), "the database file cannot be used"),
    (asyncpg.DiskFullError("host"), "the database's disk is full"),
    (asyncpg.TooManyConnectionsError("host"), "the database takes no more connections"),
    (asyncpg.ReadOnlySQLTransactionError("host"), "the database can only be read"),
    (ConnectionRefusedError("10.0.0.9"), "the database does not answer"),
]


class Full(EmbeddedEngine):
    """A database whose writing has ended: whatever is read is there, whatever is written raises."""

    error: Away | None = None

    async def run_querystring(self, querystring, in_pool=False):
        if self.error is not None and not str(querystring.template).startswith("SELECT"):
            raise self.error
        return await super().run_querystring(querystring)


async def test_readiness_writes_and_says_by_name_what_is_wrong_and_never_in_the_drivers_words(tmp_path):
    from widget.storage.database import migrate

    async with opened(Full(str(tmp_path / "encore.db"))) as engine:
        assert (await meters.not_ready(NOW) or "").startswith("migrations are missing: m0001")
        await migrate()
        assert await meters.not_ready(NOW) is None
        for cause, said in REASONS:
            engine.error = raised(cause)
            assert await meters.not_ready(NOW) == said == reason(engine.error)
            assert await rows("SELECT 1 AS one") == [{"one": 1}]
        engine.error = Busy("others write")
        assert await meters.not_ready(NOW) is None

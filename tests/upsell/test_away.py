"""When the database is away a shopper is told kindly and the provider repeats its webhook: 503, and nothing half done."""

import sqlite3

import pytest

from widget.storage.away import Away
from widget.storage.database import current
from widget.web.errors import handlers


@pytest.mark.case("F-91")
def test_the_database_being_away_has_a_face_of_its_own():
    assert Away in handlers


@pytest.mark.case("F-93")
async def test_a_locked_database_is_a_503_that_says_when_to_come_back(stage, database_url):
    card = await stage.open(await stage.purchase())
    if not database_url.startswith("sqlite"):
        pytest.skip("a lock of another process is SQLite's way of being away; tests/storage takes Postgres away")
    await current().on_writer("PRAGMA busy_timeout = 20", [])
    other = sqlite3.connect(database_url.removeprefix("sqlite:///"), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        answer = await stage.post("decline", {"key": card.key})
    finally:
        other.execute("ROLLBACK")
        other.close()
    assert answer.status == 503
    assert answer.answer.headers["retry-after"] == "30"
    assert await stage.ours() == []

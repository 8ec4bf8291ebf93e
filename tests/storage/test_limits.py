"""Limits are counted in the database: a whole minute's worth at once, then a share at a time, whoever asks."""

import asyncio

from widget.storage import limits, retention
from widget.storage.database import rows

NOW = 1_800_000_000_000
SHARE = 2_000  # thirty a minute


async def times(name: str, many: int, *, at: int) -> int:
    return sum([name in await limits.spend({name: SHARE}, at=at) for _ in range(many)])


async def test_a_minutes_worth_may_come_at_once_and_not_one_more(database):
    assert await times("press:nadia", 31, at=NOW) == 30


async def test_after_a_share_of_the_minute_there_is_room_for_one(database):
    await times("press:nadia", 30, at=NOW)
    assert await times("press:nadia", 1, at=NOW + SHARE - 1) == 0
    assert await times("press:nadia", 2, at=NOW + SHARE) == 1


async def test_what_was_refused_costs_nothing(database):
    await times("press:nadia", 500, at=NOW)
    assert await times("press:nadia", 31, at=NOW + 60_000) == 30


async def test_names_are_counted_apart_in_one_statement(database):
    await times("press:rex", 30, at=NOW)
    assert await limits.spend({"press:rex": SHARE, "press:nadia": SHARE}, at=NOW) == {"press:nadia"}


async def test_of_a_hundred_at_once_exactly_thirty_pass(database):
    passed = await asyncio.gather(*(limits.spend({"press:rex": SHARE, "from:rex": 100}, at=NOW) for _ in range(100)))
    assert sum("press:rex" in one for one in passed) == 30


async def test_what_has_melted_is_swept(database):
    await limits.spend({"press:nadia": SHARE}, at=NOW)
    await retention.sweep(NOW + SHARE)
    assert len(await rows("SELECT id FROM rate_limit")) == 1
    await retention.sweep(NOW + SHARE + 1)
    assert await rows("SELECT id FROM rate_limit") == []

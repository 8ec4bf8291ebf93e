"""G-25: how soon a person knows, in simulated time, whenever in its round the lookout was when it happened."""

import asyncio
import random

from tests import test_time_to_know as day
from tests.campaign import ground
from tests.campaign.figure import Figure, Tally, measuring, scaled
from widget.lookout import EVERY_MS as LOOK_MS
from widget.storage.database import open_database, rows
from widget.till.reckon import EVERY_MS as RECKON_MS

GOAL = (
    "alarm within 60 s for taken twice; within 5 min for an orphan, silence of webhooks, failing signatures, a wrong clock, an old "
    "secret, an unknown rate above 1 % and a receiver that is down"
)
ENGINES = ("sqlite", "postgres")
ELSEWHERE = "tests/test_time_to_know.py"
_TABLES = ("charge", "kept_event", "tally", "outgoing_event", "job", "attention")


def run(size: str, seed: int, engine: str) -> Figure:
    with measuring("G-25", GOAL, size, seed, engine) as tally, ground.database(engine) as url:
        asyncio.run(_days(tally, url, seed, scaled(size, push=3, night=200)))
    return tally.figure()


async def _days(tally: Tally, url: str, seed: int, many: int) -> None:
    worst: dict[str, int] = {}
    async with open_database(url):
        for number in range(many):
            dice = random.Random(seed + number)
            for name in (*day.SIGNS, "taken_twice", "orphan_payment"):
                for table in _TABLES:
                    await rows(f"DELETE FROM {table} RETURNING 1 AS gone")
                dodo = await _happens(name)
                phases = (dice.randrange(1, LOOK_MS), dice.randrange(1, RECKON_MS))
                took = await day.told_after(name, dodo, phases=phases)
                tally.count(name)
                if took is None or took > (day.MINUTE if name == "taken_twice" else 5 * day.MINUTE):
                    tally.wrong(seed + number, f"{name}: {took} ms")
                worst[name] = max(worst.get(name, 0), took or 0)
    for name, ms in worst.items():
        tally.facts[f"latest s ({name})"] = round(ms / 1000, 1)


async def _happens(name: str) -> day.Dodo:
    if name == "taken_twice":
        await day.charged("nadia", "taken", payment="pay_1")
        return day.Dodo(*(day.line(payment, "chg_nadia", day.START) for payment in ("pay_1", "pay_2")))
    if name == "orphan_payment":
        return day.Dodo(day.line("pay_1", "chg_lost", day.START))
    await day.SIGNS[name]()
    return day.Dodo()

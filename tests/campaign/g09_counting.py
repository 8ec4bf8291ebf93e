"""The k-th call of storage, of the wire, of the clock or of what begins a task fails, for k = 1, 2, 3 … until a clean pass."""

import asyncio
from contextlib import suppress

import httpx

from tests.campaign import ground
from tests.campaign.counting.acts import ACTS
from tests.campaign.counting.faults import COUNTER, KINDS
from tests.campaign.counting.house import Home, home
from tests.campaign.figure import Figure, Tally, measuring, scaled
from widget.storage import invariants
from widget.storage.away import Away

GOAL = (
    "whichever call of storage, wire, clock or task fails, once or from then on, while a press is accepted or declined, a webhook "
    "kept or applied, a lost charge watched, a plan changed, the merchant told or the books compared: at most one charge, "
    "every invariant, and everything as it should be once the fault is gone"
)
ENGINES = ("sqlite", "postgres")
MOST = 400
# What the person before the page, Dodo or the worker would get instead of an answer.
_LOST = (Away, httpx.HTTPError, MemoryError, AssertionError)


def run(size: str, seed: int, engine: str) -> Figure:
    with measuring("G-09", GOAL, size, seed, engine) as tally, ground.database(engine) as url:
        if size == "push":
            tally.note = "push fails one call of storage and one answer of Dodo in each act, others each seed"
        elif size == "minutes":
            tally.note = "every seventh call of each act, beginning with another each seed"
        tally.databases = ground.version(url)
        asyncio.run(_all(tally, seed, url, size))
    return tally.figure()


async def _all(tally: Tally, seed: int, url: str, size: str) -> None:
    step = scaled(size, push=MOST, minutes=7, night=1)
    async with home(url) as here:
        for number, name in enumerate(ACTS):
            if size == "push":
                await _life(tally, seed, here, name, "storage", 1 + (seed + 5 * number) % 12, lasting=number % 2 == 0)
                await _life(tally, seed, here, name, "wire executed", 1, lasting=number % 2 == 1)
                continue
            for place, kind in enumerate(KINDS):
                for lasting in (False, True):
                    await _count(
                        tally, seed + number + 3 * place + lasting, here, name, kind, lasting=lasting, step=step
                    )
        for broken in await invariants.broken(now=here.now_s * 1000, since=0):
            tally.wrong(seed, f"{broken.name} does not hold of {broken.subject}")


async def _count(tally: Tally, seed: int, here: Home, name: str, kind: str, *, lasting: bool, step: int) -> None:
    for at in range(1 + seed % step, MOST, step):
        if not await _life(tally, seed, here, name, kind, at, lasting=lasting):
            tally.count("clean passes")
            return
    tally.wrong(seed, f"{name}, {kind}: no clean pass within {MOST} calls")


async def _life(tally: Tally, seed: int, here: Home, name: str, kind: str, at: int, *, lasting: bool) -> bool:
    """One person's act with one call failing; whether there was such a call."""
    who = here.person(f"{name}_{kind}_{int(lasting)}_{at}".replace(" ", "_"))
    async with ACTS[name](here, who) as scene:
        with COUNTER.armed_for(kind, at, lasting=lasting), suppress(*_LOST):
            await scene.act()
        reached = COUNTER.reached
        tally.count(f"{name}: calls failed", int(reached))
        for sentence in await scene.wrong():
            tally.wrong(seed, f"{name}, {kind} call {at}{' and all after it' if lasting else ''}: {sentence}")
    return reached

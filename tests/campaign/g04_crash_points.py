"""Every crash point, in forked lives that end by SIGKILL exactly there; then a fresh life finds out what is true."""

import asyncio
import random
from collections.abc import Iterable

from tests.campaign import ground
from tests.campaign.figure import Figure, Tally, measuring, scaled
from tests.campaign.lives.judge import judge, taken
from tests.campaign.lives.points import POINTS, Someone, arrive, meet, panel
from tests.campaign.lives.rest import known_there, unrest
from tests.campaign.lives.waiting import killed_while_it_waits
from tests.campaign.lives.world import Outside, outside
from widget.storage.database import open_database, pending_migrations
from widget.storage.migrations import _ALL as MIGRATIONS

GOAL = "every crash point on both engines 100 times (push: once on one of them), killed with SIGKILL there; all end as the table of crash points says"
ENGINES = ("sqlite", "postgres")

LATER_MS = 130_000  # longer than a lease and than the time in which an answer may still come
UNSENT = {"C01", "C02", "C03", "C04", "C05", "C06", "Q01", "Q02"}  # nothing can have left: open again
KNOWN = {"C11", "C12", "C13", "C14", "C15", "C16", "C17", "C18", "C19", "Q04", "Q05"}  # Dodo has it for certain


def run(size: str, seed: int, engine: str) -> Figure:
    with measuring("G-04", GOAL, size, seed, engine) as tally, ground.database(engine) as url:
        if size == "push":
            tally.note = "push kills once at every point, on one engine or the other: the whole suite has ten minutes"
        tally.databases = ground.version(url)
        asyncio.run(_lives(tally, seed, url, engine, scaled(size, push=1, minutes=5, night=100)))
    return tally.figure()


async def _lives(tally: Tally, seed: int, url: str, engine: str, times: int) -> None:
    async with outside(url) as world:
        async with open_database(url):
            here = list(POINTS)[ENGINES.index(engine) :: 2] if times == 1 else list(POINTS)
            for number in range(times):
                await one_round(tally, seed + number, world, here)
            await killed_while_it_waits(tally, seed, world)
        await _migrations(tally, seed, world, engine, times)


async def one_round(tally: Tally, seed: int, world: Outside, ids: Iterable[str] = POINTS) -> None:
    """Everybody arrives, everybody's life ends at another point, one life finds out, the ledger judges."""
    chance = random.Random(seed)
    points = [id_ for id_ in ids if id_ != "D02"]
    chance.shuffle(points)
    await world.begin()
    everybody = await _arrive(world, points)
    for someone in everybody:
        tally.count("kills")
        if not await meet(world, someone, chance):
            tally.wrong(seed, f"{someone.point} was never passed: {world.said()[-300:]}")
    await world.begin(offset_ms=world.dial.offset_ms + LATER_MS)
    world.repeat_webhooks()
    customers = {someone.customer for someone in everybody}
    await _rest(tally, seed, world, customers)
    for someone in everybody:
        await _end(tally, seed, world, someone)
    await _rest(tally, seed, world, customers)
    await judge(tally, seed, world, customers)


async def _arrive(world: Outside, points: list[str]) -> list[Someone]:
    places = asyncio.Semaphore(6)

    async def one(id_: str) -> Someone:
        async with places:
            return await arrive(world, id_)

    return list(await asyncio.gather(*map(one, points)))


async def _rest(tally: Tally, seed: int, world: Outside, customers: set[str]) -> None:
    if said := await unrest(world, known_there(world, customers), within_s=60):
        tally.wrong(seed, said)


async def _end(tally: Tally, seed: int, world: Outside, someone: Someone) -> None:
    """What the customer sees afterwards, and that pressing what is open sells it once."""
    before = len(taken(world, {someone.customer}))
    if someone.point in UNSENT and before:
        tally.wrong(seed, f"{someone.point}: nothing was sent, and Dodo has a payment")
    if someone.point in KNOWN and not before and executed(world, someone.customer):
        tally.wrong(seed, f"{someone.point}: Dodo has executed it, and its ledger is empty")
    if someone.point in KNOWN and not before:
        tally.count("met by another's news")  # a watch that was due: the press came no further
    if someone.subscription:
        state = await _changed(world, someone)
        good = state == "choices" and _plan(world, someone) == "pdt_pro" if before else state in {"quote", "choices"}
    else:
        card = await world.card(someone.purchase)
        card = await card.settled() if before else card
        for _ in range(3):
            if card.state != "open":
                break
            card = await (await card.press("accept")).settled()
        state = card.state
        good = state == "paid" if taken(world, {someone.customer}) else state == "working" and someone.point > "C06"
    tally.count(f"ended {state}")
    if not good:
        tally.wrong(seed, f"{someone.point}: {before} payments at Dodo, the page says {state}: {world.said()[-300:]}")


def executed(world: Outside, customer: str) -> bool:
    """Whether Dodo answered a charging call of this customer with a yes."""
    return any(
        one.method == "POST" and one.path == "/checkouts" and f"'{customer}'" in str(one.body) and one.status == 200
        for one in world.sandbox.requests
    )


async def _changed(world: Outside, someone: Someone) -> str:
    return (await (await panel(world, someone)).settled()).state if taken(world, {someone.customer}) else "choices"


def _plan(world: Outside, someone: Someone) -> str:
    return world.sandbox.subscriptions[someone.subscription].product_id


async def _migrations(tally: Tally, seed: int, world: Outside, engine: str, times: int) -> None:
    """D02: a migration ends between two statements; the next one does everything."""
    number = sum(len(module.statements(engine)) for module in MIGRATIONS)
    for turn in range(times):
        fresh = ground.database(engine, migrated=False)
        url = await asyncio.to_thread(fresh.__enter__)
        try:
            await _half(tally, seed + turn, world, url, random.Random(seed + turn).randint(1, number))
        finally:
            await asyncio.to_thread(fresh.__exit__, None, None, None)


async def _half(tally: Tally, seed: int, world: Outside, url: str, hit: int) -> None:
    life = await world.begin(point=POINTS["D02"], hit=hit, migrate=url)
    await life.ended(within_s=20)
    tally.count("kills")
    if not world.dial.struck:
        tally.wrong(seed, f"D02 was never passed for the {hit}th time: {world.said()[-300:]}")
    await (await world.begin(migrate=url)).ended(within_s=20)
    async with open_database(url):
        if await pending_migrations():
            tally.wrong(seed, f"a migration that ended at statement {hit} was not done by the next")

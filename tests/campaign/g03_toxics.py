"""G-03: presses while the wire to Dodo is spoiled and Dodo's answers lie: real process, real SDK, real sockets."""

import asyncio
import random
import time
from typing import Any

from tests.campaign import ground
from tests.campaign.figure import Figure, Tally, measuring, scaled
from tests.campaign.lives.judge import judge, taken
from tests.campaign.lives.rest import known_there, unrest
from tests.campaign.lives.toxics import drawn
from tests.campaign.lives.world import Outside, outside
from widget.sandbox.things import Fault
from widget.storage.database import open_database

GOAL = "10,000 injected faults on each engine: 0 double charges, 0 lost, 0 stuck once Dodo can be read"
ENGINES = ("sqlite", "postgres")
ELSEWHERE = "tests/campaign/test_thin.py"  # a few dozen of the 500

PATIENCE_S = 0.5  # of a call; the product waits 20 s, which would make a night of a few hundred faults
AT_ONCE = 20
ROUND = 80  # buyers
FAULTS_A_BUYER = 3  # about
# Past the time in which an answer that never came could still have come, and past a dead life's leases.
GRACE_MS = 100_000
WITHIN_S = 60.0  # in which everything Dodo knows is known to us
# A refusal in Dodo's own words means that nothing was done (docs/reliability.md, what is taken from Dodo); the other statuses mean nothing.
REFUSALS = (400, 404, 429)
LIES = ("html", "null", "empty", "list", "broken_json", "wrong_types")
KNOWN_KINDS = ("hang_before", "hang_after", "drop_before", "drop_after", "status", "garbage", "slow")


def run(size: str, seed: int, engine: str) -> Figure:
    wanted = scaled(size, push=500, minutes=2_000, night=10_000)
    with measuring("G-03", GOAL, size, seed, engine) as tally, ground.database(engine) as url:
        tally.databases = ground.version(url)
        asyncio.run(spoil(tally, seed, url, wanted))
    return tally.figure()


async def spoil(tally: Tally, seed: int, url: str, wanted: int) -> None:
    """Rounds of buyers until so many faults were injected."""
    async with outside(url, patience_s=PATIENCE_S, proxied=True) as world, open_database(url):
        turn = 0
        while (done := _injected(world, tally)) < wanted:
            await _round(tally, seed + turn, world, min(ROUND, (wanted - done) // FAULTS_A_BUYER + 4))
            turn += 1
            if turn % 10 == 0:
                print(f"    G-03: {_injected(world, tally):,} of {wanted:,} faults", flush=True)
        tally.facts |= dict(sorted(world.proxy.injected.items()))
        tally.count("injected", _injected(world, tally))


def _injected(world: Outside, tally: Tally) -> int:
    return sum(world.proxy.injected.values()) + tally.counts["lies of Dodo"]


async def _round(tally: Tally, seed: int, world: Outside, number: int) -> None:
    """So many buyers meet a fault each, at the press or at a reading; then all is well and everything comes to rest."""
    chance = random.Random(seed)
    world.wire = None
    await world.begin()
    arrived = await _gather(range(number), lambda _: _arrive(world))
    people = [one for one in arrived if one[2].state == "open"]
    if not people:
        raise TimeoutError("nobody's offer was prepared though all was well")
    tally.count("buyers", len(people))
    spoiling = random.Random(seed)
    world.wire = lambda: drawn(spoiling, patience_s=PATIENCE_S) if spoiling.random() < 0.5 else None
    await _gather(people, lambda one: _press(tally, seed, world, one, chance))
    world.wire = None
    world.sandbox.faults.clear()
    customers = {who for who, _, _ in people}
    await world.begin(offset_ms=world.dial.offset_ms + GRACE_MS)
    if said := await unrest(world, known_there(world, customers), within_s=WITHIN_S):
        tally.wrong(seed, said)
    await judge(tally, seed, world, customers)
    await _pages(tally, seed, world, people)


async def _gather(things: Any, work: Any) -> list[Any]:
    places = asyncio.Semaphore(AT_ONCE)

    async def one(thing: Any) -> Any:
        async with places:
            return await work(thing)

    return list(await asyncio.gather(*map(one, things)))


async def _arrive(world: Outside) -> tuple[str, dict[str, Any], Any]:
    who = world.person()
    bought = await world.stage.purchase(who)
    return who, bought, await world.card(bought)


async def _press(
    tally: Tally, seed: int, world: Outside, one: tuple[str, dict[str, Any], Any], chance: random.Random
) -> None:
    """A third of the presses also meet a Dodo that lies; some press twice, as people do."""
    who, _, card = one
    if chance.random() < 0.35:
        kind, status = chance.choice(KNOWN_KINDS), chance.choice((*REFUSALS, 409, 500, 502, 503))
        executed = chance.random() < 0.5 and not (kind == "status" and status in REFUSALS)
        world.sandbox.faults.append(
            Fault(
                "POST", "/checkouts", kind, status=status, seconds=chance.uniform(0, 1.0), executed=executed,
                body_contains=f'"{who}"', kind=chance.choice(LIES),
            )
        )  # fmt: skip
        tally.count("lies of Dodo")
    tally.count("presses")
    after = await card.press("accept")
    if chance.random() < 0.3:
        await card.press("accept")
        tally.count("second presses")
    if after.status >= 500:
        tally.wrong(seed, f"a press was answered {after.status}")


async def _pages(tally: Tally, seed: int, world: Outside, people: list[Any]) -> None:
    """What Dodo has is paid on the page; what it does not have is not, and nobody is offered another way to pay."""

    async def look(one: tuple[str, dict[str, Any], Any]) -> None:
        who, bought, _ = one
        card, paid = await world.card(bought), len(taken(world, {who}))
        began = time.monotonic()
        while card.state == "working" and paid and time.monotonic() - began < WITHIN_S:
            await asyncio.sleep(0.2)  # a request that a slow wire held back is carried out when all others are at rest
            card, paid = await world.card(bought), len(taken(world, {who}))
        tally.count(f"page says {card.state}")
        if (card.state == "paid") != (paid == 1):
            tally.wrong(seed, f"{paid} payments at Dodo, the page says {card.state}")

    await _gather(people, look)

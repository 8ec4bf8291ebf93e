"""G-12: servers are replaced one after the other while people press; nobody is left waiting and nothing in doubt."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from statistics import median
from typing import Any

import httpx
from msgspec import Struct

from tests.campaign import ground
from tests.campaign.figure import Figure, Tally, measuring, scaled
from tests.campaign.lives.judge import MARK, judge, taken
from tests.campaign.lives.rest import any_at_all, unrest
from tests.campaign.lives.served import House, served
from tests.campaign.lives.world import Outside
from tests.stage import Card
from widget.sandbox.things import Fault
from widget.storage import history
from widget.storage.database import open_database

GOAL = "200 rolling restarts under 20 presses a second: 0 unknowns caused by us, 0 presses refused for longer than 2 s"
ENGINES = ("sqlite", "postgres")
ELSEWHERE = "tests/commands/test_leaving.py"  # one server that leaves under presses; five restarts take half a minute

PRESSES_A_SECOND = 20
REFUSED_MS = 2_000
SHIFT = 5  # restarts with one crowd
DEPLOYMENT = 25  # restarts with the same books and the same pretend Dodo, which gets slower with what it has
CROWD = 600  # of a shift; it ends when they have all pressed, with a restart under way at most
# Slow answers of Dodo that a restart meets, in seconds with their share; the last are longer than a page waits for us.
SLOW = ((0.25, 0.3, 2.0), (0.005, 7.0, 9.0))
GIVES_UP_S = 60.0
NEWS_AFTER_S = 12.0  # so that the answer is the first door, and an answer that was lost is seen


class Someone(Struct):
    """A buyer before the button, and how the press went."""

    customer: str
    card: Card
    slow_s: float = 0.0  # how long Dodo takes to answer
    state: str = ""
    refusals: int = 0
    refused_ms: int = 0  # from the first refusal to the try that was answered
    answered_ms: int = 0  # how long that one took
    cut: bool = False  # the press was on its way to Dodo when its connection broke


def run(size: str, seed: int, engine: str) -> Figure:
    wanted = scaled(size, push=5, minutes=20, night=200)
    pressed = list[tuple[int, int]]()
    with measuring("G-12", GOAL, size, seed, engine) as tally:
        while (done := tally.counts["restarts"]) < wanted:
            with ground.database(engine) as url:
                tally.databases = ground.version(url)
                pressed += asyncio.run(_restarts(tally, seed + done, url, min(wanted, done + DEPLOYMENT)))
        refused, answered = zip(*pressed, strict=True)
        tally.facts |= {"longest refusal ms": max(refused), "longest answer ms": max(answered)}
        tally.facts["median answer ms"] = round(median(answered))
    return tally.figure()


async def _restarts(tally: Tally, seed: int, url: str, wanted: int) -> list[tuple[int, int]]:
    """Shifts until there were so many restarts in all: how long each press was refused and how long it took, in ms."""
    async with served(url) as (world, houses), open_database(url):
        turn, pressed = 0, list[tuple[int, int]]()
        while (done := tally.counts["restarts"]) < wanted:
            everybody = await _shift(tally, seed + turn, world, houses, min(SHIFT, wanted - done))
            pressed += [(one.refused_ms, one.answered_ms) for one in everybody]
            turn += 1
            print(f"    G-12: {tally.counts['restarts']} restarts, {tally.counts['presses']} presses", flush=True)
        return pressed


async def _shift(tally: Tally, seed: int, world: Outside, houses: tuple[House, ...], restarts: int) -> list[Someone]:
    """A crowd arrives; they press while servers are replaced; then all comes to rest and the ledger judges."""
    chance = random.Random(seed)
    world.sandbox.postbox.delay = 0.0
    bought = await _gather(range(CROWD * restarts // SHIFT), lambda _: world.stage.purchase(world.person()))
    crowd = [one for one in await _gather(bought, lambda one: _arrive(world, one)) if one]
    world.sandbox.postbox.delay = NEWS_AFTER_S
    pressing = asyncio.create_task(_everybody(tally, world, crowd, chance))
    for number in range(restarts):
        if pressing.done():
            break
        await _restart(tally, seed, houses[number % len(houses)])
    pressed = await pressing
    if said := await unrest(world, any_at_all, within_s=60):  # of the last press
        tally.wrong(seed, said)
    for one in pressed:
        _answered(tally, seed, one)
    await _ledger(tally, seed, world, pressed)
    return pressed


async def _restart(tally: Tally, seed: int, house: House) -> None:
    code = await house.leave()
    if code:
        tally.wrong(seed, f"a server that was asked to leave ended with {code}")
    await house.begin()
    tally.count("restarts")


async def _arrive(world: Outside, bought: dict[str, Any]) -> Someone | None:
    card = await world.card(bought)
    return Someone(str(bought["customer"]["customer_id"]), card) if card.state == "open" else None


async def _everybody(tally: Tally, world: Outside, crowd: list[Someone], chance: random.Random) -> list[Someone]:
    """So many presses a second, whatever became of those before."""
    began, under_way = time.monotonic(), list[asyncio.Task[None]]()
    limits = httpx.Limits(max_connections=400, max_keepalive_connections=40)
    base = str(world.stage.encore.base_url)
    async with httpx.AsyncClient(base_url=base, timeout=60, trust_env=False, limits=limits) as keeping:
        for number, one in enumerate(crowd):
            _slow(world, one, chance)
            await asyncio.sleep(began + number / PRESSES_A_SECOND - time.monotonic())
            # A browser keeps its connections; half of them come on a new one.
            under_way.append(asyncio.create_task(_press(world, keeping if number % 2 else world.stage.encore, one)))
        tally.count("seconds of presses", round(time.monotonic() - began))
        await asyncio.gather(*under_way)
    tally.count("presses", len(crowd))
    return crowd


def _slow(world: Outside, one: Someone, chance: random.Random) -> None:
    drawn = chance.random()
    for share, least, most in SLOW:
        if drawn < share:
            one.slow_s = chance.uniform(least, most)
            world.sandbox.faults.append(
                Fault("POST", "/checkouts", "slow", seconds=one.slow_s, body_contains=f'"{one.customer}"')
            )
            return
        drawn -= share


async def _press(world: Outside, client: httpx.AsyncClient, one: Someone) -> None:
    """Press until it is answered, as somebody does whose button did nothing or says that nothing was charged."""
    headers, first = {"sec-fetch-site": "same-origin", "hx-request": "true"}, 0.0
    while True:
        began = time.monotonic()
        try:
            answer = await client.post("/upsell/accept", data={"key": one.card.key}, headers=headers)
        except httpx.TransportError:
            one.cut = one.cut or _sent(world, one.customer) > 0
            one.state = "no answer"
        else:
            card = Card(world.stage, answer)
            one.state = card.state if answer.status_code == 200 else str(answer.status_code)
            one.card = card if one.state == "open" else one.card
        if one.state not in {"open", "no answer", "503"}:
            one.refused_ms = round((began - first) * 1000) if first else 0
            one.answered_ms = round((time.monotonic() - began) * 1000)
            return
        first = first or began
        one.refusals += 1
        if began - first > GIVES_UP_S:
            return
        await asyncio.sleep(0.1)


def _sent(world: Outside, customer: str) -> int:
    """How often we asked Dodo to charge this customer."""
    asked = (one for one in world.sandbox.requests if (one.method, one.path) == ("POST", "/checkouts"))
    return sum(f"'{customer}'" in str(one.body) and "'confirm': True" in str(one.body) for one in asked)


def _answered(tally: Tally, seed: int, one: Someone) -> None:
    tally.count(f"answered {one.state}")
    tally.count("refusals", one.refusals)
    if one.state not in {"paid", "working"}:
        tally.wrong(seed, f"{one.customer}: a press was answered {one.state}")
    if one.refused_ms > REFUSED_MS:
        tally.wrong(seed, f"{one.customer}: refused for {one.refused_ms} ms")
    if one.cut:
        tally.wrong(seed, f"{one.customer}: the connection broke while Dodo was charging")


async def _ledger(tally: Tally, seed: int, world: Outside, pressed: list[Someone]) -> None:
    """One payment for every press, and none whose answer got lost with the server that waited for it."""
    customers = {one.customer for one in pressed}
    paid = taken(world, customers)
    tally.count("paid", len(paid))
    for who in customers - {entry.customer_id for entry in paid}:
        tally.wrong(seed, f"{who} pressed and Dodo has no payment")
    await judge(tally, seed, world, customers)
    slow = {one.customer: one.slow_s for one in pressed}
    for entry in paid:
        lines = await history.of(str(entry.metadata[MARK]))
        said = [f"{line['event']} {line['detail'][:9]}" for line in lines]
        if any(line["fate"] == "unknown" for line in lines):
            tally.wrong(seed, f"{entry.customer_id}: the charge was unknown: {said}")
        elif _lost(lines, slow[entry.customer_id]):
            tally.wrong(seed, f"{entry.customer_id}: Dodo's answer was lost: {said}")


def _lost(lines: list[dict[str, Any]], slow_s: float) -> bool:
    """Whether another door brought the news though Dodo had answered: whoever waited for the answer was gone."""
    if any(line["detail"] == "answer" for line in lines):
        return False
    claimed, decided = (
        next((one["at"] for one in lines if one["event"] == event), 0) for event in ("claimed", "taken")
    )
    return decided - claimed > slow_s * 1000 + 500


async def _gather(things: Any, work: Callable[[Any], Awaitable[Any]]) -> list[Any]:
    places = asyncio.Semaphore(12)

    async def one(thing: Any) -> Any:
        async with places:
            return await work(thing)

    return list(await asyncio.gather(*map(one, things)))

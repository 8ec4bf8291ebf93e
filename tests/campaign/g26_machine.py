"""G-26: the database is stopped, killed and paused, and the disk fills up, under a running server."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import httpx
from msgspec import Struct

from tests.campaign import ground
from tests.campaign.figure import Figure, Tally, measuring, scaled
from tests.campaign.lives.judge import judge, taken
from tests.campaign.lives.machine import Breakable, machine
from tests.campaign.lives.rest import known_there, unrest
from tests.campaign.lives.served import served
from tests.campaign.lives.world import Outside
from tests.stage import Card
from widget.sandbox.things import Fault
from widget.storage.database import open_database, rows

GOAL = (
    "the database stopped, killed and paused 100 times under a running server, the disk full 100 times: health names it, "
    "0 acknowledged webhooks lost, 0 presses half done, everything goes on when it is back"
)
ENGINES = ("sqlite", "postgres")
ELSEWHERE = "tests/commands/test_machine.py"  # each once

NAMED_WITHIN_S = 15.0
BACK_WITHIN_S = 45.0
UNDER_WAY = 3  # presses that Dodo is charging when it happens
DURING = 4  # presses while it lasts, and as many purchases that are told by webhook


class Someone(Struct):
    customer: str
    bought: dict[str, Any]
    card: Card


def run(size: str, seed: int, engine: str) -> Figure:
    with measuring("G-26", GOAL, size, seed, engine) as tally, machine(engine) as broken:
        tally.databases = ground.version(broken.url)
        times = scaled(size, push=1, minutes=10, night=100)
        asyncio.run(_faults(tally, seed, broken.url, [one for _ in range(times) for one in broken.faults()]))
    return tally.figure()


async def _faults(tally: Tally, seed: int, url: str, faults: list[Breakable]) -> None:
    async with served(url, count=1) as (world, _):
        for number, fault in enumerate(faults):
            await one_fault(tally, seed + number, world, fault)
            if number % 10 == 9:
                print(f"    G-26: {number + 1} of {len(faults)}", flush=True)


async def one_fault(tally: Tally, seed: int, world: Outside, fault: Breakable) -> None:
    """Presses and webhooks before, while and after; then the ledger judges."""
    chance = random.Random(seed)
    world.sandbox.settings.final_after = 0.0
    people = [await _arrive(world) for _ in range(UNDER_WAY + DURING)]
    first, others = people[:UNDER_WAY], people[UNDER_WAY:]
    pressing = [asyncio.create_task(_press(world, one, slow_s=chance.uniform(0.3, 1.0))) for one in first]
    await _until(lambda: all(_sent(world, one.customer) for one in first))
    await asyncio.to_thread(fault.happen)
    tally.count(fault.name)
    try:
        later = await _while_it_lasts(tally, seed, world, fault, others)
    finally:
        await asyncio.to_thread(fault.mend)
    await _back(tally, seed, world, fault)
    await asyncio.gather(*pressing)
    customers = {one.customer for one in (*people, *later)}
    async with open_database(world.database_url):
        await _rest(tally, seed, world, fault, customers)
        await _each(people, lambda one: _in_the_end(tally, seed, world, fault, one))
        await _rest(tally, seed, world, fault, customers)
        await judge(tally, seed, world, customers)
        await _told(tally, seed, fault, later)


async def _arrive(world: Outside) -> Someone:
    who = world.person()
    bought = await world.stage.purchase(who)
    card = await world.card(bought)
    if card.state != "open":
        raise TimeoutError(f"a card that is not open before anything happened: {card.state}")
    return Someone(who, bought, card)


async def _press(world: Outside, one: Someone, *, slow_s: float = 0.0) -> str:
    if slow_s:
        world.sandbox.faults.append(Fault("POST", "/checkouts", "slow", seconds=slow_s, body_contains=one.customer))
    try:
        answer = await one.card.press("accept")
    except httpx.TransportError:
        return "no answer"
    return answer.state if answer.status == 200 else str(answer.status)


def _sent(world: Outside, customer: str) -> bool:
    """Whether we asked Dodo to charge this customer."""
    asked = (one for one in world.sandbox.requests if (one.method, one.path) == ("POST", "/checkouts"))
    return any(f"'{customer}'" in str(one.body) and "'confirm': True" in str(one.body) for one in asked)


async def _while_it_lasts(
    tally: Tally, seed: int, world: Outside, fault: Breakable, others: list[Someone]
) -> list[Someone]:
    """Health names it in time; presses are refused kindly, webhooks are not acknowledged."""
    later, began, said = list[Someone](), time.monotonic(), ""
    presses = [asyncio.create_task(_press(world, one)) for one in others]
    while said != fault.because:
        if len(later) < DURING or fault.name == "full":  # a full disk still has room in files that are there
            who = world.person()
            later.append(Someone(who, await world.stage.purchase(who), others[0].card))
        said = await _health(world)
        if time.monotonic() - began > NAMED_WITHIN_S:
            tally.wrong(seed, f"{fault.name}: after {NAMED_WITHIN_S} s health says {said!r}")
            break
        await asyncio.sleep(0.05)
    tally.facts["seconds until named"] = round(
        max(float(tally.facts.get("seconds until named", 0)), time.monotonic() - began), 1
    )
    if (await world.stage.encore.get("/health/live")).status_code != 200:
        tally.wrong(seed, f"{fault.name}: the process does not answer")
    await asyncio.wait(presses, timeout=3.0)  # what waits for a paused database goes on with it
    for one in presses:
        state = one.result() if one.done() else "waits"
        tally.count(f"{fault.name}: pressed meanwhile, {state}")
        if state not in {"503", "waits", "no answer"} and fault.name != "full":
            tally.wrong(seed, f"{fault.name}: a press meanwhile was answered {state}")
    return later


async def _health(world: Outside) -> str:
    with suppress(httpx.TransportError):
        answer = await world.stage.encore.get("/health/ready", timeout=10)
        return str(answer.json().get("because", "")) if answer.status_code == 503 else ""
    return "no answer"


async def _back(tally: Tally, seed: int, world: Outside, fault: Breakable) -> None:
    until = time.monotonic() + BACK_WITHIN_S
    while (said := await _health(world)) != "":
        if time.monotonic() > until:
            tally.wrong(seed, f"{fault.name}: {BACK_WITHIN_S} s after it was mended health says {said!r}")
            return
        await asyncio.sleep(0.1)


async def _rest(tally: Tally, seed: int, world: Outside, fault: Breakable, customers: set[str]) -> None:
    """What Dodo knows is known to us, every webhook was told and applied; the clock goes on where the watch waits."""
    if said := await unrest(world, known_there(world, customers), within_s=90):
        tally.wrong(seed, f"{fault.name}: {said}")


async def _in_the_end(tally: Tally, seed: int, world: Outside, fault: Breakable, one: Someone) -> None:
    """What Dodo took is paid on the page; what is open can be bought, once."""
    card = await (await world.card(one.bought)).settled()
    if (card.state == "paid") != bool(taken(world, {one.customer})):
        tally.wrong(seed, f"{fault.name}: {len(taken(world, {one.customer}))} payments, the page says {card.state}")
    for _ in range(5):
        if card.state != "open":
            break
        tally.count("pressed again afterwards")
        card = await (await card.press("accept")).settled()
    if card.state != "paid" or len(taken(world, {one.customer})) != 1:
        tally.wrong(seed, f"{fault.name}: {len(taken(world, {one.customer}))} payments, in the end {card.state}")


async def _told(tally: Tally, seed: int, fault: Breakable, later: list[Someone]) -> None:
    """Every purchase that happened meanwhile is known in the end."""
    known = {row["payment_id"] for row in await rows("SELECT payment_id FROM purchase")}
    tally.count("purchases meanwhile", len(later))
    for one in later:
        if one.bought["payment_id"] not in known:
            tally.wrong(seed, f"{fault.name}: a purchase meanwhile is not known")


async def _until(holds: Callable[[], bool]) -> None:
    until = time.monotonic() + 30
    while not holds():
        if time.monotonic() > until:
            raise TimeoutError("presses that never reach Dodo")
        await asyncio.sleep(0.01)


async def _each(things: list[Someone], work: Callable[[Someone], Awaitable[None]]) -> None:
    for thing in things:
        await work(thing)

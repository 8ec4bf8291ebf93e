"""A backup is restored after later charges: nobody is charged again, and every charge the books forgot is found."""

import asyncio
import random
import shutil
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from tests.campaign import ground
from tests.campaign.figure import Figure, Tally, measuring, scaled
from tests.campaign.lives.judge import taken
from tests.campaign.lives.world import Outside, outside
from widget.sandbox.things import Fault
from widget.storage.database import open_database, rows

GOAL = "a backup restored after 1,000 later charges (push: 6): 0 second charges, every orphan found within 5 minutes, one click closed until then"
ENGINES = ("sqlite", "postgres")

WITHIN_S = 300.0
QUOTE_OVER_MS = 31 * 60_000  # longer than a quote lives, shorter than an offer


def run(size: str, seed: int, engine: str) -> Figure:
    with measuring("G-23", GOAL, size, seed, engine) as tally, ground.database(engine) as url:
        tally.databases = ground.version(url)
        asyncio.run(_drill(tally, seed, url, scaled(size, push=6, minutes=100, night=1_000)))
    return tally.figure()


async def _drill(tally: Tally, seed: int, url: str, number: int) -> None:
    chance, people = random.Random(seed), list[tuple[str, dict[str, Any], Any]]()
    async with outside(url) as world:
        await world.begin()
        await _each(range(number), lambda _: _arrive(world, people))
        late = chance.sample(people, k=max(number // 5, 1))
        await world.end()
        await _back_up(url)
        before_ms = world.dial.offset_ms
        await world.begin()
        await _each(people, lambda one: _buy(tally, seed, one[2]) if one not in late else _nothing())
        # The rest buy by a quote that was made after the backup, on a card that was made before it.
        await world.begin(offset_ms=before_ms + QUOTE_OVER_MS)
        await _each(late, lambda one: _buy_late(tally, seed, world, one))
        await world.end()
        await _restore(url)
        tally.count("charges forgotten", len(taken(world, {who for who, _, _ in people})))
        await _closed(tally, seed, world, people, before_ms + QUOTE_OVER_MS)
        await _found(tally, seed, world, people)


async def _arrive(world: Outside, people: list[tuple[str, dict[str, Any], Any]]) -> None:
    who = world.person()
    bought = await world.stage.purchase(who)
    people.append((who, bought, await world.card(bought)))


async def _buy(tally: Tally, seed: int, card: Any) -> None:
    after = await (await card.press("accept")).settled()
    if after.state != "paid":
        tally.wrong(seed, f"a first press ended {after.state}")


async def _buy_late(tally: Tally, seed: int, world: Outside, one: Any) -> None:
    card = await world.card(one[1])
    for _ in range(3):
        card = await (await card.press("accept")).settled()
        if card.state != "open":
            break
    tally.count("bought by a quote of later")
    if card.state != "paid":
        tally.wrong(seed, f"a late press ended {card.state}")


async def _nothing() -> None:
    return None


async def _closed(tally: Tally, seed: int, world: Outside, people: list[Any], clock_ms: int) -> None:
    """While Dodo's list cannot be read, no press of the old pages charges anybody."""
    customers = {who for who, _, _ in people}
    before = len(taken(world, customers))
    world.sandbox.faults.append(Fault("GET", "/payments", "status", status=503, times=10**6))
    await world.begin(offset_ms=clock_ms)
    for _, bought, _ in people[:4]:
        after = await (await world.card(bought)).press("accept")
        tally.count("presses while closed")
        if after.state not in {"open", "working"}:
            tally.wrong(seed, f"a press on books that were not compared ended {after.state}")
    if len(taken(world, customers)) != before:
        tally.wrong(seed, "somebody was charged from books that were not compared")


async def _found(tally: Tally, seed: int, world: Outside, people: list[Any]) -> None:
    customers = {who for who, _, _ in people}
    world.sandbox.faults.clear()
    began = time.monotonic()
    async with open_database(world.database_url):
        while await _forgotten(world, customers):
            if time.monotonic() - began > WITHIN_S:
                tally.wrong(seed, f"{len(await _forgotten(world, customers))} charges were not found in five minutes")
                return
            await asyncio.sleep(0.1)
        tally.facts["seconds until all were found"] = round(time.monotonic() - began, 1)
        told = await rows("SELECT COUNT(*) AS many FROM attention WHERE name = 'orphan_payment'")
        if int(told[0]["many"]) != len(taken(world, customers)):
            tally.wrong(seed, f"{told[0]['many']} alarms for {len(taken(world, customers))} forgotten charges")
        tally.count("orphans found", int(told[0]["many"]))
    await _each(people, lambda one: _again(tally, seed, world, one))
    for who, times in Counter(entry.customer_id for entry in taken(world, customers)).items():
        if times > 1:
            tally.wrong(seed, f"{who} paid {times} times")


async def _again(tally: Tally, seed: int, world: Outside, one: Any) -> None:
    """The old page's button, and the page opened anew."""
    _, bought, card = one
    await (await card.press("accept")).settled()
    fresh = await (await world.card(bought)).settled()
    tally.count(f"page says {fresh.state}")
    if fresh.state != "paid":
        tally.wrong(seed, f"who paid before the restore sees {fresh.state}")


async def _forgotten(world: Outside, customers: set[str]) -> set[str]:
    known = {row["payment_id"] for row in await rows("SELECT payment_id FROM charge WHERE fate = 'taken'")}
    return {entry.payment_id for entry in taken(world, customers)} - known


async def _each(things: Any, work: Callable[[Any], Awaitable[None]]) -> None:
    places = asyncio.Semaphore(6)

    async def one(thing: Any) -> None:
        async with places:
            await work(thing)

    await asyncio.gather(*map(one, things))


async def _back_up(url: str) -> None:
    if url.startswith("sqlite"):
        for file in _files(url):
            shutil.copy2(file, f"{file}.backup")
        return
    name, server = _parts(url)
    await ground._admin(server, f"CREATE DATABASE {name}_backup TEMPLATE {name}")


async def _restore(url: str) -> None:
    if url.startswith("sqlite"):
        for file in _files(url):
            file.unlink()
        for kept in Path(url.removeprefix("sqlite:///")).parent.glob("*.backup"):
            kept.rename(str(kept).removesuffix(".backup"))
        return
    name, server = _parts(url)
    await ground._admin(server, f"DROP DATABASE {name} WITH (FORCE)", f"ALTER DATABASE {name}_backup RENAME TO {name}")


def _files(url: str) -> list[Path]:
    path = Path(url.removeprefix("sqlite:///"))
    return [file for file in (path, Path(f"{path}-wal"), Path(f"{path}-shm")) if file.exists()]


def _parts(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.path[1:], urlunsplit(parts._replace(path="/postgres"))

"""SIGKILL every 20 to 80 ms under webhooks: what was acknowledged is on disk and has its effect once."""

import asyncio
import json
import random
import sqlite3
import time
from collections import Counter
from contextlib import suppress
from typing import Any

import httpx
from msgspec import Struct

from tests.campaign import ground
from tests.campaign.figure import Figure, Tally, measuring, scaled
from tests.campaign.lives.world import Outside, outside
from tests.stage import WEBHOOK_SECRET
from widget.sandbox.webhooks_out import sign
from widget.storage.database import open_database, rows

GOAL = "kill -9 every 20 to 80 ms of serving for 10 minutes and at least 10,000 kills (push: 2 s and 12 kills): 0 acknowledged webhooks lost, 0 effects doubled, the database whole"
ENGINES = ("sqlite", "postgres")

CALLERS = 8
PURCHASES_A_SECOND = 5  # each is told by many events: two kinds of twice
LEASE_OVER_MS = 100_000  # what a killed life had begun is free for the last one
STANDS_STILL_S = 60.0  # no event was applied for so long
TWICE = 0.2  # of the events are told again although they were acknowledged


class Told(Struct):
    """What the callers know: the ids that were answered 2xx, and how often each payment was told."""

    acknowledged: dict[str, str]  # webhook id → payment id
    attempts: int = 0


def run(size: str, seed: int, engine: str) -> Figure:
    seconds, kills = scaled(size, push=2, minutes=60, night=600), scaled(size, push=12, minutes=500, night=10_000)
    with measuring("G-05", GOAL, size, seed, engine) as tally, ground.database(engine) as url:
        if size == "push":
            tally.note = "push kills for 2 s, not 20: the whole suite has ten minutes"
        tally.databases = ground.version(url)
        asyncio.run(_loop(tally, seed, url, seconds, kills))
    return tally.figure()


async def _loop(tally: Tally, seed: int, url: str, seconds: float, kills: int) -> None:
    """For so long, and on a machine that is too busy for so many kills until there were as many."""
    chance, told = random.Random(seed), Told({})
    async with outside(url) as world:
        world.sandbox.use_webhooks(None, None)  # the callers here are ours: they remember what was answered
        await world.begin()
        await world.stage.encore.get("/health/ready")
        pool = [await _purchase(world) for _ in range(round(seconds * PURCHASES_A_SECOND))]
        over = asyncio.Event()
        callers = [asyncio.create_task(_call(world, told, pool, random.Random(seed + n), over)) for n in range(CALLERS)]
        began = time.monotonic()
        while time.monotonic() - began < seconds or tally.counts["kills"] < kills:
            await _one_life(tally, world, chance)
        over.set()
        await world.begin(offset_ms=LEASE_OVER_MS)
        await asyncio.gather(*callers)
        tally.count("acknowledged", len(told.acknowledged))
        tally.count("attempts", told.attempts)
        async with open_database(url):
            await _applied(tally, seed, told)
            await _once(tally, seed, world, told)
        await world.end()
        _whole(tally, seed, url)


async def _one_life(tally: Tally, world: Outside, chance: random.Random) -> None:
    """Its time begins when it answers, so that a slow machine does not kill only lives that never served."""
    life = await world.begin()
    with suppress(httpx.TransportError):
        await world.stage.encore.get("/health/live")
    await asyncio.sleep(chance.uniform(0.020, 0.080))
    life.kill()
    await life.ended(within_s=10)
    tally.count("kills")


async def _purchase(world: Outside) -> str:
    """Somebody bought something at Dodo, and nobody has told us yet."""
    bought = await world.stage.purchase(world.person(), webhook=False)
    return str(bought["payment_id"])


async def _call(world: Outside, told: Told, pool: list[str], chance: random.Random, over: asyncio.Event) -> None:
    """A delivery like Dodo's: the same id again and again until it is answered 2xx."""
    limits = httpx.Limits(max_keepalive_connections=0)
    base = str(world.stage.encore.base_url)
    async with httpx.AsyncClient(base_url=base, timeout=15, trust_env=False, limits=limits) as client:
        while not over.is_set():
            payment = chance.choice(pool)
            id_ = world.sandbox.new_id("msg")
            body = _body(world, payment)
            for _ in range(2 if chance.random() < TWICE else 1):
                for _ in range(100_000):
                    if await _told(client, id_, body, told):
                        break
                    await asyncio.sleep(0.005)
            told.acknowledged[id_] = payment


async def _told(client: httpx.AsyncClient, id_: str, body: bytes, told: Told) -> bool:
    told.attempts += 1
    try:
        answer = await client.post("/webhooks/dodo", content=body, headers=sign(id_, body, WEBHOOK_SECRET))
    except httpx.TransportError:
        return False
    return answer.status_code == 200


def _body(world: Outside, payment: str) -> bytes:
    told = {
        "type": "payment.succeeded",
        "business_id": "bus_EncoreSandbox",
        "timestamp": world.sandbox.now().isoformat(),
        "data": {"payload_type": "Payment", "payment_id": payment},
    }
    return json.dumps(told).encode()


async def _applied(tally: Tally, seed: int, told: Told) -> None:
    """Every acknowledged event is kept, and is applied by whoever lives now, for as long as that goes on."""
    waiting: set[str] = set(told.acknowledged)
    moved = time.monotonic()
    while time.monotonic() - moved < STANDS_STILL_S:
        done = {row["id"] for row in await rows("SELECT id FROM kept_event WHERE state IN ('applied', 'ignored')")}
        if waiting & done:
            moved = time.monotonic()
        waiting -= done
        if not waiting:
            return
        await asyncio.sleep(0.1)
    found = await rows(
        "SELECT e.id, e.state, j.tries, j.failures, j.error, j.run_at, j.lease_until, j.parked_at FROM kept_event e "
        "LEFT JOIN job j ON j.id = 'apply:' || e.id"
    )
    kept = {row.pop("id"): dict(row) for row in found}
    for id_ in list(waiting)[:20]:
        tally.wrong(seed, f"{id_} was acknowledged and is {kept.get(id_, 'lost')}")


async def _once(tally: Tally, seed: int, world: Outside, told: Told) -> None:
    """One occasion and one purchase for each payment that was told, however often."""
    payments = set(told.acknowledged.values())
    tally.count("payments told", len(payments))
    for table, what in (("occasion", "occasions"), ("purchase", "purchases")):
        many = Counter(row["payment_id"] for row in await rows(f"SELECT payment_id FROM {table}"))
        for payment in payments:
            if many[payment] != 1:
                tally.wrong(seed, f"{payment} has {many[payment]} {what}")


def _whole(tally: Tally, seed: int, url: str) -> None:
    if not url.startswith("sqlite"):
        return
    connection = sqlite3.connect(url.removeprefix("sqlite:///"))
    said: list[Any] = connection.execute("PRAGMA integrity_check").fetchall()
    connection.close()
    tally.count("integrity checks")
    if said != [("ok",)]:
        tally.wrong(seed, f"integrity check: {said}")

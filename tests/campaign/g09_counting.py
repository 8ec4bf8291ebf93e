"""The k-th call of storage, of the wire or of the clock fails, for k = 1, 2, 3 … until a press passes untouched."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from typing import Any

import httpx

from tests.campaign import ground
from tests.campaign.figure import Figure, Tally, measuring, scaled
from tests.stage import Card, House, Stage, settings_for, staged
from widget.app import create_app
from widget.sandbox.cast import ARRIVED_AT, US
from widget.sandbox.things import Card as SandboxCard
from widget.sandbox.things import Customer, Method
from widget.sandbox.world import World
from widget.storage.away import Away
from widget.storage.database import current, rows
from widget.storage.postgres import PooledEngine
from widget.storage.sqlite import EmbeddedEngine

GOAL = "whichever call of storage, wire or clock fails while a press is handled, once or from then on: at most one charge, the books right after the next reading"
ENGINES = ("sqlite", "postgres")
KINDS = ("storage", "wire", "clock")
NEVER = 10**9
HOUR_MS = 3_600_000
MOST = 400


class Counter:
    """Counts the calls of one kind and fails at one of them: once, or from then on."""

    def __init__(self) -> None:
        self.kind, self.at, self.lasting, self.seen, self.armed = "", NEVER, False, 0, False

    def arm(self, kind: str, at: int, *, lasting: bool) -> None:
        self.kind, self.at, self.lasting, self.seen, self.armed = kind, at, lasting, 0, True

    def disarm(self) -> bool:
        """Whether the wanted call was made at all."""
        self.armed = False
        return self.seen >= self.at

    def fails(self, kind: str) -> bool:
        if not self.armed or kind != self.kind:
            return False
        self.seen += 1
        return self.seen == self.at or (self.lasting and self.seen > self.at)


COUNTER = Counter()


class Counting:
    """An engine whose statements, beginnings and ends of units of work are counted."""

    __slots__ = ()

    async def run_querystring(self, querystring: Any, in_pool: bool = True) -> Any:
        if COUNTER.fails("storage"):
            raise Away("planned")
        return await super().run_querystring(querystring, in_pool)  # type: ignore[misc]

    @asynccontextmanager
    async def transaction(self, *_: Any, **__: Any) -> AsyncIterator[None]:
        if COUNTER.fails("storage"):
            raise Away("planned: begin")
        async with super().transaction():  # type: ignore[misc]
            yield
            if COUNTER.fails("storage"):
                raise Away("planned: commit")
        if COUNTER.fails("storage"):
            raise Away("planned: it was committed, the answer is lost")


class CountingEmbedded(Counting, EmbeddedEngine):
    __slots__ = ()


class CountingPooled(Counting, PooledEngine):
    __slots__ = ()


class Wire(httpx.AsyncBaseTransport):
    """The way to the pretend Dodo: a call that fails was executed or not, by turns."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self._inner, self._turn = inner, 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if not COUNTER.fails("wire"):
            return await self._inner.handle_async_request(request)
        self._turn += 1
        if self._turn % 3 == 0:
            raise httpx.ConnectError("planned", request=request)
        if self._turn % 3 == 1:
            await (await self._inner.handle_async_request(request)).aread()
        raise httpx.ReadError("planned", request=request)


def clock() -> int:
    """An hour ahead where it fails."""
    return time.time_ns() // 1_000_000 + (HOUR_MS if COUNTER.fails("clock") else 0)


def run(size: str, seed: int, engine: str) -> Figure:
    step = scaled(size, push=9, minutes=1, night=1)
    with measuring("G-09", GOAL, size, seed, engine) as tally, ground.database(engine) as url:
        if size == "push":
            tally.note = "push fails every ninth call, beginning with another each seed; plan changes, webhooks and spawned tasks are not counted yet"
        tally.databases = ground.version(url)
        asyncio.run(_all(tally, seed, url, step))
    return tally.figure()


async def _all(tally: Tally, seed: int, url: str, step: int) -> None:
    settings = settings_for(url)
    built = House(settings)
    built.encore = create_app(settings, transport=Wire(built.to_sandbox), now=lambda: clock() + built.ahead_ms)
    built.ahead_ms = 0
    async with staged(settings, built) as stage:
        engine = current()
        engine.__class__ = CountingEmbedded if isinstance(engine, EmbeddedEngine) else CountingPooled
        for kind in KINDS:
            for lasting in (False, True):
                await _count(tally, seed, stage, built, kind, lasting=lasting, step=step)


async def _count(tally: Tally, seed: int, stage: Stage, built: Any, kind: str, *, lasting: bool, step: int) -> None:
    for at in range(1 + seed % step, MOST, step):
        who = _person(built.world, f"{kind}_{int(lasting)}_{at}")
        bought = await stage.purchase(who)
        card = await stage.open(bought, at=int(time.time() + built.ahead_ms / 1000))
        COUNTER.arm(kind, at, lasting=lasting)
        with suppress(Away, httpx.HTTPError):
            await card.press("accept")
        reached = COUNTER.disarm()
        tally.count(f"{kind} calls failed", int(reached))
        await _judge(
            tally, f"{kind} call {at}{' and all after it' if lasting else ''}", seed, stage, built, who, bought
        )
        if not reached:
            tally.count("clean passes")
            return
    tally.wrong(seed, f"{kind}: no clean pass within {MOST} calls")


def _person(world: World, name: str) -> str:
    id_ = f"cus_{name}"
    world.customers[id_] = Customer(id_, f"{id_}@example.com", "Nadia", ARRIVED_AT, US)
    card = SandboxCard("4242424242424242", "visa", "06", "2032", "Nadia")
    world.methods[f"pm_{name}"] = Method(f"pm_{name}", id_, "card", "credit", card, True, ARRIVED_AT)
    return id_


async def _judge(
    tally: Tally, what: str, seed: int, stage: Stage, built: Any, who: str, bought: dict[str, Any]
) -> None:
    """After the next reading the books say what Dodo says; pressing what is open then sells it once."""
    await _later(built, 31_000)
    paid = await _paid(stage, who)
    for _ in range(200):
        fate = await _fate(who)
        if (fate == "taken") == bool(paid) and fate != "sending":
            break
        await stage.control("settings", {})
        await asyncio.sleep(0.05)
        paid = await _paid(stage, who)
    else:
        tally.wrong(seed, f"{what}: {paid} payments at Dodo, the books say {fate}")
    card: Card = await stage.open(bought, at=int(time.time() + built.ahead_ms / 1000))
    for _ in range(3):
        if card.state != "open":
            break
        card = await (await card.press("accept")).settled()
    paid = await _paid(stage, who)
    if paid > 1 or (paid == 1) != (card.state == "paid"):
        tally.wrong(seed, f"{what}: {paid} payments at Dodo, the page says {card.state}")
    tally.count(f"ended {card.state}")


async def _later(built: Any, ms: int) -> None:
    built.ahead_ms += ms
    built.world.offset += timedelta(milliseconds=ms)


async def _paid(stage: Stage, who: str) -> int:
    return len([row for row in await stage.ours() if row["customer_id"] == who])


async def _fate(who: str) -> str | None:
    found = await rows("SELECT fate FROM charge WHERE customer_id = {}", who)
    return found[0]["fate"] if found else None

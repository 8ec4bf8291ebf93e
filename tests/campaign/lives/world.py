"""Mara's world outside the process that is killed: the pretend Dodo with its ledger, the shoppers, and the nursery."""

import asyncio
import json
import os
import select
import signal
import socket
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx

from tests.campaign.lives.dial import Dial
from tests.campaign.lives.serve import listen
from tests.campaign.lives.toxics import Proxy, Toxic
from tests.plans import FAMILY
from tests.stage import API_KEY, OFFERS, SHOP, SIGNING_KEY, WEBHOOK_SECRET, Alive, Stage
from widget.core.offers_file import read
from widget.sandbox.cast import ARRIVED_AT, US
from widget.sandbox.server import create_app as create_sandbox
from widget.sandbox.things import Card, Customer, Method
from widget.sandbox.world import Probe, World
from widget.settings import load
from widget.storage import offers
from widget.storage.database import open_database

ROOT = Path(__file__).parents[3]


class Life:
    """A process of ours, while it lives."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        with suppress(ProcessLookupError):
            self._handle = os.pidfd_open(pid)

    @property
    def over(self) -> bool:
        handle = getattr(self, "_handle", None)
        if handle is None:
            return True
        ended = select.poll()  # select() knows no handle above 1,023, and a night has many open
        ended.register(handle, select.POLLIN)
        return bool(ended.poll(0))

    def kill(self, number: int = signal.SIGKILL) -> None:
        with suppress(ProcessLookupError):
            os.kill(self.pid, number)

    async def ended(self, *, within_s: float) -> bool:
        """Whether it has ended by then."""
        until = time.monotonic() + within_s
        while not self.over:
            if time.monotonic() > until:
                return False
            await asyncio.sleep(0.002)
        return True

    def forget(self) -> None:
        if (handle := getattr(self, "_handle", None)) is not None:
            os.close(handle)
            del self._handle


class Killer(Probe):
    """Ends the life at a crash point that only the provider can know."""

    def __init__(self, world: "Outside", point: str) -> None:
        self._world, self._point = world, point

    def at(self, name: str) -> None:
        if name == self._point and self._world.life is not None:
            self._world.dial.struck = True
            self._world.life.kill()
            self._world.sandbox.probe = Probe()


class Outside:
    """Everything that survives a life."""

    def __init__(self, database_url: str, sandbox: World, stage: Stage, dial: Dial, folder: Path, errors: Any) -> None:
        self.database_url, self.sandbox, self.stage, self.dial = database_url, sandbox, stage, dial
        self.folder, self.errors = folder, errors  # a place for files; an open file for what lives say
        self.nursery: Any = None
        self.life: Life | None = None
        self.wire: Callable[[], Toxic | None] | None = None  # what is wrong with the next connection to Dodo
        self.proxy: Proxy | None = None
        self.told: list[dict[str, Any]] = []  # what the merchant's server heard, in order
        self.judged: set[str] = set()  # events that were looked at already
        self._people = 0

    async def begin(self, *, point: str = "", hit: int = 1, offset_ms: int | None = None, migrate: str = "") -> Life:
        """A new life; the one before is killed."""
        await self.end()
        self.set_clock(offset_ms)
        self.dial.struck = False
        wanted = {"point": point, "hit": hit, "migrate": migrate}
        self.nursery.stdin.write(json.dumps(wanted).encode() + b"\n")
        await self.nursery.stdin.drain()
        said = await self.nursery.stdout.readline()
        if not said:
            raise RuntimeError(f"the nursery ended: {self.said()}")
        self.life = Life(int(said))
        return self.life

    def set_clock(self, offset_ms: int | None) -> None:
        """So far before the real clock, for us and for Dodo; None leaves it."""
        if offset_ms is not None:
            self.dial.offset_ms = offset_ms
            self.sandbox.offset = timedelta(milliseconds=offset_ms)

    def kill_at(self, point: str) -> None:
        """The next time the pretend Dodo passes this point, the life that called it ends."""
        self.sandbox.probe = Killer(self, point)

    async def card(self, payment: dict[str, Any]) -> Any:
        """The card of a purchase as its buyer sees it now, once it is prepared."""
        return await self.stage.open(payment, at=int(time.time() + self.dial.offset_ms / 1000))

    async def end(self) -> None:
        """Kill what lives."""
        if self.life is not None:
            self.life.kill()
            if not await self.life.ended(within_s=10):
                raise RuntimeError("a process that SIGKILL does not end")
            self.life.forget()
            self.life = None

    def said(self) -> str:
        """What the lives said on standard error, its end."""
        return (self.folder / "errors").read_text(errors="replace")[-3000:]

    def person(self, kind: str = "nadia") -> str:
        """Somebody new with a saved card like that of one of the cast."""
        self._people += 1
        of = f"cus_{kind}"
        id_ = f"{of}_{self._people}"
        self.sandbox.customers[id_] = Customer(id_, f"{id_}@example.com", kind.title(), ARRIVED_AT, US)
        for method in [m for m in self.sandbox.methods.values() if m.customer_id == of]:
            card = method.card or Card("4242424242424242", "visa", "06", "2032", kind)
            own = f"pm_{id_}_visa"
            self.sandbox.methods[own] = Method(own, id_, "card", "credit", card, True, ARRIVED_AT)
        return id_

    def repeat_webhooks(self) -> None:
        """What Dodo's schedule would bring later is due now."""
        for event in self.sandbox.events:
            if event.outcome == "waiting":
                event.due = self.sandbox.now() - timedelta(seconds=1)


@asynccontextmanager
async def outside(database_url: str, *, patience_s: float = 20.0, proxied: bool = False) -> AsyncIterator[Outside]:
    """The world around the lives of one database, with the demo's offers and a plan family in force.

    `proxied`: our calls to Dodo go through a proxy that spoils connections as `wire` says.
    """
    with socket.create_server(("127.0.0.1", 0), backlog=1024) as here:
        async with surroundings(database_url, address(here), proxied=proxied) as (world, environment):
            nursery = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "tests.campaign.lives.nursery", str(here.fileno()), str(world.folder / "dial"),
                env={**os.environ, **environment, "CAMPAIGN_PATIENCE_S": str(patience_s)}, cwd=ROOT,
                pass_fds=(here.fileno(),), stderr=world.errors,
                stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
            )  # fmt: skip
            world.nursery = nursery
            try:
                if (await nursery.stdout.readline()).strip() != b"ready":
                    raise RuntimeError(world.said())
                yield world
            finally:
                await world.end()
                await world.proxy.stop()
                nursery.stdin.close()
                await nursery.wait()


@asynccontextmanager
async def surroundings(
    database_url: str, encore: str, *, proxied: bool = False
) -> AsyncIterator[tuple[Outside, dict[str, str]]]:
    """Everything but Encore itself, which is to listen at `encore`; and the environment it needs."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="encore-lives-")))
        there, between, shop = (socket.create_server(("127.0.0.1", 0), backlog=1024) for _ in range(3))
        dodo, wire, events = (address(sock) for sock in (there, between, shop))
        sandbox = World(base_url=dodo)
        app = create_sandbox(sandbox)
        await stack.enter_async_context(Alive(app))
        stack.callback((await listen(app, there)).close)
        environment = _environment(database_url, encore, wire if proxied else dodo, events)
        await _in_force(database_url)
        sandbox.use_webhooks(f"{encore}/webhooks/dodo", WEBHOOK_SECRET)
        sandbox.settings.final_after = 0.0
        # A connection that is kept would be one to the life before.
        alone = httpx.Limits(max_keepalive_connections=0)
        client = await stack.enter_async_context(
            httpx.AsyncClient(base_url=encore, timeout=60, trust_env=False, limits=alone)
        )
        control = await stack.enter_async_context(httpx.AsyncClient(base_url=dodo, timeout=60, trust_env=False))
        dial = Dial(folder / "dial")
        stack.callback(dial.close)
        errors = stack.enter_context((folder / "errors").open("wb"))
        world = Outside(database_url, sandbox, Stage(load(environment), client, control), dial, folder, errors)
        world.proxy = Proxy(there.getsockname()[1], lambda: world.wire() if world.wire else None)
        stack.callback((await world.proxy.start(between)).close)
        stack.callback((await listen(_merchant(world), shop)).close)
        yield world, environment


def address(sock: socket.socket) -> str:
    """Where it listens, as a URL."""
    return f"http://127.0.0.1:{sock.getsockname()[1]}"


def _merchant(world: Outside) -> Any:
    """Mara's server: it hears of everything and says yes."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message.get("body", b""), message.get("more_body", False)
        world.told.append(json.loads(body))
        await send({"type": "http.response.start", "status": 204, "headers": [(b"content-length", b"0")]})
        await send({"type": "http.response.body", "body": b""})

    return app


def _environment(database_url: str, encore: str, dodo: str, events: str) -> dict[str, str]:
    return {
        "ENCORE_EVENTS_URL": f"{events}/encore",
        "ENCORE_EVENTS_SECRET": "whsec_Zm9yLW1hcmFzLXNlcnZlci1hbG9uZS1hbmQtbm90LWZvci1kb2Rv",
        "ENCORE_EVENTS_PRIVATE": "allowed",
        "ENCORE_DATABASE_URL": database_url,
        "ENCORE_PUBLIC_URL": encore,
        "ENCORE_SIGNING_KEYS": SIGNING_KEY,
        "ENCORE_ALLOWED_ORIGINS": SHOP,
        "ENCORE_API_KEYS": API_KEY,
        "DODO_PAYMENTS_API_KEY": "sandbox",
        "DODO_PAYMENTS_WEBHOOK_KEY": WEBHOOK_SECRET,
        "DODO_PAYMENTS_BASE_URL": dodo,
    }


async def _in_force(database_url: str) -> None:
    text = OFFERS + FAMILY.format(family="", more="") if "[[plan_family]]" not in OFFERS else OFFERS
    async with open_database(database_url):
        await offers.apply(text, read(text), by="mara", at=int(time.time() * 1000))

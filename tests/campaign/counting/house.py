"""Encore beside the pretend Dodo, with a clock that can be put forward and a worker that can be held back and led by hand."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from standardwebhooks import Webhook

from tests.campaign.counting.faults import COUNTER, Wire, clock, count_storage, spawning
from tests.plans import FAMILY, Panel
from tests.stage import OFFERS, WEBHOOK_SECRET, Card, House, Stage, settings_for, staged
from widget.app import create_app
from widget.core.offers_file import read
from widget.provider.courier import Arrived, NotArrived
from widget.sandbox.cast import ARRIVED_AT, US
from widget.sandbox.things import Card as SandboxCard
from widget.sandbox.things import Customer, Method
from widget.storage import jobs, offers
from widget.storage.away import Away
from widget.storage.database import current, rows
from widget.web import tickets
from widget.worker import Worker

LEASE_MS = 90_000


class Led(Worker):
    """The house's own worker; while it is held back only `step` does jobs, in the task of whoever calls it."""

    held = False

    async def _take(self) -> bool:
        return False if self.held else await super()._take()

    async def step(self, job_id: str, kind: str) -> None:
        for job in await jobs.claim(self._owner, self._now(), 50, LEASE_MS, kinds=(kind,)):
            if job.id != job_id:
                await jobs.again(job.id, self._owner, self._now())
                continue
            try:
                await self._run(job)
            except Away:  # as where it has a task of its own: it gives back its lease as soon as the database is there
                self._lost.append(job.id)
                raise


class Home:
    """What the acts work with."""

    def __init__(self, stage: Stage, built: House, worker: Led) -> None:
        self.stage, self.built, self.worker = stage, built, worker
        self.heard: dict[str, list[str]] = {}  # by the merchant's server: subject → ids of events

    @property
    def now_s(self) -> int:
        return int(time.time() + self.built.ahead_ms / 1000)  # type: ignore[attr-defined]

    def person(self, name: str) -> str:
        """Another Nadia, whose card works."""
        id_, world = f"cus_{name}", self.built.world
        world.customers[id_] = Customer(id_, f"{id_}@example.com", "Nadia", ARRIVED_AT, US)
        card = SandboxCard("4242424242424242", "visa", "06", "2032", "Nadia")
        world.methods[f"pm_{name}"] = Method(f"pm_{name}", id_, "card", "credit", card, True, ARRIVED_AT)
        return id_

    async def card(self, bought: dict[str, Any]) -> Card:
        return await self.stage.open(bought, at=self.now_s)

    async def panel(self, subscription: str, who: str) -> Panel:
        ticket = tickets.mint_plans(
            self.stage.settings.signing_keys, customer_id=who, subscription_id=subscription, now=self.now_s
        )
        return Panel(self.stage, await self.stage.encore.get(f"/embed/plans/{ticket}"))

    def later(self, ms: int) -> None:
        self.built.ahead_ms += ms  # type: ignore[attr-defined]
        self.built.world.offset += timedelta(milliseconds=ms)
        self.worker.nudge()

    def hold(self, *, back: bool) -> None:
        self.worker.held = back
        self.worker.nudge()

    async def until(self, question: Callable[[], Awaitable[bool]]) -> bool:
        for number in range(600):
            if await question():
                return True
            if number % 10 == 9:
                self.worker.nudge()
            await asyncio.sleep(0.01)  # the house works meanwhile; bounded by the range
        return False

    async def paid(self, who: str) -> list[dict[str, Any]]:
        """Succeeded payments with our mark, by Dodo's own ledger."""
        return [row for row in await self.stage.ours() if row["customer_id"] == who]

    async def deliver(self, kind: str, payment: dict[str, Any], *, times: str = "1") -> int:
        """A webhook of Dodo's about the payment; the status of the answer."""
        event_id = f"msg_{payment['payment_id']}_{times}"
        data = {"payload_type": "Payment", "payment_id": payment["payment_id"]}
        body = json.dumps(
            {"business_id": "bus_EncoreSandbox", "type": kind, "timestamp": "2026-01-01T00:00:00Z", "data": data}
        )
        at = datetime.now(UTC).replace(microsecond=0)
        signed = Webhook(WEBHOOK_SECRET).sign(event_id, at, body)
        headers = {"webhook-id": event_id, "webhook-timestamp": str(int(at.timestamp())), "webhook-signature": signed}
        return (await self.stage.encore.post("/webhooks/dodo", content=body, headers=headers)).status_code

    async def courier(self, event_id: str, body: str, at: int) -> Arrived | NotArrived:
        """The merchant's server; on a bad wire it hears nothing, or hears it and its answer is lost."""
        about = json.loads(body)["data"].get("subscription_id", "")
        if COUNTER.fails("wire"):
            if COUNTER.kind == "wire executed":
                self.heard.setdefault(about, []).append(event_id)
            return NotArrived("planned")
        self.heard.setdefault(about, []).append(event_id)
        return Arrived(204)


@asynccontextmanager
async def home(url: str) -> AsyncIterator[Home]:
    """Both alive, with the demo's offers and a plan family in force."""
    settings = settings_for(url)
    built: Any = House(settings)
    built.ahead_ms, here = 0, list[Home]()

    async def courier(event_id: str, body: str, at: int) -> Arrived | NotArrived:
        return await here[0].courier(event_id, body, at) if here else NotArrived("not yet")

    built.encore = create_app(
        settings, transport=Wire(built.to_sandbox), now=lambda: clock() + built.ahead_ms, courier=courier
    )
    asyncio.get_running_loop().set_task_factory(spawning)
    async with staged(settings, built) as stage:
        count_storage(current())
        worker = built.encore.state.desk.nudge.__self__
        worker.__class__ = Led
        here.append(Home(stage, built, worker))
        text = OFFERS + ("" if "plan_family" in OFFERS else FAMILY.format(family="", more=""))
        await offers.apply(text, read(text), by="mara", at=int(time.time() * 1000))
        yield here[0]


async def fates(who: str) -> list[str]:
    return [row["fate"] for row in await rows("SELECT fate FROM charge WHERE customer_id = {} ORDER BY id", who)]

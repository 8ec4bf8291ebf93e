"""Encore and the sandbox in one process, joined by the unmodified SDK and by real signed webhooks."""

import asyncio
import re
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import cache
from html import unescape
from pathlib import Path
from typing import Any

import httpx
import pytest
from litestar import Litestar

from widget.app import create_app
from widget.core.offers_file import read
from widget.sandbox.server import create_app as create_sandbox
from widget.sandbox.world import World
from widget.settings import Settings, load
from widget.storage import offers
from widget.web import tickets

SIGNING_KEY = "a-signing-key-for-tests-of-32-bytes-or-more"
WEBHOOK_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
API_KEY = "merchant-api-key-for-tests"
ENCORE = "http://127.0.0.1:8400"
SANDBOX = "http://127.0.0.1:8401"
SHOP = "http://shop.localhost:8402"
OFFERS = (Path(__file__).parents[1] / "widget/demo/offers.toml").read_text()


class Stage:
    """The merchant Mara's world: her shop's webhooks, tickets and shoppers, and what really moved at the provider."""

    def __init__(
        self,
        settings: Settings,
        encore: httpx.AsyncClient,
        sandbox: httpx.AsyncClient,
        to_sandbox: httpx.AsyncBaseTransport | None = None,
        app: Litestar | None = None,
    ) -> None:
        self.settings = settings
        self.encore = encore
        self.sandbox = sandbox
        self.to_sandbox = to_sandbox
        self.app = app

    async def purchase(self, customer: str = "cus_nadia", product: str = "pdt_course", **more: Any) -> dict[str, Any]:
        """A purchase at the hosted checkout; by default Encore hears of it by webhook."""
        return await self.control("purchases", {"customer_id": customer, "product_id": product, **more})

    async def control(self, what: str, body: dict[str, Any]) -> Any:
        answer = await self.sandbox.post(f"/_sandbox/{what}", json=body)
        assert answer.status_code < 300, answer.text
        return answer.json() if answer.content else None

    async def ledger(self) -> list[dict[str, Any]]:
        return (await self.sandbox.get("/_sandbox/ledger")).json()

    async def ours(self) -> list[dict[str, Any]]:
        """The succeeded payments at the provider that carry Encore's mark."""
        return [
            row for row in await self.ledger() if "encore_charge" in row["metadata"] and row["status"] == "succeeded"
        ]

    async def requests(self, what: str) -> list[dict[str, Any]]:
        """API requests the sandbox received, by "METHOD /path"."""
        method, path = what.split(" ")
        found = (await self.sandbox.get("/_sandbox/requests")).json()
        return [row for row in found if row["method"] == method and row["path"] == path]

    def ticket(self, payment: dict[str, Any], *, customer: str | None = None, at: int | None = None) -> str:
        return tickets.mint_offer(
            self.settings.signing_keys,
            customer_id=customer or payment["customer"]["customer_id"],
            payment_id=payment["payment_id"],
            now=at or int(time.time()),
        )

    async def open(self, payment: dict[str, Any], **more: Any) -> "Card":
        """The card of a purchase, once it is prepared."""
        ticket = self.ticket(payment, **more)
        card = await self.get(ticket)
        return await card.settled(while_in={"preparing"})

    async def get(self, ticket: str) -> "Card":
        return Card(self, await self.encore.get(f"/embed/offer/{ticket}"))

    async def post(self, action: str, fields: dict[str, str], *, htmx: bool = True, **headers: str) -> "Card":
        sent = {"sec-fetch-site": "same-origin"} | ({"hx-request": "true"} if htmx else {}) | headers
        return Card(self, await self.encore.post(f"/upsell/{action}", data=fields, headers=sent))


class Card:
    """What came back, read as a shopper's browser would."""

    def __init__(self, stage: Stage, answer: httpx.Response) -> None:
        self.stage = stage
        self.answer = answer
        self.html = unescape(answer.text)

    @property
    def status(self) -> int:
        return self.answer.status_code

    @property
    def state(self) -> str:
        found = re.search(
            r'id="encore-offer"[^>]*data-state="([a-z]+)"|data-state="([a-z]+)"[^>]*id="encore-offer"', self.html
        )
        assert found, self.html[:2000]
        return found[1] or found[2]

    @property
    def key(self) -> str:
        found = re.search(r'name="key"\s+value="([^"]+)"', self.html)
        assert found, self.html[:2000]
        return found[1]

    @property
    def text(self) -> str:
        without_code = re.sub(r"<(script|style)\b.*?</\1>|<[^>]+>", " ", self.html, flags=re.DOTALL)
        return " ".join(without_code.replace("\u2068", "").replace("\u2069", "").split())

    @property
    def buttons(self) -> list[str]:
        found = re.findall(r"<button\b[^>]*>(.*?)</button>", self.html, flags=re.DOTALL)
        return [" ".join(re.sub(r"<[^>]+>", " ", text).split()) for text in found]

    async def press(self, action: str, *, htmx: bool = True, **fields: str) -> "Card":
        return await self.stage.post(action, {"key": self.key, **fields}, htmx=htmx)

    async def settled(self, *, while_in: set[str] = frozenset({"working", "preparing"})) -> "Card":
        """Ask again, as the card itself does, until it is in another state."""
        card = self
        for number in range(200):
            if card.status != 200 or card.state not in while_in:
                return card
            await asyncio.sleep(0.05)  # the poll of a browser; bounded by the range
            card = await card.press("status", polls=str(number))
        raise AssertionError(f"still {card.state}: {card.text}")


class Alive:
    """An application between its start and its end, both in one task, as a server runs them."""

    def __init__(self, app: Litestar) -> None:
        self._app = app
        self._up, self._down = asyncio.Event(), asyncio.Event()

    async def __aenter__(self) -> None:
        self._task = asyncio.create_task(self._live())
        waiting = asyncio.create_task(self._up.wait())
        await asyncio.wait({self._task, waiting}, return_when=asyncio.FIRST_COMPLETED)
        if self._task.done():
            waiting.cancel()
            self._task.result()

    async def __aexit__(self, *_: object) -> None:
        self._down.set()
        await self._task

    async def _live(self) -> None:
        async with self._app.lifespan():
            self._up.set()
            await self._down.wait()


def settings_for(database_url: str) -> Settings:
    return load(
        {
            "ENCORE_DATABASE_URL": database_url,
            "ENCORE_PUBLIC_URL": ENCORE,
            "ENCORE_SIGNING_KEYS": SIGNING_KEY,
            "ENCORE_ALLOWED_ORIGINS": SHOP,
            "ENCORE_API_KEYS": API_KEY,
            "DODO_PAYMENTS_API_KEY": "sandbox",
            "DODO_PAYMENTS_WEBHOOK_KEY": WEBHOOK_SECRET,
            "DODO_PAYMENTS_BASE_URL": SANDBOX,
        }
    )


class House:
    """Encore and the sandbox, joined but not yet alive."""

    def __init__(self, settings: Settings) -> None:
        self.world = World()
        self.to_encore = httpx.ASGITransport(app=self._encore)
        self.sandbox = create_sandbox(self.world, httpx.AsyncClient(transport=self.to_encore, timeout=15))
        self.to_sandbox = httpx.ASGITransport(app=self.sandbox, raise_app_exceptions=False)
        self.encore = create_app(settings, transport=self.to_sandbox)

    async def _encore(self, scope: Any, receive: Any, send: Any) -> None:
        await self.encore(scope, receive, send)


@cache
def house() -> House:
    """Built once for a process: registering the routes takes longer than most tests. Each test has a life of its own."""
    return House(settings_for("sqlite:///the-database-is-given-to-each-life.db"))


@pytest.fixture
async def stage(database_url: str) -> AsyncIterator[Stage]:
    """Encore on either database, the sandbox beside it, the demo's offers in force."""
    settings, built = settings_for(database_url), house()
    built.encore.state.settings = settings
    vars(built.world).update(vars(World()))
    async with staged(settings, built) as here:
        yield here


@asynccontextmanager
async def staged(settings: Settings, built: House | None = None) -> AsyncIterator[Stage]:
    """The same for whoever needs it longer than a test, or with settings of its own."""
    built = built or House(settings)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(Alive(built.sandbox))
        await stack.enter_async_context(Alive(built.encore))
        await offers.apply(OFFERS, read(OFFERS), by="mara", at=int(time.time() * 1000))
        client = await stack.enter_async_context(
            httpx.AsyncClient(transport=built.to_encore, base_url=ENCORE, timeout=30)
        )
        control = await stack.enter_async_context(
            httpx.AsyncClient(transport=built.to_sandbox, base_url=SANDBOX, timeout=30)
        )
        here = Stage(settings, client, control, built.to_sandbox, built.encore)
        await here.control("webhooks", {"target": f"{ENCORE}/webhooks/dodo", "secret": WEBHOOK_SECRET})
        await here.control("settings", {"final_after": 0.05})
        yield here

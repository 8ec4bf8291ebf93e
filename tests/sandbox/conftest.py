"""The sandbox in process: a fresh world, the unmodified SDK in front of it, and a plain client."""

from __future__ import annotations

import runpy
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest
from dodopayments import AsyncDodoPayments

from widget.sandbox.gate import Gate
from widget.sandbox.server import create_app
from widget.sandbox.world import World

BASE = "http://sandbox.test"
WITNESS = runpy.run_path(str(Path(__file__).parent / "openapi" / "witness.py"))
SECRET = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="


class Inbox:
    """Mara's webhook endpoint: an ASGI application that keeps what it is sent and answers `status`."""

    def __init__(self) -> None:
        self.status = 200
        self.letters: list[tuple[dict[str, str], bytes]] = []

    async def __call__(self, scope, receive, send) -> None:
        body = (await receive())["body"]
        self.letters.append(({k.decode(): v.decode() for k, v in scope["headers"]}, body))
        await send({"type": "http.response.start", "status": self.status, "headers": []})
        await send({"type": "http.response.body", "body": b""})


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
def world() -> World:
    """A world in which payments end at once and webhooks go to Mara."""
    world = World(base_url=BASE, seed=7)
    world.use_webhooks("http://mara.test/webhooks/dodo", SECRET)
    world.settings.final_after = 0.0
    return world


@pytest.fixture
def app(world: World, inbox: Inbox) -> Gate:
    return create_app(world, httpx.AsyncClient(transport=httpx.ASGITransport(inbox)))


@pytest.fixture(scope="session")
def description():
    """Dodo's OpenAPI description, distilled, as amended by the SDK."""
    return WITNESS["Description"]()


@pytest.fixture
def witness(app: Gate, description) -> Iterator[httpx.AsyncBaseTransport]:
    """Stands between client and sandbox; what it has to complain about fails the test, even if nobody asked."""
    witness = WITNESS["Witness"](httpx.ASGITransport(app), description)
    yield witness
    assert witness.complaints == []


@pytest.fixture
async def api(witness: httpx.AsyncBaseTransport) -> AsyncIterator[httpx.AsyncClient]:
    """Plain requests with the key, for what the SDK would not send."""
    headers = {"authorization": "Bearer sandbox"}
    async with httpx.AsyncClient(transport=witness, base_url=BASE, headers=headers) as client:
        yield client


@pytest.fixture
async def http(app: Gate) -> AsyncIterator[httpx.AsyncClient]:
    """For pages and the control surface."""
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=BASE) as client:
        yield client


@pytest.fixture
async def dodo(witness: httpx.AsyncBaseTransport) -> AsyncIterator[AsyncDodoPayments]:
    """The SDK as a merchant uses it, except that it checks every answer against its models.

    A witness holds every request that is taken, and every answer, against Dodo's OpenAPI description.
    """
    async with (
        httpx.AsyncClient(transport=witness, base_url=BASE) as client,
        AsyncDodoPayments(
            bearer_token="sandbox",
            base_url=BASE,
            http_client=client,
            max_retries=0,
            _strict_response_validation=True,
        ) as sdk,
    ):
        yield sdk

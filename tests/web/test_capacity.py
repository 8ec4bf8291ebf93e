"""Above capacity: 503 and a time to come back, at once; webhooks have their own places, whoever watches always sees in."""

import asyncio

import httpx
import pytest
from litestar import Litestar, get, post

from widget.web import errors
from widget.web.capacity import capacity


def crowded(pages: int, webhooks: int) -> tuple[httpx.AsyncClient, asyncio.Event, asyncio.Semaphore]:
    door, inside = asyncio.Event(), asyncio.Semaphore(0)

    async def wait() -> dict[str, str]:
        inside.release()
        await door.wait()
        return {"status": "served"}

    @get("/embed/offer/x")
    async def page() -> dict[str, str]:
        return await wait()

    @get("/api/v1/x")
    async def api() -> dict[str, str]:
        return await wait()

    @post("/webhooks/dodo", status_code=200)
    async def webhook() -> dict[str, str]:
        return await wait()

    @get("/health/live")
    async def live() -> dict[str, str]:
        return {"status": "live"}

    app = Litestar(
        [page, api, webhook, live], middleware=[capacity(pages, webhooks)], exception_handlers=errors.handlers,
        openapi_config=None, logging_config=None,
    )  # fmt: skip
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://e"), door, inside


@pytest.mark.parametrize("path", ["/embed/offer/x", "/api/v1/x"])
async def test_what_finds_no_place_is_refused_at_once_with_a_time_to_come_back(path):
    client, door, inside = crowded(pages=3, webhooks=2)
    async with client:
        served = [asyncio.create_task(client.get("/embed/offer/x")) for _ in range(3)]
        for _ in served:
            await inside.acquire()
        refused = [await client.get(path) for _ in range(20)]
        assert {one.status_code for one in refused} == {503}
        assert {one.headers["retry-after"] for one in refused} == {"30"}
        assert (await client.get("/health/live")).status_code == 200
        news = asyncio.create_task(client.post("/webhooks/dodo"))
        await inside.acquire()  # a webhook still finds its place
        door.set()
        assert {(await one).status_code for one in [*served, news]} == {200}
        assert (await client.get(path)).status_code == 200  # the places are free again


async def test_webhooks_beyond_their_places_are_told_to_come_again_and_pages_go_on():
    client, door, inside = crowded(pages=3, webhooks=2)
    async with client:
        held = [asyncio.create_task(client.post("/webhooks/dodo")) for _ in range(2)]
        for _ in held:
            await inside.acquire()
        assert (await client.post("/webhooks/dodo")).status_code == 503
        page = asyncio.create_task(client.get("/embed/offer/x"))
        await inside.acquire()
        door.set()
        assert {(await one).status_code for one in [*held, page]} == {200}

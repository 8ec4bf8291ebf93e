"""The figures we promise, as ratios measured in one run: `python bench/figures.py [--seconds 3]`.

Everything runs in this one process against the sandbox, so the machine's speed cancels out of the ratios;
absolute times only give the order of size.
"""

import argparse
import asyncio
import json
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from itertools import cycle
from pathlib import Path

import httpx
from litestar import Litestar, Response, get
from litestar.enums import MediaType
from standardwebhooks import Webhook

from tests.stage import ENCORE, OFFERS, SANDBOX, SHOP, WEBHOOK_SECRET, Alive, Stage, settings_for
from widget.app import create_app
from widget.core.offers_file import read
from widget.sandbox.server import create_app as create_sandbox
from widget.storage import database as storage
from widget.storage import offers
from widget.upsell.examples import examples
from widget.web.render import render


@get("/bare")
async def bare() -> Response[str]:
    """The yardstick: the same template and one indexed read through the same engine, nothing else."""
    await storage.rows("SELECT id, state FROM occasion WHERE placement = {} AND payment_id = {}", "post_purchase", "x")
    text = render("embed.html", card=examples_open, parent_origin=SHOP, theme="")
    return Response(text, media_type=MediaType.HTML)


examples_open = examples()["open"]


async def asgi_get(app: Litestar, path: str) -> int:
    """One GET without a client in between: parsing a long address in a client is not the server's work."""
    scope = {
        "type": "http", "http_version": "1.1", "method": "GET", "path": path, "raw_path": path.encode(), "query_string": b"", "root_path": "",
        "scheme": "http", "headers": [(b"host", b"127.0.0.1:8400"), (b"referer", f"{SHOP}/".encode())], "client": ("127.0.0.1", 5),
        "server": ("127.0.0.1", 8400), "extensions": {},
    }  # fmt: skip
    status = 0

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, object]) -> None:
        nonlocal status
        status = int(str(message.get("status", status)))

    await app(scope, receive, send)  # type: ignore[arg-type]
    assert status == 200, status
    return status


async def rate(call: Callable[[], Awaitable[object]], seconds: float) -> float:
    """Calls a second, one after another."""
    for _ in range(20):
        await call()
    done, end = 0, time.perf_counter() + seconds
    while time.perf_counter() < end:
        await call()
        done += 1
    return done / seconds


async def median_ms(call: Callable[[], Awaitable[object]], times: int) -> float:
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        await call()
        taken.append((time.perf_counter() - start) * 1000)
    return statistics.median(taken)


class Counting:
    """Counts statements on their way to the engine."""

    def __init__(self, engine: object) -> None:
        self.seen: list[str] = []
        self._engine = engine
        self._run = engine.run_querystring  # type: ignore[attr-defined]

    async def statements_of(self, call: Callable[[], Awaitable[object]]) -> list[str]:
        engine = type(self._engine)
        original = engine.run_querystring

        async def counted(here: object, query: object, in_pool: bool = True) -> object:
            self.seen.append(str(query)[:60])
            return await original(here, query, in_pool)

        engine.run_querystring = counted  # type: ignore[method-assign]
        try:
            self.seen.clear()
            await call()
            return list(self.seen)
        finally:
            engine.run_querystring = original  # type: ignore[method-assign]


async def main(seconds: float) -> None:
    folder = tempfile.TemporaryDirectory()
    url = f"sqlite:///{Path(folder.name)}/encore.db"
    async with storage.open_database(url):
        await storage.migrate()
    hooks: dict[str, Litestar] = {}

    async def encore_app(scope: object, receive: object, send: object) -> None:
        await hooks["encore"](scope, receive, send)  # type: ignore[arg-type]

    to_encore = httpx.ASGITransport(app=encore_app)  # type: ignore[arg-type]
    hook_client = httpx.AsyncClient(transport=to_encore)
    sandbox = create_sandbox(webhook_client=hook_client)
    to_sandbox = httpx.ASGITransport(app=sandbox)  # type: ignore[arg-type]
    encore = create_app(settings_for(url), transport=to_sandbox)
    hooks["encore"] = encore
    async with (
        Alive(sandbox), Alive(encore), httpx.AsyncClient(transport=to_encore, base_url=ENCORE) as client,
        httpx.AsyncClient(transport=to_sandbox, base_url=SANDBOX) as control,
    ):  # fmt: skip
        plain = Litestar([bare], logging_config=None)
        text = OFFERS.replace('product = "pdt_workbook"', 'product = "pdt_workbook"\nrepeats = "always"')
        await offers.apply(text, read(text), by="bench", at=int(time.time() * 1000))
        stage = Stage(settings_for(url), client, control)
        await stage.control("settings", {"final_after": 0.0})
        payment = await stage.purchase()
        await stage.open(payment)
        # Many shoppers' tickets, each opened before: one ticket alone would soon be told to wait.
        tickets = [stage.ticket(payment) for _ in range(int(1_500 * seconds))]
        for ticket in tickets:
            await stage.get(ticket)
        turns = cycle(tickets)

        shown = await rate(lambda: asgi_get(encore, f"/embed/offer/{next(turns)}"), seconds)
        yardstick = await rate(lambda: asgi_get(plain, "/bare"), seconds)
        first = stage.ticket(payment)
        counting = Counting(storage.current())
        statements = await counting.statements_of(lambda: client.get(f"/embed/offer/{first}"))
        worker = "job"
        mine = [one for one in statements if worker not in one.lower()]

        number = 0

        async def hook() -> None:
            nonlocal number
            number += 1
            body = json.dumps(
                {"business_id": "b", "type": "x.y", "timestamp": datetime.now(UTC).isoformat(), "data": {}}
            ).encode()
            at = datetime.now(UTC).replace(microsecond=0)
            headers = {
                "webhook-id": f"msg_{number}",
                "webhook-timestamp": str(int(at.timestamp())),
                "webhook-signature": Webhook(WEBHOOK_SECRET).sign(f"msg_{number}", at, body.decode()),
            }
            answer = await client.post("/webhooks/dodo", content=body, headers=headers)
            assert answer.status_code == 200

        webhook = await median_ms(hook, 300)
        own = await accept_share(stage)
    print(f"showing a prepared offer       {shown:8.0f} /s")
    print(f"bare handler, same template    {yardstick:8.0f} /s")
    print(f"ratio (goal: at least 0.5)     {shown / yardstick:8.2f}")
    print(f"statements of a first showing  {len(mine):8d}    (goal: at most 2)  {mine}")
    print(f"a webhook kept and answered    {webhook:8.2f} ms median (goal: under 5)")
    print(f"Encore's own share of accept   {own:8.2f} ms median (goal: under 10)")
    folder.cleanup()


async def accept_share(stage: Stage) -> float:
    """The time of an accept less the time the provider's two answers take by themselves."""
    taken: list[float] = []
    await stage.control("webhooks", {"drop": True})  # in life that is another process's work
    for number in range(25):
        payment = await stage.purchase(f"cus_{'nadia' if number % 2 else 'rex'}")
        card = await stage.open(payment)
        if card.state != "open":
            continue
        spent = 0.0
        transport_calls = []
        original = httpx.ASGITransport.handle_async_request

        async def timed(here: httpx.ASGITransport, request: httpx.Request) -> httpx.Response:
            start = time.perf_counter()
            try:
                return await original(here, request)
            finally:
                if request.url.port == 8401:
                    transport_calls.append(time.perf_counter() - start)

        httpx.ASGITransport.handle_async_request = timed  # type: ignore[method-assign]
        try:
            start = time.perf_counter()
            await card.press("accept")
            spent = time.perf_counter() - start
        finally:
            httpx.ASGITransport.handle_async_request = original  # type: ignore[method-assign]
        taken.append((spent - sum(transport_calls[:2])) * 1000)
    return statistics.median(taken) if taken else float("nan")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=3.0)
    asyncio.run(main(parser.parse_args().seconds))

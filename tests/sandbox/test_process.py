"""The sandbox as its own process on real sockets: real cuts, real silence, real webhooks, and a clean end."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from dodopayments import APIConnectionError, APITimeoutError, AsyncDodoPayments, DefaultAioHttpClient
from standardwebhooks import Webhook

REPOSITORY = Path(__file__).resolve().parents[2]
SECRET = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
START_S = 30


@dataclass
class Running:
    url: str
    process: asyncio.subprocess.Process
    letters: asyncio.Queue[tuple[dict[str, str], bytes]]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


async def answers(url: str) -> bool:
    async with httpx.AsyncClient() as client:
        try:
            return (await client.get(f"{url}/_sandbox/clock")).status_code == 200
        except httpx.TransportError:
            return False


@pytest.fixture
async def running() -> AsyncIterator[Running]:
    letters: asyncio.Queue[tuple[dict[str, str], bytes]] = asyncio.Queue()

    async def receive(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")[1:-2]
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head)}
        letters.put_nowait((headers, await reader.readexactly(int(headers["content-length"]))))
        writer.write(b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n")
        await writer.drain()
        writer.close()

    mara = await asyncio.start_server(receive, "127.0.0.1", 0)
    target = f"http://127.0.0.1:{mara.sockets[0].getsockname()[1]}/webhooks/dodo"
    port = free_port()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "widget.sandbox", "--port", str(port), "--webhook-target", target,
        "--webhook-secret", SECRET, cwd=REPOSITORY, stdout=asyncio.subprocess.DEVNULL, env={**os.environ},
    )  # fmt: skip
    url = f"http://127.0.0.1:{port}"
    async with asyncio.timeout(START_S):
        while not await answers(url):
            assert process.returncode is None
            await asyncio.sleep(0.05)
    yield Running(url, process, letters)
    if process.returncode is None:
        process.kill()
    await process.wait()
    mara.close()
    await mara.wait_closed()


async def charge(dodo: AsyncDodoPayments) -> str | None:
    session = await dodo.checkout_sessions.create(
        product_cart=[{"product_id": "pdt_workbook", "quantity": 1}],
        customer={"customer_id": "cus_nadia"},
        payment_method_id="pm_nadia_visa",
        confirm=True,
        billing_address={"country": "US"},
    )
    return session.payment_id


async def test_a_process_charges_tells_breaks_hangs_and_ends(running: Running) -> None:
    async with (
        httpx.AsyncClient(base_url=running.url) as http,
        AsyncDodoPayments(bearer_token="sandbox", base_url=running.url, max_retries=0, timeout=10) as dodo,
    ):
        await http.post("/_sandbox/settings", json={"final_after": 0})
        payment_id = await charge(dodo)
        headers, body = await asyncio.wait_for(running.letters.get(), 10)
        Webhook(SECRET).verify(body, headers)
        assert payment_id
        assert payment_id.encode() in body

        for fault in ("drop_before", "drop_after"):
            await http.post("/_sandbox/faults", json={"operation": "POST /checkouts", "fault": fault})
            with pytest.raises(APIConnectionError) as cut:
                await charge(dodo)
            assert isinstance(cut.value.__cause__, httpx.RemoteProtocolError | httpx.ReadError)
        assert len((await http.get("/_sandbox/ledger")).json()) == 2

        await http.post("/_sandbox/faults", json={"operation": "POST /checkouts", "fault": "hang_after", "seconds": 60})
        with pytest.raises(APITimeoutError):
            await charge(dodo.with_options(timeout=0.2))
        assert len((await http.get("/_sandbox/ledger")).json()) == 3

        images = (await dodo.products.retrieve("pdt_course")).image
        assert (await http.get(images or "")).status_code == 200

    running.process.send_signal(signal.SIGTERM)
    assert await asyncio.wait_for(running.process.wait(), 15) == 0


async def test_the_sdks_other_transport_works_too(running: Running) -> None:
    async with AsyncDodoPayments(
        bearer_token="sandbox", base_url=running.url, max_retries=0, http_client=DefaultAioHttpClient()
    ) as dodo:
        assert await charge(dodo)


async def test_a_taken_port_ends_with_an_error() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "widget.sandbox", "--port", str(taken.getsockname()[1]), cwd=REPOSITORY,
            stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        _, said = await asyncio.wait_for(process.communicate(), 30)
    assert process.returncode == 1
    assert b"in use" in said
    assert len(said.splitlines()) == 1

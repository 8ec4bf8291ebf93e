"""What moves money is sent once, over a connection of its own, and every answer is classified by cause and by shape."""

import asyncio
import gzip
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from widget.core.answer import NotSent, Refused, Unknown, Waiting
from widget.core.payment import Address, Order
from widget.provider.dodo import open_dodo
from widget.provider.moves import Opened

ORDER = Order("cus_nadia", "pdt_workbook", 1, Address(country="US"), "USD")
GOOD = {
    "session_id": "cks_1",
    "checkout_url": None,
    "payment_id": "pay_1",
    "client_secret": "s",
    "publishable_key": "p",
}
SHAPED = {"code": "INVALID_REQUEST_BODY", "message": "no"}


class Wire:
    """A raw socket server that plays one answer and keeps what it was sent."""

    def __init__(self, reply: bytes, *, then: str = "close") -> None:
        self.reply, self.then = reply, then
        self.connections = 0
        self.requests: list[bytes] = []
        self.silence = asyncio.Event()

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(
                next(
                    (line.split(b":")[1] for line in head.lower().split(b"\r\n") if line.startswith(b"content-length")),
                    b"0",
                )
            )
            self.requests.append(head + await reader.readexactly(length))
            if self.then == "silent":
                await self.silence.wait()
            elif self.then == "reset":
                writer.transport.abort()
                return
            writer.write(self.reply)
            await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    @property
    def body(self) -> dict:
        return json.loads(self.requests[0].partition(b"\r\n\r\n")[2])


@asynccontextmanager
async def wired(wire: Wire, **more) -> AsyncIterator[object]:
    server = await asyncio.start_server(wire, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with open_dodo(api_key="k", environment=None, base_url=f"http://127.0.0.1:{port}", **more) as dodo:
        yield dodo.moves
    wire.silence.set()
    server.close()
    await server.wait_closed()


async def charge(moves):
    return await moves.charge(
        ORDER, method_id="pm_1", return_url="http://x/after/1", metadata={"encore_charge": "chg_1"}
    )


def http(status: int, body: object, *, kind: str = "application/json", headers: str = "") -> bytes:
    text = body if isinstance(body, bytes) else json.dumps(body).encode()
    return (
        f"HTTP/1.1 {status} X\r\ncontent-type: {kind}\r\ncontent-length: {len(text)}\r\n{headers}\r\n".encode() + text
    )


async def test_a_good_answer_is_ids_and_never_paid():
    wire = Wire(http(200, GOOD))
    async with wired(wire) as moves:
        assert await charge(moves) == Waiting(payment_id="pay_1", session_id="cks_1")
    assert wire.body["metadata"] == {"encore_charge": "chg_1"}
    assert (wire.body["confirm"], wire.body["payment_method_id"]) == (True, "pm_1")
    assert wire.body["billing_address"] == {"country": "US"}


LOST = {
    "closes without an answer": b"",
    "cut in the status line": b"HTTP/1.",
    "cut in the headers": b"HTTP/1.1 200 OK\r\ncontent-type: appl",
    "cut in the body": b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 500\r\n\r\n{",
    "garbage": b"\x00\x01\x02 no http at all\r\n\r\n",
    "bad chunk": b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\nZZ\r\n",
    "bad gzip": http(200, b"no gzip", headers="content-encoding: gzip\r\n"),
    "cut gzip": http(200, gzip.compress(json.dumps(GOOD).encode())[:10], headers="content-encoding: gzip\r\n"),
    "200 html": http(200, b"<html></html>", kind="text/html"),
    "200 broken json": http(200, b'{"session_id": '),
    "200 empty": http(200, b""),
    "200 null": http(200, None),
    "200 list": http(200, []),
    "200 text": http(200, b'"paid"'),
    "204": b"HTTP/1.1 204 No Content\r\n\r\n",
    "200 without a session": http(200, {"payment_id": "pay_1"}),
    "200 session of a wrong type": http(200, GOOD | {"session_id": 5}),
    "200 payment of a wrong type": http(200, GOOD | {"payment_id": ["pay_1"]}),
    "302": http(302, b"", headers="location: http://127.0.0.1:1/elsewhere\r\n"),
    "307": http(307, b"", headers="location: /elsewhere\r\n"),
    "308": http(308, b"", headers="location: /elsewhere\r\n"),
    "408": http(408, SHAPED),
    "409": http(409, SHAPED),
    "500": http(500, SHAPED),
    "500 that asks for a retry": http(500, SHAPED, headers="x-should-retry: true\r\nretry-after: 0\r\n"),
    "502 html": http(502, b"<html>", kind="text/html"),
    "503": http(503, SHAPED, headers="retry-after: 1\r\n"),
    "504": http(504, b""),
    "400 html": http(400, b"<html>", kind="text/html"),
    "404 html": http(404, b"<html>", kind="text/html"),
    "422 of another shape": http(422, {"error": {"code": "X", "message": "y"}}),
    "402 without a message": http(402, {"code": "X"}),
    "400 with a code that is no text": http(400, {"code": 7, "message": "y"}),
    "429 html": http(429, b"<html>", kind="text/html"),
}


@pytest.mark.parametrize("name", list(LOST))
async def test_what_may_have_been_executed_is_unknown_and_was_sent_exactly_once(name):
    wire = Wire(LOST[name])
    async with wired(wire) as moves:
        assert isinstance(await charge(moves), Unknown), name
    assert (wire.connections, len(wire.requests)) == (1, 1)


@pytest.mark.parametrize("then", ["reset", "silent"])
async def test_a_reset_and_silence_are_unknown_and_sent_once(then):
    wire = Wire(b"", then=then)
    async with wired(wire, move_timeout_s=0.3) as moves:
        assert isinstance(await charge(moves), Unknown)
    assert (wire.connections, len(wire.requests)) == (1, 1)


@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 405, 422, 429])
@pytest.mark.parametrize("retry", ["", "x-should-retry: true\r\n"])
async def test_the_providers_own_no_is_a_refusal_with_its_code_and_was_sent_once(status, retry):
    wire = Wire(http(status, SHAPED, headers=retry))
    async with wired(wire) as moves:
        assert await charge(moves) == Refused("INVALID_REQUEST_BODY")
    assert (wire.connections, len(wire.requests)) == (1, 1)


async def test_a_refused_connection_was_not_sent():
    async with open_dodo(api_key="k", environment=None, base_url="http://127.0.0.1:1") as dodo:
        assert isinstance(await charge(dodo.moves), NotSent)


async def test_a_name_that_does_not_resolve_was_not_sent():
    async with open_dodo(api_key="k", environment=None, base_url="http://nobody.invalid") as dodo:
        assert isinstance(await charge(dodo.moves), NotSent)


async def test_a_session_without_a_payment_waits_and_is_looked_up():
    wire = Wire(http(200, GOOD | {"payment_id": None}))
    async with wired(wire) as moves:
        assert await charge(moves) == Waiting(payment_id=None, session_id="cks_1")


async def test_every_charge_has_a_connection_of_its_own():
    wire = Wire(http(200, GOOD, headers="connection: keep-alive\r\n"))
    async with wired(wire) as moves:
        for _ in range(3):
            await charge(moves)
    assert wire.connections == 3


async def test_a_hosted_checkout_opens_only_on_the_providers_own_hosts():
    for url, fine in {
        "https://test.checkout.dodopayments.com/session/cks_1": True,
        "https://checkout.dodopayments.com.evil.example/x": False,
        "http://checkout.dodopayments.com/x": False,
        "javascript:alert(1)": False,
    }.items():
        wire = Wire(http(200, GOOD | {"checkout_url": url, "payment_id": None}))
        async with wired(wire) as moves:
            found = await moves.open_checkout(ORDER, return_url="http://x", cancel_url=None, metadata={})
            assert isinstance(found, Opened) is fine, url


@pytest.mark.parametrize(("environment", "base_url"), [(None, None), ("test_mode", "http://x")])
async def test_nobody_guesses_the_environment(environment, base_url):
    with pytest.raises(ValueError, match="exactly one"):
        async with open_dodo(api_key="k", environment=environment, base_url=base_url):
            pass

"""An outgoing event goes to the address that was checked, to nobody inside, and follows no redirect (reliability 2.7)."""

import asyncio
import socket

import httpx
import pytest

from tests.provider.test_images import INSIDE, resolving
from widget.provider.courier import ANSWER_BYTES, Arrived, NotArrived, carry
from widget.provider.outward import Reach, target_of

PUBLIC = "93.184.216.34"
ANY = Reach(any_port=True)
URL = "https://mara.example/events"


async def nothing():
    yield b""


def saying(status: int, **more) -> httpx.Response:
    return httpx.Response(status, content=nothing(), **more)


class Server(httpx.AsyncBaseTransport):
    """Answers what it is told to, and keeps what it was asked."""

    def __init__(self, answer: httpx.Response) -> None:
        self.answer = answer
        self.asked: list[httpx.Request] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        return self.answer


async def send(answer: httpx.Response, *addresses: str, url: str = URL) -> tuple[Arrived | NotArrived, Server]:
    server = Server(answer)
    went = await carry(
        url, "{}", {"webhook-id": "evt_1"}, reach=ANY, resolver=resolving(*(addresses or (PUBLIC,))), transport=server
    )
    return went, server


async def test_it_connects_to_the_checked_address_and_asks_for_the_name():
    went, server = await send(saying(204))
    assert went == Arrived(204)
    [request] = server.asked
    assert (request.url.host, request.headers["host"]) == (PUBLIC, "mara.example")
    assert request.extensions["sni_hostname"] == "mara.example"


@pytest.mark.parametrize("status", [301, 302, 307, 308])
async def test_a_redirect_is_not_followed(status):
    went, server = await send(saying(status, headers={"location": "http://169.254.169.254/"}))
    assert went == NotArrived(f"status {status}", status)
    assert len(server.asked) == 1


async def test_of_an_endless_answer_only_so_much_is_read():
    taken = 0

    async def endless():
        nonlocal taken
        while True:
            taken += 1_000
            yield b"x" * 1_000

    went, _ = await send(httpx.Response(200, content=endless()))
    assert went == Arrived(200)
    assert taken <= ANSWER_BYTES + 2_000


@pytest.mark.parametrize("address", INSIDE)
async def test_nobody_inside_is_called_whatever_the_name_resolves_to(address):
    for found in ((address,), (PUBLIC, address)):
        went, server = await send(saying(200), *found)
        assert isinstance(went, NotArrived)
        assert server.asked == []


@pytest.mark.parametrize(
    "url",
    ["http://mara.example/", "https://user:pw@mara.example/", "https://user@mara.example/", "ftp://mara.example/", "https://mara.example\\@10.0.0.1/",
     "https://", "//mara.example/", "file:///etc/passwd", "https://mara.example /", "https://mära.example/"],
)  # fmt: skip
async def test_an_address_of_another_kind_is_never_called(url):
    went, server = await send(saying(200), url=url)
    assert isinstance(went, NotArrived)
    assert server.asked == []


@pytest.mark.parametrize(
    "url", ["https://127.1/", "https://2130706433/", "https://0x7f000001/", "https://0177.0.0.1/", "https://0/"]
)
async def test_numbers_spelt_strangely_are_looked_at_as_what_they_are(url):
    """The system's own resolver reads them as addresses of this machine."""
    assert await target_of(url, reach=ANY) is None


async def test_a_private_network_is_called_only_where_that_is_allowed_and_metadata_never():
    own = Reach(any_port=True, private=True)
    for address, there in (("10.0.0.8", True), ("192.168.1.4", True), ("fd12::1", True), ("127.0.0.1", True),
                           ("169.254.169.254", False), ("0.0.0.0", False), ("224.0.0.1", False), ("fe80::1", False), ("100.64.0.1", False)):  # fmt: skip
        assert (await target_of(URL, resolving(address), reach=own) is not None) is there, address
        assert await target_of(URL, resolving(address), reach=ANY) is None


async def test_plain_http_reaches_this_machine_only_and_only_where_it_is_allowed():
    here = Reach(any_port=True, plain_local=True)
    assert await target_of("http://localhost:9/", resolving("127.0.0.1"), reach=here) is not None
    assert await target_of("http://localhost:9/", resolving(PUBLIC), reach=here) is None
    assert await target_of("http://localhost:9/", resolving("10.0.0.8"), reach=Reach(True, True, True)) is None
    assert await target_of("http://localhost:9/", resolving("127.0.0.1"), reach=ANY) is None


async def test_a_name_is_looked_up_once():
    resolver = resolving(PUBLIC)
    await carry(URL, "{}", {}, reach=ANY, resolver=resolver, transport=Server(saying(200)))
    assert resolver.asked == ["mara.example"]


async def test_nobody_listening_is_not_arrived_over_a_real_socket():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    went = await carry(f"http://127.0.0.1:{port}/", "{}", {}, reach=Reach(any_port=True, plain_local=True))
    assert went == NotArrived("ConnectError")


async def test_an_answer_over_a_real_socket_arrives():
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"{}")
        writer.write(b"HTTP/1.1 202 Accepted\r\ncontent-length: 0\r\n\r\n")
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        reach = Reach(any_port=True, plain_local=True)
        assert await carry(f"http://127.0.0.1:{port}/", "{}", {}, reach=reach) == Arrived(202)

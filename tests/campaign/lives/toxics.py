"""A proxy between the SDK and the pretend Dodo that spoils connections: per direction, with a probability, from a seed."""

import asyncio
import random
import socket
import struct
from collections import Counter
from collections.abc import Callable
from contextlib import suppress

from msgspec import Struct

from tests.campaign.lives.lines import Lines

KINDS = ("latency", "bandwidth", "slicer", "slow_close", "timeout", "reset", "limit", "down")
WAYS = ("up", "down")  # towards Dodo, and back
_CHUNK = 65_536
_RESET = struct.pack("ii", 1, 0)  # linger of no time: the kernel sends RST


class Toxic(Struct, frozen=True):
    """What is wrong with one direction of one connection; times in seconds, sizes in bytes."""

    kind: str
    way: str
    seconds: float = 0.0
    size: int = 0


def drawn(chance: random.Random, *, patience_s: float) -> Toxic:
    """Any toxic on either way; half of the waits are longer than the caller's patience."""
    kind = chance.choice(KINDS)
    way = chance.choice(WAYS)
    match kind:
        case "latency":
            return Toxic(kind, way, seconds=chance.uniform(0.0, patience_s * 2))
        case "bandwidth":
            return Toxic(kind, way, size=chance.choice((500, 2_000, 20_000)))
        case "slicer":
            return Toxic(kind, way, seconds=chance.uniform(0.0, 0.01), size=chance.randint(1, 100))
        case "slow_close" | "timeout":
            return Toxic(kind, way, seconds=chance.uniform(0.01, patience_s * 1.5))
        case "limit":
            return Toxic(kind, way, size=chance.randint(0, 900))
        case _:
            return Toxic(kind, way, seconds=chance.uniform(0.0, 0.02))


class Proxy(Lines):
    """Listens on a port of its own; each request, on a new connection or on one that was kept, asks what is wrong with it."""

    def __init__(self, port: int, choose: Callable[[], Toxic | None]) -> None:
        self._to, self._choose = port, choose
        self.injected: Counter[str] = Counter()
        super().__init__()

    async def start(self, sock: socket.socket) -> asyncio.Server:
        return await asyncio.start_server(self._accepted, sock=sock)

    def draw(self, *, kept: bool = False) -> Toxic | None:
        """What is wrong with the next request. A connection that was kept is not closed after it: that cannot be slow."""
        toxic = self._choose()
        if toxic is None or (kept and toxic.kind == "slow_close"):
            return None
        self.injected[f"{toxic.kind} {toxic.way}"] += 1
        return toxic

    async def _accepted(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._keep()
        toxic = self.draw()
        if toxic is not None and toxic.kind == "down":
            _reset(writer)
            return
        try:
            there, back = await asyncio.open_connection("127.0.0.1", self._to)
        except OSError:
            _reset(writer)
            return
        line = _Line(self, toxic, writer)
        both = (
            asyncio.create_task(line.carry(reader, back, "up")),
            asyncio.create_task(line.carry(there, writer, "down")),
        )
        try:
            done, _ = await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
            if not any(one.result() for one in done):
                await asyncio.wait(both, return_when=asyncio.ALL_COMPLETED)
        except asyncio.CancelledError:
            return  # the proxy was stopped: both ends are closed below, and nobody waits for this task
        finally:
            for one in both:
                one.cancel()
            await asyncio.gather(*both, return_exceptions=True)
            for end in (writer, back):
                end.close()


class _Line:
    """One connection, and what is wrong with the request that is under way on it."""

    def __init__(self, proxy: Proxy, toxic: Toxic | None, client: asyncio.StreamWriter) -> None:
        self._proxy, self._toxic, self._client = proxy, toxic, client
        self._left = self._size()
        self._answered = False

    async def carry(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, way: str) -> bool:
        """Whether the line was cut: nothing is to come the other way either, and both ends are closed."""
        with suppress(OSError):
            while data := await source.read(_CHUNK):
                if way == "up" and self._answered:
                    self._next()
                self._answered = way == "down"
                toxic = self._toxic
                if toxic is not None and toxic.kind == "down":
                    _reset(self._client)
                    return True
                if toxic is None or toxic.way != way:
                    await _pass(sink, data)
                elif toxic.kind == "limit":
                    await _pass(sink, data[: self._left])
                    self._left -= len(data)
                    if self._left <= 0:
                        self._client.close()
                        return True
                elif not await _spoiled(sink, data, toxic, self._client):
                    return True
            if self._toxic and self._toxic.kind == "slow_close" and self._toxic.way == way:
                await asyncio.sleep(self._toxic.seconds)
            if sink.can_write_eof():
                sink.write_eof()
        return False

    def _next(self) -> None:
        """Another request on a connection that was kept."""
        self._toxic = self._proxy.draw(kept=True)
        self._left = self._size()

    def _size(self) -> int:
        return self._toxic.size if self._toxic and self._toxic.kind == "limit" else 0


async def _spoiled(sink: asyncio.StreamWriter, data: bytes, toxic: Toxic, client: asyncio.StreamWriter) -> bool:
    """Pass it on as the toxic says; False when this direction ends with it."""
    match toxic.kind:
        case "latency":
            await asyncio.sleep(toxic.seconds)
            await _pass(sink, data)
        case "bandwidth":
            for at in range(0, len(data), 100):
                await asyncio.sleep(100 / toxic.size)
                await _pass(sink, data[at : at + 100])
        case "slicer":
            for at in range(0, len(data), toxic.size):
                await asyncio.sleep(toxic.seconds / 10)
                await _pass(sink, data[at : at + toxic.size])
        case "timeout":  # nothing gets through, and after a while the line is cut
            await asyncio.sleep(toxic.seconds)
            client.close()
            return False
        case "reset":
            await asyncio.sleep(toxic.seconds)
            _reset(client)
            return False
        case _:
            await _pass(sink, data)
    return True


async def _pass(sink: asyncio.StreamWriter, data: bytes) -> None:
    if data:
        sink.write(data)
        await sink.drain()


def _reset(writer: asyncio.StreamWriter) -> None:
    sock = writer.get_extra_info("socket")
    if sock is not None:
        with suppress(OSError):
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
    writer.transport.abort()

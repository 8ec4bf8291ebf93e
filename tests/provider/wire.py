"""A raw socket server that plays one answer, byte by byte, and counts what reached it."""

import asyncio
import json
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Wire:
    """Plays `reply` to every request, then ends as `then` says: close, keep, reset, drip, silent; or hangs up unread."""

    def __init__(self, reply: bytes, *, then: str = "close") -> None:
        self.reply, self.then = reply, then
        self.connections = 0
        self.requests: list[bytes] = []
        self.over = asyncio.Event()
        self.url = ""

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            if self.then == "hang up":
                return
            while await self._answer(reader, writer):
                pass
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = await reader.readuntil(b"\r\n\r\n")
        length = [line.split(b":")[1] for line in head.lower().split(b"\r\n") if line.startswith(b"content-length")]
        self.requests.append(head + await reader.readexactly(int(length[0]) if length else 0))
        writer.write(self.reply)
        await writer.drain()
        if self.then == "silent":
            await self.over.wait()
        elif self.then == "drip":
            await self._drip(writer)
        elif self.then == "reset":
            # lingering for no time at all turns the close into an RST
            linger = struct.pack("ii", 1, 0)
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            writer.transport.abort()
        return self.then == "keep"

    async def _drip(self, writer: asyncio.StreamWriter) -> None:
        """A byte now and then for ever: no single wait is long, only all of them together."""
        while not self.over.is_set():
            writer.write(b" ")
            await writer.drain()
            try:
                async with asyncio.timeout(0.02):
                    await self.over.wait()
            except TimeoutError:
                continue

    @property
    def sent(self) -> tuple[int, int]:
        """Connections and whole requests."""
        return self.connections, len(self.requests)

    @property
    def head(self) -> str:
        return self.requests[0].partition(b"\r\n\r\n")[0].decode()

    @property
    def body(self) -> dict:
        return json.loads(self.requests[0].partition(b"\r\n\r\n")[2])


@asynccontextmanager
async def listening(wire: Wire) -> AsyncIterator[Wire]:
    server = await asyncio.start_server(wire, "127.0.0.1", 0)
    wire.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield wire
    finally:
        wire.over.set()
        server.close()
        await server.wait_closed()


def http(status: int, body: object, *, kind: str = "application/json", headers: str = "") -> bytes:
    """A whole answer with its length; a body that is no bytes becomes JSON."""
    text = body if isinstance(body, bytes) else json.dumps(body).encode()
    return (
        f"HTTP/1.1 {status} X\r\ncontent-type: {kind}\r\ncontent-length: {len(text)}\r\n{headers}\r\n".encode() + text
    )

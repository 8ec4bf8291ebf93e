"""Real `encore serve` processes over one database, behind a balancer as a deployment has one, in the outside world of lives."""

import asyncio
import os
import signal
import socket
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from typing import Any

import httpx

from tests.campaign.lives.lines import Lines
from tests.campaign.lives.world import ROOT, Outside, address, surroundings

_CHUNK = 65_536
_PATIENCE_S = 90.0  # for a process that begins on a busy machine, and for one that ends: its own limit is half a minute


class House:
    """One `encore serve` on a port of its own; the process changes, the port stays."""

    def __init__(self, environment: dict[str, str], errors: Any, planted: str = "") -> None:
        with socket.create_server(("127.0.0.1", 0)) as found:
            self.port: int = found.getsockname()[1]
        begin = ["tests.campaign.lives.planted", planted] if planted else ["widget"]
        self._command = [sys.executable, "-m", *begin, "serve", "--port", str(self.port)]
        self._environment, self._errors = environment, errors
        self.process: Any = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def begin(self) -> None:
        """Start it; back when it is ready for traffic."""
        self.process = await asyncio.create_subprocess_exec(
            *self._command, env=self._environment, cwd=ROOT, stdin=asyncio.subprocess.DEVNULL,
            stdout=self._errors, stderr=self._errors,
        )  # fmt: skip
        until = time.monotonic() + _PATIENCE_S
        async with httpx.AsyncClient(base_url=self.url, trust_env=False, timeout=10) as client:
            while time.monotonic() < until and self.process.returncode is None:
                with suppress(httpx.TransportError):
                    if (await client.get("/health/ready")).status_code == 200:
                        return
                await asyncio.sleep(0.05)
        raise TimeoutError("a server did not become ready")

    async def leave(self) -> int:
        """TERM; the end code, when what was under way is done."""
        if self.process.returncode is None:
            self.process.send_signal(signal.SIGTERM)
        return await asyncio.wait_for(self.process.wait(), _PATIENCE_S)

    async def kill(self) -> None:
        """SIGKILL to all of its processes: that of the server, and its workers."""
        if self.process is not None and self.process.returncode is None:
            with suppress(TimeoutError):
                await self.leave()
        if self.process is not None and self.process.returncode is None:
            self.process.kill()
            await self.process.wait()


class Balancer(Lines):
    """Hands each connection to the next server in turn, or to another where that one cannot be reached.

    It is told nothing: that a server is about to leave it learns by being refused, as many real ones do.
    """

    def __init__(self, ports: Sequence[int]) -> None:
        self._ports, self._turn = list(ports), 0
        super().__init__()

    async def start(self, sock: socket.socket) -> asyncio.Server:
        return await asyncio.start_server(self._accepted, sock=sock, backlog=1024)

    async def _accepted(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._keep()
        there = await self._connected()
        if there is None:
            writer.close()
            return
        source, sink = there
        both = {asyncio.create_task(_carry(reader, sink)), asyncio.create_task(_carry(source, writer))}
        try:
            await asyncio.wait(both)
        except asyncio.CancelledError:
            return  # the balancer was stopped, and nobody waits for this task
        finally:
            for one in both:
                one.cancel()
            for end in (writer, sink):
                end.close()

    async def _connected(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter] | None:
        self._turn += 1
        for number in range(len(self._ports)):
            with suppress(OSError):
                return await asyncio.open_connection("127.0.0.1", self._ports[(self._turn + number) % len(self._ports)])
        return None


async def _carry(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await source.read(_CHUNK):
            sink.write(data)
            await sink.drain()
        if sink.can_write_eof():
            sink.write_eof()


@asynccontextmanager
async def served(database_url: str, *, count: int = 2) -> AsyncIterator[tuple[Outside, tuple[House, ...]]]:
    """So many servers, ready; what webhooks and shoppers reach is the balancer before them."""
    async with AsyncExitStack() as stack:
        front = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=1024))
        world, environment = await stack.enter_async_context(surroundings(database_url, address(front)))
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("ENCORE_", "DODO_"))}
        planted = os.environ.get("CAMPAIGN_PLANTED", "")
        houses = tuple(House(clean | environment, world.errors, planted) for _ in range(count))
        for house in houses:
            stack.push_async_callback(house.kill)
        await asyncio.gather(*(house.begin() for house in houses))
        balancer = Balancer([house.port for house in houses])
        stack.callback((await balancer.start(front)).close)
        stack.push_async_callback(balancer.stop)
        yield world, houses

"""A small HTTP server for an ASGI application on a socket that is already listening.

The product's server opens its own sockets and threads; a life that is forked inherits the socket of its parent, so that
whoever calls while nobody lives waits, instead of being refused.
"""

import asyncio
import socket
from collections.abc import Callable
from typing import Any

import h11

_CHUNK = 65_536


async def listen(app: Any, sock: socket.socket) -> asyncio.Server:
    """Serve until the returned server is closed; connections under way go on."""
    return await asyncio.start_server(lambda reader, writer: _connection(app, reader, writer), sock=sock, backlog=1024)


async def _connection(app: Any, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    line = _Line(reader, writer)
    try:
        while (request := await line.request()) is not None:
            await line.answer(app, request)
            if not await line.next():
                return
    except (OSError, h11.RemoteProtocolError, h11.LocalProtocolError):
        return  # the caller is gone
    finally:
        writer.close()


class _Line:
    """One connection, one request at a time."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        self._http = h11.Connection(h11.SERVER)
        self._gone = False

    async def _event(self) -> Any:
        while (event := self._http.next_event()) is h11.NEED_DATA:
            self._http.receive_data(await self._reader.read(_CHUNK))
        return event

    async def request(self) -> h11.Request | None:
        event = await self._event()
        return event if isinstance(event, h11.Request) else None

    async def answer(self, app: Any, request: h11.Request) -> None:
        path, _, query = bytes(request.target).partition(b"?")
        peer, own = self._writer.get_extra_info("peername"), self._writer.get_extra_info("sockname")
        scope = {
            "type": "http", "asgi": {"version": "3.0", "spec_version": "2.3"}, "http_version": "1.1", "scheme": "http",
            "method": request.method.decode(), "path": path.decode(), "raw_path": path, "query_string": query,
            "root_path": "", "headers": [(name.lower(), value) for name, value in request.headers],
            "client": tuple(peer[:2]), "server": tuple(own[:2]), "state": {},
        }  # fmt: skip
        await app(scope, self._receive, self._sender())

    async def _receive(self) -> dict[str, Any]:
        if self._http.their_state is h11.DONE or self._gone:
            while await self._reader.read(_CHUNK):
                pass
            self._gone = True
            return {"type": "http.disconnect"}
        event = await self._event()
        if isinstance(event, h11.Data):
            return {"type": "http.request", "body": bytes(event.data), "more_body": True}
        self._gone = isinstance(event, h11.ConnectionClosed)
        return {"type": "http.disconnect"} if self._gone else {"type": "http.request", "body": b"", "more_body": False}

    def _sender(self) -> Callable[[Any], Any]:
        async def send(message: Any) -> None:
            if message["type"] == "http.response.start":
                headers = [(bytes(name), bytes(value)) for name, value in message["headers"]]
                await self._write(h11.Response(status_code=message["status"], headers=headers))
            elif message["type"] == "http.response.body":
                if message.get("body"):
                    await self._write(h11.Data(data=message["body"]))
                if not message.get("more_body"):
                    await self._write(h11.EndOfMessage())

        return send

    async def _write(self, event: Any) -> None:
        data = self._http.send(event)
        if data:
            self._writer.write(data)
            await self._writer.drain()

    async def next(self) -> bool:
        """Whether another request may come on this connection; what nobody read of the last one is dropped."""
        while self._http.their_state is h11.SEND_BODY and not self._gone:
            self._gone = isinstance(await self._event(), h11.ConnectionClosed)
        if self._gone or self._http.our_state is not h11.DONE or self._http.their_state is not h11.DONE:
            return False
        self._http.start_next_cycle()
        return True

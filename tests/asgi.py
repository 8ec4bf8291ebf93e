"""A request handed to an application as a server hands it over: any bytes, in any pieces, and nothing tidied up by a client."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any

from msgspec import Struct

App = Callable[[Any, Any, Any], Awaitable[None]]
Headers = Iterable[tuple[bytes, bytes]]


class Answer(Struct, frozen=True):
    """What came back; `headers` in order, names in lower case."""

    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes

    def header(self, name: str) -> str:
        return next((value.decode("latin-1") for one, value in self.headers if one == name.encode()), "")


async def ask(
    app: App,
    method: str,
    path: str,
    *,
    headers: Headers = (),
    body: bytes | Sequence[bytes] = b"",
    query: bytes = b"",
    client: str = "127.0.0.1",
    stalls: bool = False,
) -> Answer:
    """One request; `body` may be several pieces, and may stall after the last one instead of ending.

    A request that never gets an answer has the status 0.
    """
    pieces = [body] if isinstance(body, bytes) else list(body)
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        if pieces:
            return {"type": "http.request", "body": pieces.pop(0), "more_body": stalls or bool(pieces)}
        if stalls:
            await asyncio.Event().wait()
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    await app(scope_of(method, path, headers, query, client), receive, send)
    started = next((one for one in sent if one["type"] == "http.response.start"), {"status": 0, "headers": ()})
    parts = [one.get("body", b"") for one in sent if one["type"] == "http.response.body"]
    kept = tuple((bytes(name).lower(), bytes(value)) for name, value in started["headers"])
    return Answer(started["status"], kept, b"".join(parts))


def scope_of(method: str, path: str, headers: Headers, query: bytes, client: str) -> dict[str, Any]:
    return {
        "type": "http", "asgi": {"version": "3.0", "spec_version": "2.3"}, "http_version": "1.1", "method": method, "scheme": "http",
        "path": path, "raw_path": path.encode("utf-8", "surrogateescape"), "root_path": "", "query_string": query,
        "headers": [(b"host", b"127.0.0.1:8400"), *headers], "client": (client, 40_000), "server": ("127.0.0.1", 8400), "extensions": {},
    }  # fmt: skip

"""The gate every request passes: the clock catches up, calls are logged, keys checked, planned faults strike."""

from __future__ import annotations

import hmac
from collections.abc import AsyncGenerator, Iterable
from contextlib import asynccontextmanager
from typing import Any, cast

import msgspec
from litestar.types import ASGIApp, HTTPReceiveMessage, HTTPScope, Message, Receive, Scope, Send

from widget.sandbox import faults
from widget.sandbox.faults import Line
from widget.sandbox.postman import Postman
from widget.sandbox.things import Fault, RequestLog
from widget.sandbox.world import World

KEY = "sandbox"
OURS = ("/_sandbox", "/checkout/", "/portal/", "/static/", "/favicon.ico", "/invoices/")
LOGGED_HEADERS = ("idempotency-key", "x-stainless-retry-count", "x-stainless-read-timeout", "user-agent")
LARGEST_BODY = 1_000_000


class Gate:
    """An ASGI application around another."""

    def __init__(self, app: ASGIApp, world: World, postman: Postman) -> None:
        self.app, self.world, self.postman = app, world, postman

    @asynccontextmanager
    async def lifespan(self) -> AsyncGenerator[None]:
        """Its life: at the end no message is on its way any more."""
        try:
            yield
        finally:
            await self.postman.stop()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        self._note_base_url(scope)
        self.world.catch_up()
        try:
            if scope["path"] == "/" or scope["path"].startswith(OURS):
                await self.app(cast("Scope", {**scope, "state": self._state()}), receive, send)
            else:
                await self._api(scope, receive, send)
        finally:
            self.postman.wake()

    def _state(self) -> dict[str, Any]:
        """What tells the routes, which all worlds of a process share, whose they are in this request."""
        return {"world": self.world, "postman": self.postman}

    def _note_base_url(self, scope: HTTPScope) -> None:
        host = dict(scope["headers"]).get(b"host")
        if host:
            self.world.base_url = f"{scope['scheme']}://{host.decode('latin-1')}"

    async def _api(self, scope: HTTPScope, receive: Receive, send: Send) -> None:
        body = await _read(receive)
        log = self._log(scope, body)
        line = Line(scope, receive, send)
        path, query = scope["path"], scope["query_string"].decode("latin-1")
        if body is None:
            await _answer(send, log, 413, {"code": "PAYLOAD_TOO_LARGE", "message": "the body is too large"})
        elif not _knows_key(scope):
            await _answer(send, log, 401, {"code": "UNAUTHORIZED", "message": "the API key is missing or wrong"})
        elif fault := faults.strike(self.world, scope["method"], path, query, body):
            log.fault = fault.fault
            await self._struck(fault, line, body, log)
        else:
            answer, hang_s = await self._run(scope, body)
            if hang_s:
                self.postman.wake()
                log.fault = "hang_after"
                await faults.hang(line, hang_s)
            await _pass_on(send, log, answer)

    def _log(self, scope: HTTPScope, body: bytes | None) -> RequestLog:
        headers = {k.decode("latin-1").lower(): v.decode("latin-1") for k, v in scope["headers"]}
        log = RequestLog(
            scope["method"],
            scope["path"],
            scope["query_string"].decode("latin-1"),
            _legible(body),
            {name: headers[name] for name in LOGGED_HEADERS if name in headers},
            self.world.now(),
        )
        self.world.requests.append(log)
        return log

    async def _struck(self, fault: Fault, line: Line, body: bytes, log: RequestLog) -> None:
        after = fault.fault in ("hang_after", "drop_after", "garbage", "slow") or fault.executed
        answer, _ = await self._run(line.scope, body) if after else ([], 0.0)
        self.postman.wake()
        match fault.fault:
            case "hang_before" | "hang_after":
                await faults.hang(line, fault.seconds)
            case "drop_before" | "drop_after":
                await faults.cut(line)
            case "slow":
                await faults.delay(line, fault.seconds)
                await _pass_on(line.send, log, answer)
            case "garbage":
                content, kind = faults.GARBAGE[fault.kind]
                await _answer_bytes(line.send, log, 200, content, kind, fault.headers)
            case _:
                told = {
                    "code": fault.code or ("TOO_MANY_REQUESTS" if fault.status == 429 else "INTERNAL_SERVER_ERROR"),
                    "message": fault.message or "a planned fault of the sandbox",
                }
                await _answer(line.send, log, fault.status, told, fault.headers)

    def _executed(self, scope: HTTPScope) -> None:
        if scope["method"] == "POST" and scope["path"] == "/checkouts":
            self.world.probe.at("wire.executed")
        elif scope["method"] == "POST" and scope["path"].endswith("/change-plan"):
            self.world.probe.at("change.executed")

    async def _run(self, scope: HTTPScope, body: bytes) -> tuple[list[Message], float]:
        """The effect, with its answer kept back; and for how long the answer must hang (0: not)."""
        state: dict[str, Any] = self._state()
        answer: list[Message] = []

        async def receive() -> HTTPReceiveMessage:
            return cast("HTTPReceiveMessage", {"type": "http.request", "body": body, "more_body": False})

        async def keep(message: Message) -> None:
            answer.append(message)

        inner = cast("Scope", {**scope, "state": state})
        await self.app(inner, receive, keep)
        self._executed(scope)
        return answer, float(state.get("hang_s", 0.0))


async def _read(receive: Receive) -> bytes | None:
    body = b""
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return body
        body += message.get("body", b"")
        if len(body) > LARGEST_BODY:
            return None
        if not message.get("more_body", False):
            return body


def _legible(body: bytes | None) -> object:
    if not body:
        return None
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return body[:2000].decode("utf-8", "replace")


def _knows_key(scope: HTTPScope) -> bool:
    given = dict(scope["headers"]).get(b"authorization", b"")
    return hmac.compare_digest(given, f"Bearer {KEY}".encode())


async def _pass_on(send: Send, log: RequestLog, answer: Iterable[Message]) -> None:
    for message in answer:
        if message["type"] == "http.response.start":
            log.status = message["status"]
        await send(message)


async def _answer(
    send: Send, log: RequestLog, status: int, told: object, headers: dict[str, str] | None = None
) -> None:
    await _answer_bytes(send, log, status, msgspec.json.encode(told), "application/json", headers)


async def _answer_bytes(
    send: Send, log: RequestLog, status: int, content: bytes, kind: str, headers: dict[str, str] | None = None
) -> None:
    log.status = status
    fields = {"content-type": kind, "content-length": str(len(content)), **(headers or {})}
    raw = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in fields.items()]
    await send({"type": "http.response.start", "status": status, "headers": raw})
    await send({"type": "http.response.body", "body": content, "more_body": False})

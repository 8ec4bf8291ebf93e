"""Planned misfortune: which fault strikes a request, and how a connection is cut, hung or answered with rubbish."""

from __future__ import annotations

import asyncio
import os
import socket
import stat
from dataclasses import dataclass

import httpx
from litestar.types import HTTPScope, Receive, Send

from widget.sandbox.things import Fault
from widget.sandbox.world import World

KINDS = frozenset({"hang_before", "hang_after", "drop_before", "drop_after", "status", "garbage", "slow"})
METHODS = frozenset({"GET", "POST", "PATCH", "DELETE", "PUT"})
LONGEST_S = 600.0
GARBAGE = {
    "html": (b"<html><body>502</body></html>", "text/html"),
    "null": (b"null", "application/json"),
    "empty": (b"", "application/json"),
    "list": (b"[]", "application/json"),
    "broken_json": (b'{"session_id": "cks_', "application/json"),
    "wrong_types": (b'{"session_id": 5, "payment_id": {"a": 1}, "status": [], "items": 7}', "application/json"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """The connection a request came on."""

    scope: HTTPScope
    receive: Receive
    send: Send


def strike(world: World, method: str, path: str, query: str, body: bytes) -> Fault | None:
    """The fault for this request, used up once; None when all goes well."""
    for fault in world.faults:
        if _meets(fault, method, path, query, body):
            fault.times -= 1
            if fault.times <= 0:
                world.faults.remove(fault)
            return fault
    return None


def _meets(fault: Fault, method: str, path: str, query: str, body: bytes) -> bool:
    if fault.method not in ("*", method) or not fits(fault.path, path):
        return False
    if fault.path_contains is not None and fault.path_contains not in f"{path}?{query}":
        return False
    return fault.body_contains is None or fault.body_contains.encode() in body


def fits(pattern: str, path: str) -> bool:
    """`/payments/{id}` fits `/payments/pay_1`; `*` fits every path."""
    if pattern == "*":
        return True
    asked, named = path.strip("/").split("/"), pattern.strip("/").split("/")
    return len(asked) == len(named) and all(
        n == a or (n.startswith("{") and n.endswith("}")) for a, n in zip(asked, named, strict=True)
    )


async def cut(line: Line) -> None:
    """Close the TCP connection without an answer."""
    if _shut(line.scope):
        raise ConnectionResetError("cut by the sandbox")
    raise httpx.RemoteProtocolError("Server disconnected without sending a response.")


async def hang(line: Line, seconds: float) -> None:
    """Say nothing for so long, then cut. In process the caller's read timeout is raised at once, without the wait."""
    if not _is_real(line.scope):
        raise httpx.ReadTimeout("the sandbox is silent")
    await _wait(line, seconds)
    await cut(line)


async def delay(line: Line, seconds: float) -> None:
    """Be slow; in process a caller that would not wait so long gets its read timeout at once."""
    if not _is_real(line.scope) and seconds >= _patience(line.scope):
        raise httpx.ReadTimeout("the sandbox is slow")
    await _wait(line, seconds)


async def _wait(line: Line, seconds: float) -> None:
    try:
        async with asyncio.timeout(min(seconds, LONGEST_S)):
            while (await line.receive())["type"] != "http.disconnect":
                pass
    except TimeoutError:
        return


def _patience(scope: HTTPScope) -> float:
    """The SDK says how long it will wait for an answer."""
    told = dict(scope["headers"]).get(b"x-stainless-read-timeout", b"60").decode("latin-1")
    try:
        return float(told)
    except ValueError:
        return 60.0


def _is_real(scope: HTTPScope) -> bool:
    found = _socket(scope)
    if found is None:
        return False
    os.close(found.detach())
    return True


def _shut(scope: HTTPScope) -> bool:
    found = _socket(scope)
    if found is None:
        return False
    with found:
        found.shutdown(socket.SHUT_RDWR)
    return True


def _socket(scope: HTTPScope) -> socket.socket | None:
    """The server keeps its sockets to itself; the one of this caller is found by the caller's address."""
    caller = scope["client"]
    if caller is None:
        return None
    for name in os.listdir("/dev/fd"):
        try:
            if not stat.S_ISSOCK(os.fstat(int(name)).st_mode):
                continue  # a duplicate of something else would never be closed
            copy = socket.socket(fileno=os.dup(int(name)))
        except OSError:
            continue
        try:
            peer = copy.getpeername()
            if isinstance(peer, tuple) and (peer[0], peer[1]) == (caller[0], int(caller[1])):
                return copy
        except OSError:
            pass
        copy.close()
    return None

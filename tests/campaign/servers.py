"""Real server processes over one database, and the pretend Dodo beside them; each on a port of its own."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
from msgspec import Struct

from tests.stage import API_KEY, SHOP, SIGNING_KEY, WEBHOOK_SECRET

ROOT = Path(__file__).parents[2]
_PATIENCE_S = 240.0  # five processes that begin at once on a busy machine


class Servers(Struct, frozen=True):
    """Where they listen."""

    urls: tuple[str, ...]
    sandbox: str
    environment: dict[str, str]
    pids: tuple[int, ...]  # of the servers, in the order of their urls


@contextmanager
def servers(database_url: str, *, count: int = 4, more: Mapping[str, str] | None = None) -> Iterator[Servers]:
    """So many `encore serve` on one database, with `more` in their environment; webhooks go to the first. All end with the block."""
    ports = _ports(count + 1)
    urls = tuple(f"http://127.0.0.1:{port}" for port in ports[1:])
    sandbox = f"http://127.0.0.1:{ports[0]}"
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("ENCORE_", "DODO_"))}
    environment = clean | {
        "PYTHONPATH": str(ROOT),
        "ENCORE_DATABASE_URL": database_url,
        "ENCORE_PUBLIC_URL": urls[0],
        "ENCORE_SIGNING_KEYS": SIGNING_KEY,
        "ENCORE_ALLOWED_ORIGINS": SHOP,
        "ENCORE_API_KEYS": API_KEY,
        "DODO_PAYMENTS_API_KEY": "sandbox",
        "DODO_PAYMENTS_WEBHOOK_KEY": WEBHOOK_SECRET,
        "DODO_PAYMENTS_BASE_URL": sandbox,
    }
    hook = ("--webhook-target", f"{urls[0]}/webhooks/dodo", "--webhook-secret", WEBHOOK_SECRET)
    commands = [["sandbox", "--port", str(ports[0]), *hook]]
    commands += [["serve", "--port", str(port)] for port in ports[1:]]
    with ExitStack() as stack:
        stack.enter_context(_running(commands[0], environment))
        pids = tuple(stack.enter_context(_running(one, environment | (more or {}))) for one in commands[1:])
        _answers(f"{sandbox}/_sandbox/clock")
        for url in urls:
            _answers(f"{url}/health/live")
        yield Servers(urls, sandbox, environment, pids)


@contextmanager
def _running(command: list[str], environment: Mapping[str, str]) -> Iterator[int]:
    process = subprocess.Popen(
        [sys.executable, "-m", "widget", *command], env=environment, cwd=ROOT,
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        yield process.pid
    finally:
        process.terminate()
        try:
            process.wait(35)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _ports(count: int) -> list[int]:
    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [one.getsockname()[1] for one in held]
    for one in held:
        one.close()
    return ports


def _answers(url: str) -> None:
    until = time.monotonic() + _PATIENCE_S
    while time.monotonic() < until:
        try:
            httpx.get(url, timeout=10, trust_env=False)
        except httpx.TransportError:
            time.sleep(0.05)
        else:
            return
    raise TimeoutError(url)

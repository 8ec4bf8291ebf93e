"""Where lives begin: everything is imported and built once, no connection is opened, and each life is a fork.

A process of its own, because only a process without threads may fork. It reads one JSON line a life, forks, and says the
process id. The listening socket is its own, so it stays when a life is killed.

    python -m tests.campaign.lives.nursery FD DIAL   (settings from the environment)
"""

import asyncio
import gc
import json
import os
import signal
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import httpx
from dodopayments import AsyncDodoPayments, types
from msgspec.structs import replace

from tests.campaign.lives.dial import Dial
from tests.campaign.lives.planted import PLANTED
from tests.campaign.lives.serve import listen
from widget import probe
from widget.app import create_app
from widget.core.secret import Secret
from widget.provider.dodo import Dodo, open_dodo
from widget.settings import Settings, load
from widget.storage.database import migrate, open_database
from widget.web.render import environment

_LOADED = (AsyncDodoPayments, types.Payment)  # imported late by the product; here before the fork


class Deadly:
    """Ends the process with SIGKILL where a crash point is passed for the n-th time."""

    def __init__(self, name: str, hit: int, dial: Dial) -> None:
        self._name, self._left, self._dial = name, hit, dial

    def at(self, name: str) -> None:
        if name != self._name:
            return
        self._left -= 1
        if self._left == 0:
            self._dial.struck = True
            os.kill(os.getpid(), signal.SIGKILL)


def main() -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for them: the watcher asks the kernel
    sock, dial = socket.socket(fileno=int(sys.argv[1])), Dial(Path(sys.argv[2]))
    settings = load(os.environ)
    if name := os.environ.get("CAMPAIGN_PLANTED"):
        PLANTED[name]()
    asyncio.run(_warm(settings, dial))
    if threading.active_count() > 1:
        raise RuntimeError(f"threads before a fork: {threading.enumerate()}")
    app = _build(settings, dial)
    gc.collect()
    gc.freeze()
    print("ready", flush=True)
    for line in sys.stdin:
        wanted = json.loads(line)
        child = os.fork()
        if child == 0:
            _live(wanted, app, sock, dial)
        print(child, flush=True)


def _build(settings: Settings, dial: Dial) -> Any:
    patience = float(os.environ.get("CAMPAIGN_PATIENCE_S", "20"))

    def provider(known: Settings) -> AbstractAsyncContextManager[Dodo]:
        return open_dodo(
            api_key=known.dodo_api_key.reveal(), environment=None, base_url=known.dodo_base_url,
            move_timeout_s=patience, ask_timeout_s=min(6.0, patience * 6),
        )  # fmt: skip

    return create_app(settings, now=lambda: time.time_ns() // 1_000_000 + dial.offset_ms, provider=provider)


async def _warm(settings: Settings, dial: Dial) -> None:
    """One short life on a database of its own: what is imported, compiled and read at the first use is there after it.

    Everything it opened is closed again, so that a fork inherits no connection and no thread.
    """
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/warm.db"
        await _migrate(url)
        app = _build(replace(settings, database_url=Secret(url)), dial)
        async with (
            app.lifespan(),
            httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://x") as own,
        ):
            for path in ("/health/ready", "/embed/offer/x", "/embed/plans/x"):
                await own.get(path)
            for path in ("/upsell/accept", "/plan_change/confirm", "/webhooks/dodo"):
                await own.post(path, data={"key": "x"})
    for name in environment().list_templates():
        environment().get_template(name)


def _live(wanted: dict[str, Any], app: Any, sock: socket.socket, dial: Dial) -> None:
    """Never returns."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    if wanted.get("point"):
        probe.install(Deadly(wanted["point"], wanted.get("hit", 1), dial))
    try:
        work: Callable[[], Any] = (
            (lambda: _migrate(wanted["migrate"])) if wanted.get("migrate") else lambda: _serve(app, sock)
        )
        asyncio.run(work())
        os._exit(0)
    except BaseException as error:  # noqa: BLE001 - a fork must never go on as its parent
        print(f"a life ended with {error!r}", file=sys.stderr, flush=True)
        os._exit(1)


async def _serve(app: Any, sock: socket.socket) -> None:
    """Until TERM: then no new connections, and what is under way is finished by the application."""
    over = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, over.set)
    async with app.lifespan():
        server = await listen(app, sock.dup())
        await over.wait()
        server.close()


async def _migrate(url: str) -> None:
    async with open_database(url):
        await migrate()


if __name__ == "__main__":
    main()

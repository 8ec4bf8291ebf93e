"""The sandbox as an application and as a process."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from functools import cache
from typing import Any

import httpx
from litestar import Litestar
from litestar.di import Provide
from litestar.exceptions import HTTPException
from litestar.types import Scope

from widget.sandbox.errors import Refusal, answer_http_error, answer_refusal
from widget.sandbox.gate import Gate
from widget.sandbox.postman import Postman
from widget.sandbox.routes import ROUTES
from widget.sandbox.world import World


def create_app(world: World | None = None, webhook_client: httpx.AsyncClient | None = None) -> Gate:
    """The ASGI application over `world` (a fresh one by default).

    `webhook_client` delivers the webhooks, e.g. one over `httpx.ASGITransport` of the receiver, for tests in process.
    """
    here = world or World()
    # around everything, not a middleware: unknown paths are logged too, and a cut connection meets no error handler
    return Gate(_routes(), here, Postman(here, webhook_client))


@cache
def _routes() -> Litestar:
    """What all worlds of a process share; the gate before it says which of them is asked."""
    handlers: dict[int | type[Exception], Any] = {
        Refusal: answer_refusal,
        HTTPException: answer_http_error,
    }
    return Litestar(
        route_handlers=[*ROUTES],
        dependencies={
            "world": Provide(_world, sync_to_thread=False),
            "postman": Provide(_postman, sync_to_thread=False),
        },
        exception_handlers=handlers,
        openapi_config=None,
        logging_config=None,
        request_max_body_size=1_000_000,
    )


def _world(scope: Scope) -> World:
    return scope["state"]["world"]


def _postman(scope: Scope) -> Postman:
    return scope["state"]["postman"]


def run(
    host: str = "127.0.0.1",
    port: int = 8401,
    webhook_target: str | None = None,
    webhook_secret: str | None = None,
) -> None:
    """Serve until SIGINT or SIGTERM, then end the process; raises `OSError` when the port is taken."""
    asyncio.run(serve(host, port, webhook_target, webhook_secret))
    # The server's own threads can abort an interpreter that is being taken down (seen once, under load).
    sys.stdout.flush()
    os._exit(0)


async def serve(host: str, port: int, webhook_target: str | None = None, webhook_secret: str | None = None) -> None:
    """The same inside a running loop; one worker, in this process, because the world lives in its memory."""
    from granian.constants import Interfaces
    from granian.server.embed import Server

    world = World(base_url=f"http://{host}:{port}")
    world.use_webhooks(webhook_target, webhook_secret)
    app = create_app(world)
    server = Server(app, address=host, port=port, interface=Interfaces.ASGI, log_enabled=False)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, server.stop)
    async with app.lifespan():
        try:
            await server.serve()
        except RuntimeError as error:
            # the server wraps "address in use" into a RuntimeError with a page of backtrace
            raise OSError(str(error).splitlines()[0]) from None

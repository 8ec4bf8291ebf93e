"""The shop as an application and as a process."""

import asyncio
import os
import signal
from typing import Any

import httpx
from dodopayments import AsyncDodoPayments
from litestar import Litestar
from litestar.di import Provide
from litestar.static_files import (
    create_static_files_router,  # pyright: ignore[reportUnknownVariableType] - untyped parameters of its own
)

from widget.shop.config import ShopConfig, load
from widget.shop.goods import Goods
from widget.shop.pages import router
from widget.shop.shop import Shop, folder


def create_app(config: ShopConfig, *, transport: httpx.AsyncBaseTransport | None = None) -> Litestar:
    """The shop; `transport` replaces the network for tests in one process."""
    client = AsyncDodoPayments(
        bearer_token=config.dodo_api_key,
        base_url=config.dodo_url,
        http_client=httpx.AsyncClient(transport=transport, timeout=20, trust_env=False),
    )
    shop = Shop(config, Goods(client))

    async def close(_: Any) -> None:
        await client.close()

    return Litestar(
        route_handlers=[router, create_static_files_router(path="/static", directories=[folder("static")])],
        dependencies={"shop": Provide(lambda: shop, sync_to_thread=False)},
        openapi_config=None,
        logging_config=None,
        on_shutdown=[close],
    )


def run(host: str, port: int) -> None:
    """Serve until SIGINT or SIGTERM; raises ValueError for missing settings and OSError for a taken port."""
    asyncio.run(_serve(load(os.environ), host, port))


async def _serve(config: ShopConfig, host: str, port: int) -> None:
    from granian.constants import Interfaces
    from granian.server.embed import Server

    server = Server(create_app(config), address=host, port=port, interface=Interfaces.ASGI, log_enabled=False)
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, server.stop)
    await server.serve()

"""The shop as an application and as a process."""

import asyncio
import signal
from typing import Any

import httpx
from dodopayments import AsyncDodoPayments
from litestar import Litestar
from litestar.di import Provide
from litestar.static_files import (
    create_static_files_router,  # pyright: ignore[reportUnknownVariableType] - untyped parameters of its own
)

from widget.shop.account import account, sign_in
from widget.shop.browse import home, product
from widget.shop.buy import buy
from widget.shop.config import ShopConfig
from widget.shop.fulfil import encore_events
from widget.shop.manners import handlers, same_site_forms_only
from widget.shop.moment import moment
from widget.shop.shop import Shop, folder
from widget.shop.thanks import thanks, thanks_static

ASK_TIMEOUT_S = 10  # a shopper waits for the page meanwhile
FORM_BYTES = 10_000


def create_app(
    config: ShopConfig,
    *,
    transport: httpx.AsyncBaseTransport | None = None,
    encore_transport: httpx.AsyncBaseTransport | None = None,
) -> Litestar:
    """The shop; the transports replace the network to Dodo and to Encore for tests in one process."""
    client = AsyncDodoPayments(
        bearer_token=config.dodo_api_key,
        base_url=config.dodo_url,
        timeout=ASK_TIMEOUT_S,
        max_retries=1,
        http_client=httpx.AsyncClient(transport=transport, trust_env=False),
    )
    encore = httpx.AsyncClient(transport=encore_transport, timeout=ASK_TIMEOUT_S, trust_env=False)
    shop = Shop(config, client, encore)

    async def close(_: Any) -> None:
        await client.close()
        await encore.aclose()

    assets = create_static_files_router(path="/static", directories=[folder("static")])
    return Litestar(
        route_handlers=[home, product, buy, thanks, thanks_static, account, sign_in, moment, encore_events, assets],
        dependencies={"shop": Provide(lambda: shop, sync_to_thread=False)},
        guards=[same_site_forms_only],
        exception_handlers=handlers(shop),
        request_max_body_size=FORM_BYTES,
        openapi_config=None,
        logging_config=None,
        on_shutdown=[close],
    )


def run(config: ShopConfig) -> None:
    """Serve until SIGINT or SIGTERM, with one worker in this process; raises OSError when the port is taken."""
    asyncio.run(_serve(config))


async def _serve(config: ShopConfig) -> None:
    from granian.constants import Interfaces
    from granian.server.embed import Server

    server = Server(
        create_app(config), address=config.host, port=config.port, interface=Interfaces.ASGI, log_enabled=False
    )
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, server.stop)
    try:
        await server.serve()
    except RuntimeError as error:
        # the server wraps "address in use" into a RuntimeError with a page of backtrace
        raise OSError(str(error).splitlines()[0]) from None

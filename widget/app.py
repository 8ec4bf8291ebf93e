"""The front door: wires every room together; the only file that knows them all."""

import asyncio
import os
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from typing import Any, cast

import httpx
from litestar import Litestar
from litestar.datastructures import State
from litestar.di import Provide
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components, SecurityScheme
from litestar.types import Scope

from widget import plan_change, probe, upsell, webhooks
from widget.backroom import Provider, begin_duties, opened, over_the_network, worker_of
from widget.desk import Desk
from widget.outgoing import Courier, courier_of
from widget.settings import Settings, load
from widget.storage import charges, plan_acts, reckoning
from widget.till.acts import Acts
from widget.till.charge import Till
from widget.till.checkout import CheckoutTill
from widget.till.level import Level
from widget.web import errors, health
from widget.web.assets import assets_router
from widget.web.capacity import capacity
from widget.web.headers import before_send
from widget.web.limits import Limits
from widget.web.queries import readable_queries
from widget.web.slow_bodies import BODY_WITHIN_S, slow_bodies
from widget.webhooks.bell import Bell

# Longer than the money call's time-out (20 s), shorter than the server's kill time-out (30 s).
FINISH_WITHIN_S = 25.0


def now_ms() -> int:
    """The clock of the house: epoch milliseconds."""
    return time.time_ns() // 1_000_000


def create_app(
    settings: Settings | None = None,
    *,
    transport: httpx.AsyncBaseTransport | None = None,
    now: Callable[[], int] = now_ms,
    provider: Provider | None = None,
    courier: Courier | None = None,
    compared_since: Callable[[], int | None] = lambda: None,
) -> Litestar:
    """The application; settings from the environment unless handed in. Raises `SettingsError`.

    `now` is its clock (epoch ms); `transport` replaces the network below the provider, `provider` the whole of it,
    `courier` the way to the merchant's server. `compared_since`: since when a comparison of the books with Dodo's is
    good enough for a life that begins (epoch ms); None means since its beginning.
    """
    first = settings or load(os.environ)

    @asynccontextmanager
    async def lifespan(app: Litestar) -> AsyncGenerator[None, None]:
        known: Settings = app.state.settings  # of this life; an application may be started again with others
        app.state.limits = Limits(known, now)
        async with opened(known, provider or over_the_network(transport)) as dodo:
            worker = worker_of(dodo.asks, now, courier or courier_of(known))
            level = Level(reckoning, now, worker.nudge, compared_since())
            desk = Desk(
                known,
                dodo.asks,
                Till(charges, dodo.moves, now, level.holds),
                CheckoutTill(charges, dodo.moves, now, level.holds),
                Acts(plan_acts, dodo.moves, now),
                now,
                worker.nudge,
                worker.wait_for,
                level,
            )
            app.state.desk = desk
            app.state.bell = Bell(tuple(key.reveal() for key in known.dodo_webhook_keys), now, worker.nudge)
            await begin_duties(now())
            if not known.works:
                worker.stop()  # the jobs are `encore watch`'s
            loop = asyncio.create_task(worker.run())
            try:
                yield
            finally:
                probe.at("deploy.term_received")
                worker.stop()
                under_way = asyncio.create_task(desk.finish(seconds=FINISH_WITHIN_S))
                await asyncio.wait({loop, under_way}, timeout=FINISH_WITHIN_S)

    app = Litestar(
        route_handlers=[upsell.router, plan_change.router, webhooks.router, health.router, assets_router],
        dependencies={
            "desk": Provide(_desk),
            "bell": Provide(_bell, sync_to_thread=False),
        },
        exception_handlers=errors.handlers,
        middleware=[readable_queries(), capacity(), slow_bodies(BODY_WITHIN_S)],
        before_send=[cast("Any", before_send(first))],
        lifespan=[lifespan],
        openapi_config=OpenAPIConfig(
            title="Encore",
            version="1",
            path="/docs",
            render_plugins=[JsonRenderPlugin(path="/openapi.json")],
            components=Components(security_schemes={"bearer": SecurityScheme(type="http", scheme="bearer")}),
        ),
        logging_config=None,
        request_max_body_size=1_000_000,
    )
    app.state.settings = first
    return app


async def _desk(state: State, scope: Scope) -> Desk:
    """The desk; what machines ask has no look, so that for them the theme is not read."""
    desk: Desk = state.desk
    return desk if scope["path"].startswith("/api/") else await desk.look_again()


def _bell(state: State) -> Bell:
    return state.bell

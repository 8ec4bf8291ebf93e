"""The back room: every kind of job with its handler, done by the server's own worker or by `encore watch`."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress

import httpx

from widget.lookout import look
from widget.outgoing import Courier, deliver
from widget.plan_change.refresh import read_methods, refresh
from widget.provider.asks import Asks
from widget.provider.dodo import Dodo, open_dodo
from widget.settings import Settings
from widget.storage import charges, invariants, jobs, plan_acts, reckoning, retention, rollups
from widget.storage.database import open_database
from widget.till.act_watch import watch_act
from widget.till.reckon import reckon
from widget.till.watch import watch
from widget.upsell.prepare import prepare
from widget.webhooks.apply import apply, give_up
from widget.worker import Work, Worker

# What goes on for ever, once for all processes: job → kind.
_DUTIES = {
    "sweep:daily": "sweep",
    "rollup:days": "rollup",
    "refresh:plans": "refresh",
    "invariants:minute": "invariants",
    "lookout:all": "lookout",
    reckoning.JOB: "reckon",
}


Provider = Callable[[Settings], AbstractAsyncContextManager[Dodo]]


def over_the_network(transport: httpx.AsyncBaseTransport | None = None) -> Provider:
    """Dodo through its SDK; `transport` replaces the network below it."""
    return lambda settings: open_dodo(
        api_key=settings.dodo_api_key.reveal(),
        environment=settings.dodo_environment,
        base_url=settings.dodo_base_url,
        transport=transport,
    )


@asynccontextmanager
async def opened(settings: Settings, provider: Provider) -> AsyncGenerator[Dodo, None]:
    """Database and provider of this process while the block runs."""
    async with open_database(settings.database_url.reveal()), provider(settings) as dodo:
        yield dodo


def worker_of(asks: Asks, now: Callable[[], int], courier: Courier | None) -> Worker:
    """A worker that knows every kind of job; `courier` reaches the merchant's server."""
    return Worker(
        {
            "watch": Work(lambda subject: watch(charges, asks, subject, now=now()), for_ever=True),
            "act": Work(lambda subject: watch_act(plan_acts, asks, subject, now=now())),
            "apply": Work(
                lambda subject: apply(charges, asks, subject, now=now()),
                gave_up=lambda subject, why: give_up(subject, why, now=now()),
            ),
            "prepare": Work(lambda subject: prepare(asks, subject, now=now())),
            "outgoing": Work(lambda about: deliver(courier, about, now=now), at_once=4),
            "methods": Work(lambda subject: read_methods(asks, subject, now=now()), at_once=4),
            "reckon": Work(lambda _: reckon(reckoning, charges, asks, now=now()), at_once=1, for_ever=True),
            "invariants": Work(lambda _: invariants.watch_over(now=now()), at_once=1, for_ever=True),
            "lookout": Work(lambda _: look(now()), at_once=1, for_ever=True),
            "sweep": Work(lambda _: _sweep(now()), at_once=1, for_ever=True),
            "rollup": Work(lambda _: _roll_up(now()), at_once=1, for_ever=True),
            "refresh": Work(lambda _: refresh(asks, now=now()), at_once=1, for_ever=True),
        },
        now,
    )


async def compare(settings: Settings, now: Callable[[], int], *, within_s: float) -> None:
    """Compare the open books with Dodo's, before anything is served; what takes longer is left to the worker."""
    async with over_the_network()(settings) as dodo:
        with suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                await reckon(reckoning, charges, dodo.asks, now=now())


async def begin_duties(now: int) -> None:
    """Queue what goes on for ever; in every process, and there is one of each."""
    for job_id, kind in _DUTIES.items():
        await jobs.wake(job_id, kind, now)


async def _roll_up(now: int) -> int:
    """Count the days whose facts changed; again in some minutes (a report counts them itself)."""
    await rollups.catch_up(most=100)
    return now + 300_000


async def _sweep(now: int) -> int:
    """Forget what is over; soon again while there is more, else in an hour."""
    return now + (1_000 if await retention.sweep(now) else 3_600_000)

"""`encore doctor`: is this deployment well? One line a check, and exit 0 only if all are."""

import argparse
import asyncio
import os
from collections.abc import Awaitable, Callable

from msgspec import Struct

from widget.settings import Settings, SettingsError, load

HELP = "check configuration, database, Dodo key, webhook secret and origins"


class Finding(Struct, frozen=True):
    """What a check found; never a secret."""

    well: bool
    said: str


Check = Callable[[Settings], Awaitable[Finding]]


def add_arguments(_: argparse.ArgumentParser) -> None:
    """None: everything is in the environment."""


def run(_: argparse.Namespace) -> int:
    """The configuration first: without one there is nothing else to check."""
    try:
        settings = load(os.environ)
    except SettingsError as error:
        for problem in error.problems:
            _print("configuration", Finding(well=False, said=str(problem)))
        for warning in error.warnings:
            _print("configuration", Finding(well=False, said=warning))
        return 1
    return asyncio.run(_examine(settings))


async def _examine(settings: Settings) -> int:
    unknown = [line for line in settings.warnings if "503" not in line]
    configuration = Finding(well=not unknown, said="; ".join(unknown) or f"{settings.mode} mode, {settings.public_url}")
    well = _print("configuration", configuration)
    for name, check in _CHECKS.items():
        well &= _print(name, await check(settings))
    return 0 if well else 1


async def _database(settings: Settings) -> Finding:
    from widget.storage.database import open_database, pending_migrations
    from widget.storage.durable import AWAY, not_durable

    kind = settings.database_url.reveal().partition(":")[0]
    try:
        async with open_database(settings.database_url.reveal()):
            pending = await pending_migrations()
            problem = "not up to date: run `encore migrate`" if pending else await not_durable()
    except AWAY as error:
        return Finding(well=False, said=f"{kind}: {type(error).__name__}: {error}")
    return Finding(well=problem is None, said=f"{kind}: {problem or 'reachable, up to date, durable'}")


async def _invariants(settings: Settings) -> Finding:
    """Everything that is kept, not only what is recent (docs/invariants.md)."""
    import time

    from widget.storage import invariants
    from widget.storage.database import open_database
    from widget.storage.durable import AWAY

    try:
        async with open_database(settings.database_url.reveal()):
            found = await invariants.broken(now=time.time_ns() // 1_000_000, since=0) + await invariants.altered(
                since=0
            )
    except AWAY as error:
        return Finding(well=False, said=f"cannot be read: {type(error).__name__}")
    said = "; ".join(f"{one.name} ({one.subject})" for one in found[:10])
    return Finding(well=not found, said=said or f"{len(invariants.ASKED)} hold")


async def _dodo_key(settings: Settings) -> Finding:
    """A read of something that is not there: a 404 says that the key was good."""
    from widget.provider.asks import Unreadable
    from widget.provider.dodo import open_dodo

    key, environment, base_url = settings.dodo_api_key.reveal(), settings.dodo_environment, settings.dodo_base_url
    async with open_dodo(api_key=key, environment=environment, base_url=base_url) as dodo:
        answer = await dodo.asks.product("pdt_encore_doctor")
    match answer:
        case Unreadable(cause=cause):
            return Finding(well=False, said=f"Dodo cannot be asked: {cause}")
        case _:
            return Finding(well=True, said=f"accepted by Dodo ({settings.mode} mode)")


async def _webhook_secret(settings: Settings) -> Finding:
    count = len(settings.dodo_webhook_keys)
    if not count:
        return Finding(well=False, said="DODO_PAYMENTS_WEBHOOK_KEY is not set: webhooks are answered 503")
    return Finding(well=True, said=f"{count} in force; the endpoint is {settings.public_url}/webhooks/dodo")


async def _origins(settings: Settings) -> Finding:
    said = f"framed by {' '.join(settings.allowed_origins)}; sends shoppers to {' '.join(settings.return_origins)}"
    return Finding(well=True, said=said)


async def _attention(settings: Settings) -> Finding:
    """What waits for a person, each with what to do."""
    from widget.core.alarms import ALARMS
    from widget.storage import attention
    from widget.storage.database import open_database, pending_migrations
    from widget.storage.durable import AWAY

    try:
        async with open_database(settings.database_url.reveal()):
            found = [] if await pending_migrations() else await attention.unresolved(limit=20)
    except AWAY:
        return Finding(well=False, said="cannot be read")
    said = [f"{row['id']}: {ALARMS[row['name']].to_do if row['name'] in ALARMS else row['detail']}" for row in found]
    return Finding(well=not found, said="; ".join(said) or "nothing needs a person")


async def _outgoing(settings: Settings) -> Finding:
    if settings.events_url is None:
        return Finding(well=True, said="ENCORE_EVENTS_URL is not set: nobody is told")
    return Finding(well=True, said=f"told to {settings.events_url.partition('?')[0]}; `encore outgoing` lists them")


def _print(name: str, finding: Finding) -> bool:
    print(f"{'ok  ' if finding.well else 'FAIL'} {name:14} {finding.said}")
    return finding.well


_CHECKS: dict[str, Check] = {
    "database": _database,
    "invariants": _invariants,
    "dodo key": _dodo_key,
    "webhook secret": _webhook_secret,
    "origins": _origins,
    "outgoing": _outgoing,
    "attention": _attention,
}

"""`encore serve`: the production server, configured by the environment."""

import argparse
import os
import socket
import time
from typing import Any

from widget.commands.books import with_database
from widget.commands.printing import complain

HELP = "start the production server"

# Half a minute is longer than any answer takes; without a limit an open stream would keep a worker for ever.
_GRACE_S = 30
# As long as a body may take (web/slow_bodies.py); the server's own default is half a minute.
_HEADERS_WITHIN_MS = 10_000
# For the comparison of the books before it listens; a press on books that were not compared would be turned away.
_COMPARED_WITHIN_S = 5.0
# A worker that begins later than this replaces another one: it compares for itself (decision 0038).
_JUST_NOW_MS = 60_000
_looked: list[int] = []  # when this server began to compare (epoch ms); the workers are forked from it and know it


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where it listens and with how many processes; all else is in the environment."""
    parser.add_argument("--host", default="127.0.0.1", help="0.0.0.0 inside a container (default: 127.0.0.1)")
    parser.add_argument("--port", type=int, default=8400)
    parser.add_argument("--workers", type=int, default=1, help="processes; about one a core (default: 1)")


def run(args: argparse.Namespace) -> int:
    """Refuses to start, with every problem, before it listens; ends by SIGTERM when what was under way is done."""
    if not 0 < args.workers <= 64 or not 0 < args.port < 65536:
        complain("--workers: expected 1 to 64; --port: expected 1 to 65535")
        return 2
    if not configured() or with_database(reachable):
        return 1
    if (busy := _busy(args.host, args.port)) is not None:
        return complain(f"Encore cannot listen on {args.host}:{args.port}: {busy}")
    if with_database(level):
        return 1
    from granian.errors import ConfigurationError
    from granian.server import Server

    try:
        _server(Server, args).serve()
    except (OSError, RuntimeError, ConfigurationError) as error:
        return complain(f"Encore cannot listen on {args.host}:{args.port}: {error}")
    return 0


def asgi() -> Any:
    """What each worker serves: the application with an access log that holds no ticket."""
    from widget.app import create_app
    from widget.web import logs

    app = create_app(compared_since=_looked_just_now)
    logs.configure()  # after the framework has said how it would log
    return logs.with_access_log(app)


def configured() -> bool:
    """Whether the environment is complete; all that is wrong with it is on standard error."""
    from widget.settings import SettingsError, load

    try:
        warnings = load(os.environ).warnings
    except SettingsError as error:
        complain("\n".join(map(str, (*error.problems, *error.warnings))))
        return False
    for warning in warnings:
        complain(f"Warning: {warning}")
    return True


async def reachable() -> int:
    """0 when the database can be used; with real money only one that syncs, or charges leave before their intent."""
    from widget.settings import load
    from widget.storage.durable import not_durable

    problem = await not_durable() if load(os.environ).mode == "live" else None
    return complain(f"The database in ENCORE_DATABASE_URL is {problem}.") if problem else 0


async def level() -> int:
    """Everything that takes time is done before the server listens: who connects while it starts would wait for it.

    The application is loaded here once, and each worker is a fork of that; the books are compared with Dodo's.
    """
    from widget import app
    from widget.backroom import compare
    from widget.settings import load

    _looked[:] = [app.now_ms()]
    await compare(load(os.environ), app.now_ms, within_s=_COMPARED_WITHIN_S)
    return 0


def _looked_just_now() -> int | None:
    now = time.time_ns() // 1_000_000
    return _looked[0] if _looked and 0 <= now - _looked[0] < _JUST_NOW_MS else None


def _busy(host: str, port: int) -> str | None:
    """The server's workers share their port, so it would also share it with a stranger: asked here, without sharing."""
    try:
        [family, kind, number, _, address] = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, number) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        return error.strerror or str(error)
    return None


def _server(server: Any, args: argparse.Namespace) -> Any:
    from granian.constants import Interfaces
    from granian.http import HTTP1Settings

    return server(
        "widget.commands.serve:asgi",
        factory=True,
        interface=Interfaces.ASGI,
        address=args.host,
        port=args.port,
        workers=args.workers,
        workers_kill_timeout=_GRACE_S,
        respawn_failed_workers=True,
        websockets=False,
        http1_settings=HTTP1Settings(header_read_timeout=_HEADERS_WITHIN_MS),
        log_dictconfig=_LOGGING,
    )


# The server's own lines in the shape of ours.
_LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"lines": {"()": "widget.web.logs.Lines", "plain": False}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "lines", "stream": "ext://sys.stderr"}},
    "loggers": {"_granian": {"handlers": ["stderr"], "level": "INFO", "propagate": False}},
}

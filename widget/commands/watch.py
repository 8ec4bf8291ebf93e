"""`encore watch`: the jobs without a server, beside `encore serve` or, with ENCORE_JOBS=elsewhere, for it."""

import argparse
import asyncio
import logging
import os
import signal

from widget.commands.books import with_database
from widget.commands.serve import configured, reachable

HELP = "work the background jobs alone, without a server"


def add_arguments(_: argparse.ArgumentParser) -> None:
    """None: everything is in the environment."""


def run(_: argparse.Namespace) -> int:
    """Refuses to start as the server does; ends by SIGTERM or SIGINT when what was under way is done."""
    if not configured() or with_database(reachable):
        return 1
    asyncio.run(_work())
    return 0


async def _work() -> None:
    from widget.app import FINISH_WITHIN_S, now_ms
    from widget.backroom import begin_duties, opened, over_the_network, worker_of
    from widget.outgoing import courier_of
    from widget.settings import load
    from widget.web import logs

    logs.configure()
    log = logging.getLogger("encore.worker")
    settings = load(os.environ)
    async with opened(settings, over_the_network()) as dodo:
        worker, asked_to_end = worker_of(dodo.asks, now_ms, courier_of(settings)), asyncio.Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(name, asked_to_end.set)
        await begin_duties(now_ms())
        running, ending = asyncio.create_task(worker.run()), asyncio.create_task(asked_to_end.wait())
        logs.note(log, "worker.began")
        await asyncio.wait({running, ending}, return_when=asyncio.FIRST_COMPLETED)
        worker.stop()
        ending.cancel()
        await asyncio.wait({running}, timeout=FINISH_WITHIN_S)
        if running.done():
            running.result()  # a worker that broke says so, and the process ends with it
        logs.note(log, "worker.ended")

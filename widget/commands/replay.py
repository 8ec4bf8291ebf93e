"""`encore replay WEBHOOK_ID`: apply a kept event once more; doing so twice changes nothing."""

import argparse
import time

from widget.commands.books import with_database
from widget.commands.printing import complain
from widget.storage import events

HELP = "apply a kept event again"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The webhook's id."""
    parser.add_argument("webhook_id", help="as `encore events` prints it")


def run(args: argparse.Namespace) -> int:
    """Queues it for the running server; exit 1 when there is no such event or its body is gone."""

    async def work() -> int:
        if not await events.again(args.webhook_id, at=int(time.time() * 1000)):
            return complain(f"There is no event {args.webhook_id} with its body. `encore events` lists them.")
        print(f"{args.webhook_id} is queued; the running server applies it.")
        return 0

    return with_database(work)

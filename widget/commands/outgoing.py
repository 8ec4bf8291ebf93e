"""`encore outgoing`: what the merchant's server was told, and what it has not heard yet."""

import argparse
import json
import time
from typing import Any

from widget.commands.books import with_database
from widget.commands.printing import as_json, as_table, complain, when
from widget.storage import outgoing
from widget.storage.outgoing import Outgoing

HELP = "list outgoing events and what became of them; send one again"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`--failed`, `--again ID`, `--limit`, `--json`."""
    parser.add_argument("--failed", action="store_true", help="only those that were tried in vain")
    parser.add_argument("--again", metavar="ID", help="send this one again under the same id; `all`: whatever failed")
    parser.add_argument("--limit", type=int, default=100, help="at most so many (100)")
    parser.add_argument("--json", action="store_true", help="one JSON document, bodies included")


def run(args: argparse.Namespace) -> int:
    """Prints them; exit 0 also when there are none. With `--again`, exit 1 when there is no such event."""

    async def work() -> int:
        if args.again is not None:
            return await _again(args.again)
        found = await outgoing.listed(failed=args.failed, limit=max(1, min(args.limit, 10_000)))
        if args.json:
            as_json([_event(event) for event in found])
            return 0
        lines = ((e.id, e.kind, e.state, str(e.tries), when(e.made_at) or "", e.error or "") for e in found)
        as_table(("EVENT", "KIND", "STATE", "TRIES", "MADE", "ERROR"), lines, nothing="No outgoing events.")
        return 0

    return with_database(work)


async def _again(event_id: str) -> int:
    now = int(time.time() * 1000)
    if event_id == "all":
        count = await outgoing.all_again(at=now)
        print(f"{count} queued; the running server or `encore watch` sends them.")
        return 0
    if not await outgoing.again(event_id, at=now):
        return complain(f"There is no outgoing event {event_id}. `encore outgoing` lists them.")
    print(f"{event_id} is queued; the running server or `encore watch` sends it.")
    return 0


def _event(event: Outgoing) -> dict[str, Any]:
    return {
        "id": event.id,
        "kind": event.kind,
        "about": event.about,
        "state": event.state,
        "tries": event.tries,
        "status": event.status,
        "error": event.error,
        "made_at": when(event.made_at),
        "tried_at": when(event.tried_at),
        "delivered_at": when(event.delivered_at),
        "body": json.loads(event.body),
    }

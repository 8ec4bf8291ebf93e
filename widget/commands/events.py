"""`encore events`: kept webhooks and what became of them."""

import argparse
from typing import Any

from widget.commands.books import with_database
from widget.commands.printing import as_json, as_table, when
from widget.storage import events
from widget.storage.events import KeptEvent

HELP = "list kept events (webhooks)"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`--failed`, `--limit`, `--json`."""
    parser.add_argument("--failed", action="store_true", help="only those that could not be applied")
    parser.add_argument("--limit", type=int, default=100, help="at most so many (100)")
    parser.add_argument("--json", action="store_true", help="one JSON document")


def run(args: argparse.Namespace) -> int:
    """Prints them; exit 0 also when there are none."""

    async def work() -> int:
        found = await events.listed(failed=args.failed, limit=max(1, min(args.limit, 10_000)))
        if args.json:
            as_json([_event(event) for event in found])
            return 0
        lines = ((e.id, e.kind, e.state, str(e.tries), when(e.received_at) or "", e.error or "") for e in found)
        as_table(("WEBHOOK", "KIND", "STATE", "TRIES", "RECEIVED", "ERROR"), lines, nothing="No events.")
        return 0

    return with_database(work)


def _event(event: KeptEvent) -> dict[str, Any]:
    return {
        "id": event.id,
        "kind": event.kind,
        "state": event.state,
        "tries": event.tries,
        "occurred_at": when(event.occurred_at),
        "received_at": when(event.received_at),
        "applied_at": when(event.applied_at),
        "error": event.error,
    }

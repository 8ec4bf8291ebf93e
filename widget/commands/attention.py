"""`encore attention`: what a person must see to, and with `resolve` that it was."""

import argparse
import getpass
import time
from typing import Any

from widget.commands.books import with_database
from widget.commands.printing import as_json, complain, when
from widget.core.alarms import ALARMS
from widget.storage import attention

HELP = "list what needs a person, with what to do; mark it as seen to"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`resolve ID`, `--all`, `--limit`, `--json`."""
    parser.add_argument("what", nargs="?", choices=["list", "resolve"], default="list")
    parser.add_argument("id", nargs="?", help="with `resolve`: as the list prints it")
    parser.add_argument("--all", action="store_true", help="also what was seen to")
    parser.add_argument("--limit", type=int, default=100, help="at most so many (100)")
    parser.add_argument("--json", action="store_true", help="one JSON document")


def run(args: argparse.Namespace) -> int:
    """Exit 0, also when there is something; with `resolve`, exit 1 when nothing of this id is open."""
    if (args.what == "resolve") != (args.id is not None):
        complain("encore attention resolve ID: expected the id that `encore attention` prints")
        return 2

    async def work() -> int:
        if args.what == "resolve":
            return await _resolve(args.id)
        found = await attention.listed(every=args.all, limit=max(1, min(args.limit, 10_000)))
        if args.json:
            as_json([_item(row) for row in found])
            return 0
        for row in found:
            _print(row)
        if not found:
            print("Nothing needs a person.")
        return 0

    return with_database(work)


async def _resolve(attention_id: str) -> int:
    if not await attention.resolve(attention_id, getpass.getuser(), at=int(time.time() * 1000)):
        return complain(f"Nothing open is called {attention_id}. `encore attention` lists what is.")
    print(f"{attention_id} is seen to.")
    return 0


def _print(row: dict[str, Any]) -> None:
    alarm = ALARMS.get(row["name"])
    seen = f", seen to {when(row['resolved_at'])} by {row['resolved_by'] or 'itself'}" if row["resolved_at"] else ""
    print(f"{row['id']}  {when(row['raised_at'])}{seen}")
    if alarm is not None:
        print(f"    {alarm.what}: {row['detail']}\n    What to do: {alarm.to_do}")


def _item(row: dict[str, Any]) -> dict[str, Any]:
    alarm = ALARMS.get(row["name"])
    return {
        "id": row["id"],
        "name": row["name"],
        "subject": row["subject"],
        "detail": row["detail"],
        "what": alarm.what if alarm else None,
        "to_do": alarm.to_do if alarm else None,
        "raised_at": when(row["raised_at"]),
        "resolved_at": when(row["resolved_at"]),
        "resolved_by": row["resolved_by"],
    }

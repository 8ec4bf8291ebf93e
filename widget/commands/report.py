"""`encore report`: shown, accepted, paid, refunded, net, per offer; what each number is: docs/report.md."""

import argparse
import time
from datetime import UTC, datetime
from typing import Any

import msgspec

from widget.commands.books import with_database
from widget.commands.printing import as_json, as_table, money, when
from widget.storage import reports, rollups
from widget.storage.reports import OfferReport
from widget.storage.rollups import DAY_MS

HELP = "what the offers earned"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`--from`, `--to` (ISO 8601, UTC when no offset is given; whole UTC days are told) and `--json`."""
    parser.add_argument("--from", dest="since", type=_time, default=None, help="from this day on")
    parser.add_argument("--to", dest="until", type=_time, default=None, help="to before this day")
    parser.add_argument("--json", action="store_true", help="one JSON document")


def run(args: argparse.Namespace) -> int:
    """Prints the numbers of the presentations prepared on these days; never behind what is known."""
    since = args.since // DAY_MS if args.since is not None else 0
    until = -(-(args.until if args.until is not None else int(time.time() * 1000) + 1) // DAY_MS)

    async def work() -> int:
        await rollups.catch_up()
        found = await reports.per_offer(since=since, until=until)
        if args.json:
            days = {"from": when(since * DAY_MS), "to": when(until * DAY_MS)}
            as_json(days | {"offers": [_json(one) for one in found]})
            return 0
        head = (
            "OFFER",
            "PLACEMENT",
            "LOCALE",
            "CURRENCY",
            *(name.upper() for name in rollups.NUMBERS),
            "NET",
            "NET/ELIGIBLE",
        )
        as_table(head, (_line(one) for one in found), nothing="Nothing was offered in this time.")
        return 0

    return with_database(work)


def _time(text: str) -> int:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no ISO 8601 time such as 2026-11-20") from None
    return int((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp() * 1000)


def _json(one: OfferReport) -> dict[str, Any]:
    amounts = {name: money(getattr(one, name), one.currency) for name in ("gross", "refunded", "disputed", "net")}
    return msgspec.to_builtins(one) | amounts | {"net_per_eligible": round(one.net_per_eligible, 2)}


def _line(one: OfferReport) -> tuple[str, ...]:
    numbers = (str(getattr(one, name)) for name in (*rollups.NUMBERS, "net"))
    return (one.offer, one.placement, one.locale or "-", one.currency, *numbers, f"{one.net_per_eligible:.2f}")

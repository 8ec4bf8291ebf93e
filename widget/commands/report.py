"""`encore report`: shown, accepted, paid, refunded, net, per offer."""

import argparse
import time
from datetime import UTC, datetime
from typing import Any

import msgspec

from widget.commands.books import with_database
from widget.commands.printing import as_json, as_table, money, when
from widget.storage import reports
from widget.storage.reports import OfferReport

HELP = "what the offers earned"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`--from`, `--to` (ISO 8601, UTC when no offset is given) and `--json`."""
    parser.add_argument("--from", dest="since", type=_time, default=None, help="from this day or time on")
    parser.add_argument("--to", dest="until", type=_time, default=None, help="to before this day or time")
    parser.add_argument("--json", action="store_true", help="one JSON document")


def run(args: argparse.Namespace) -> int:
    """Prints the numbers of the presentations prepared in the time."""
    since = args.since if args.since is not None else 0
    until = args.until if args.until is not None else int(time.time() * 1000) + 1

    async def work() -> int:
        found = await reports.per_offer(since=since, until=until)
        if args.json:
            as_json({"from": when(since), "to": when(until), "offers": [_json(one) for one in found]})
            return 0
        head = ("OFFER", "CURRENCY", "SHOWN", "ACCEPTED", "PAID", "DECLINED", "GROSS", "REFUNDED", "NET")
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
    amounts = {name: money(getattr(one, name), one.currency) for name in ("gross", "refunded", "net")}
    return msgspec.to_builtins(one) | amounts


def _line(one: OfferReport) -> tuple[str, ...]:
    counts = (one.shown, one.accepted, one.paid, one.declined, one.gross, one.refunded, one.net)
    return (one.offer, one.currency, *(str(count) for count in counts))

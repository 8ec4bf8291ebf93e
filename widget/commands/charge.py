"""`encore charge ID`: one charge with its whole history and what the shopper agreed to."""

import argparse
from typing import Any

from widget.commands.books import with_database
from widget.commands.charges import summary
from widget.commands.printing import as_json, complain, money, when
from widget.storage import charges, consents, history
from widget.storage.consents import Record

HELP = "one charge with its whole history"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The charge's id and `--json`."""
    parser.add_argument("id", help="chg_…")
    parser.add_argument("--json", action="store_true", help="one JSON document")


def run(args: argparse.Namespace) -> int:
    """Exit 1 when there is no such charge, or when its history was tampered with."""

    async def work() -> int:
        charge = await charges.find(args.id)
        if charge is None:
            return complain(f"There is no charge {args.id}. `encore charges` lists them.")
        lines = await history.of(charge.id)
        intact = history.intact(charge.id, lines)
        document = summary(charge) | {
            "history": [_entry(line) for line in lines],
            "history_intact": intact,
            "consents": [_consent(record) for record in await consents.of(charge.id)],
        }
        if args.json:
            as_json(document)
        else:
            _print(document)
        return 0 if intact else complain("The history does not hold together: a line was changed, added or removed.")

    return with_database(work)


def _entry(line: dict[str, Any]) -> dict[str, Any]:
    return {"at": when(line["at"]), "event": line["event"], "state": line["fate"], "detail": line["detail"]}


def _consent(record: Record) -> dict[str, Any]:
    kept = record.consent
    return {
        "text": kept.text,
        "total": money(kept.total.amount, kept.total.currency),
        "method": kept.method,
        "locale": kept.locale,
        "pressed_at": when(kept.pressed_at),
        "digest": record.digest,
    }


def _print(document: dict[str, Any]) -> None:
    for name, value in document.items():
        if name in {"history", "consents"}:
            continue
        text = f"{value['amount']} {value['currency']}" if isinstance(value, dict) else value
        if text is not None:
            print(f"{name:16} {text}")
    for consent in document["consents"]:
        print(f"\nThe shopper agreed at {consent['pressed_at']}: {consent['text']}")
    print("\nHistory")
    for line in document["history"]:
        print(f"  {line['at']}  {line['event']:10} {line['state']:9} {line['detail']}")

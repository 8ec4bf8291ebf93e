"""`encore consent CHARGE_ID`: what the shopper saw and agreed to, to be printed for a dispute, and whether it holds."""

import argparse
from typing import Any

from widget.commands.books import with_database
from widget.commands.printing import as_json, complain, money, when
from widget.core.charge import Charge, Fate
from widget.core.consent import Consent, Kept, compared
from widget.storage import charges, consents, history
from widget.storage.consents import Record

HELP = "what a shopper agreed to, as evidence; --all holds every taken charge to its record"

TOLD: dict[Kept, str] = {
    "equal": "intact; written once more from what was kept, it is the same to the letter",
    "other_words": "intact; Encore's own words were another edition then, so it is not written once more",
    "not_kept": "intact; what it was written from is not kept any more",
    "differs": "the text is not what is written from what was kept: have it looked into",
    "changed": "CHANGED since it was written, or the customer was erased: the digest does not fit",
}
_FINE: frozenset[Kept] = frozenset({"equal", "other_words", "not_kept"})


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The charge's id or `--all`, and `--json`."""
    parser.add_argument("id", nargs="?", help="chg_…")
    parser.add_argument("--all", action="store_true", help="check the records of every taken charge instead")
    parser.add_argument("--json", action="store_true", help="one JSON document")


def run(args: argparse.Namespace) -> int:
    """Exit 1 when there is no such charge, no record of it, or one that does not hold."""
    if bool(args.id) == args.all:
        complain("encore consent: name a charge, or --all")
        return 2
    return with_database(lambda: _all(as_document=args.json) if args.all else _one(args.id, as_document=args.json))


async def _one(charge_id: str, *, as_document: bool) -> int:
    charge = await charges.find(charge_id)
    if charge is None:
        return complain(f"There is no charge {charge_id}. `encore charges` lists them.")
    told = [await _told(charge, record) for record in await consents.of(charge.id)]
    document = {
        "charge_id": charge.id,
        "payment_id": charge.payment_id,
        "customer_id": charge.customer_id,
        "state": charge.fate.value,
        "paid": money(charge.paid.amount, charge.paid.currency) if charge.paid else None,
        "settled_at": when(charge.settled_at),
        "consents": told,
    }
    if as_document:
        as_json(document)
    else:
        _print(document)
    if not told:
        return complain("No record was kept.")
    return 0 if all(one["holds"] for one in told) else 1


async def _all(*, as_document: bool) -> int:
    """Every taken charge has a record, and each holds."""
    counted: dict[str, int] = {}
    broken: list[str] = []
    taken = await charges.listed(fate=Fate.TAKEN.value, limit=10_000_000)
    for charge in taken:
        kept = await consents.of(charge.id)
        told = [await _told(charge, record) for record in kept]
        for one in told:
            counted[one["record"]] = counted.get(one["record"], 0) + 1
        if not told or not all(one["holds"] for one in told):
            broken.append(charge.id)
    if as_document:
        as_json({"taken": len(taken), "records": counted, "broken": broken})
    else:
        print(f"{len(taken)} taken charges, {sum(counted.values())} records: {counted or 'none'}")
        for charge_id in broken:
            print(f"{charge_id}: no record that holds")
    return 1 if broken else 0


async def _told(charge: Charge, record: Record) -> dict[str, Any]:
    from widget.web.edition import edition

    kept = record.consent
    again = await _again(charge, kept)
    found = compared(kept, record.digest, again, edition=edition(kept.locale))
    written = [line["detail"] for line in await history.of(charge.id) if line["event"] == "intended"]
    return {
        "shown": kept.text,
        "locale": kept.locale,
        "total": money(kept.total.amount, kept.total.currency),
        "method": kept.method or None,
        "agreed_by": kept.agreed or None,
        "pressed_at": when(kept.pressed_at),
        "offers_version": kept.version or None,
        "words_edition": kept.edition or None,
        "presentation_id": kept.presentation_id or None,
        "quote_id": kept.quote_id,
        "ticket": kept.ticket,
        "digest": record.digest,
        "record": found,
        "in_history": record.digest in written,
        "holds": found in _FINE and record.digest in written,
    }


async def _again(charge: Charge, kept: Consent) -> Consent | None:
    from widget.plan_change import evidence as of_a_change
    from widget.upsell import evidence as of_an_offer

    return await (of_an_offer.again(charge, kept) if charge.change is None else of_a_change.again(kept))


def _print(document: dict[str, Any]) -> None:
    print(f"Record of consent to charge {document['charge_id']}")
    for name in ("payment_id", "customer_id", "state", "settled_at"):
        print(f"{name:16} {document[name]}")
    if document["paid"]:
        print(f"{'paid':16} {document['paid']['amount']} {document['paid']['currency']} (minor units)")
    for one in document["consents"]:
        print(f"\nAgreed at {one['pressed_at']}, by {one['agreed_by'] or 'the button'}, in {one['locale']}")
        for part in one["shown"].split(" | "):
            print(f"    {part}")
        for name in ("method", "offers_version", "words_edition", "quote_id", "ticket", "digest"):
            print(f"{name:16} {one[name]}")
        print(f"{'record':16} {TOLD[one['record']]}")
        chained = "the digest stands in the charge's chained history"
        print(f"{'history':16} {chained if one['in_history'] else 'NOT in the history: have it looked into'}")

"""`encore why ID`: each offer considered, each check with its value, and what would have to change."""

import argparse
from typing import Any

from widget.commands.books import with_database
from widget.commands.printing import as_json, complain, when
from widget.core.condition_outcome import Outcome
from widget.core.considered import Considered, missing
from widget.core.offer import Check
from widget.storage import occasions
from widget.storage.occasions import Reasons

HELP = "why an offer was shown, or not"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """A payment, a customer or an occasion; `--json`."""
    parser.add_argument("id", help="pay_…, cus_… or occ_…")
    parser.add_argument("--json", action="store_true", help="one JSON document")


def run(args: argparse.Namespace) -> int:
    """Exit 1 when nothing is known of it."""

    async def work() -> int:
        found = await occasions.reasons(args.id)
        if not found:
            return complain(
                f"No occasion is known for {args.id}. Was its webhook received? `encore events` lists them."
            )
        if args.json:
            as_json([_json(one) for one in found])
            return 0
        for one in found:
            _print(one)
        return 0

    return with_database(work)


def _json(one: Reasons) -> dict[str, Any]:
    return {
        "occasion": one.id,
        "placement": one.placement,
        "payment_id": one.payment_id,
        "customer_id": one.customer_id,
        "name": one.name or None,
        "state": one.state,
        "prepared_at": when(one.prepared_at),
        "chosen": [offer.offer for offer in one.considered if offer.chosen],
        "considered": [
            {
                "offer": offer.offer or None,
                "chosen": offer.chosen,
                "checks": [_check(check) for check in offer.checks],
                "missing": list(missing(offer)),
            }
            for offer in one.considered
        ],
    }


def _check(check: Check) -> dict[str, Any]:
    found: dict[str, Any] = {"name": check.name, "value": check.value, "held": check.held}
    if check.need and check.conditions is None:
        found["need"] = check.need
    return found | ({"conditions": _condition(check.conditions)} if check.conditions is not None else {})


def _condition(node: Outcome) -> dict[str, Any]:
    """A leaf with what it asks for and saw, or `all`, `any` or `none` with its parts."""
    found: dict[str, Any] = {"key": node.key, "value": node.value, "held": node.held, "unknown": node.unknown}
    if node.parts:
        return found | {"parts": [_condition(part) for part in node.parts]}
    return found | {"name": node.name, "need": node.need}


def _print(one: Reasons) -> None:
    about = one.payment_id or one.name or "a slot"
    print(f"{one.id}  {one.placement}  {about}  {one.customer_id or 'customer unknown'}  {one.state}")
    for offer in one.considered:
        _print_offer(offer)
    if not one.considered:
        print("  Nothing was considered yet." if one.state == "asked" else "  No offer is in force for this placement.")


def _print_offer(offer: Considered) -> None:
    print(f"  {'+' if offer.chosen else '-'} {offer.offer or 'no offer at all'}{': chosen' if offer.chosen else ''}")
    for check in offer.checks:
        print(f"      {'ok' if check.held else 'NO':2}  {check.name}: {check.value}")
        if check.conditions is not None:
            _print_condition(check.conditions, "        ")
    for need in missing(offer):
        print(f"      {'one click' if offer.chosen else 'would need'}: {need}")


def _print_condition(node: Outcome, indent: str) -> None:
    """What a leaf saw and asks for; of a tree how many of its parts held, and the parts below it."""
    said = "unknown" if node.unknown else "ok" if node.held else "NO"
    about = f"{node.name}: {node.value}" if node.parts or node.held else f"{node.name}: {node.value}, needs {node.need}"
    print(f"{indent}{said:2}  {about}")
    for part in node.parts:
        _print_condition(part, indent + "  ")

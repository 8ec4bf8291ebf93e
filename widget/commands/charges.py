"""`encore charges`: every charge, newest first."""

import argparse
from typing import Any

from widget.commands.books import with_database
from widget.commands.printing import as_json, as_table, money, when
from widget.core.charge import Charge, Fate
from widget.storage import charges

HELP = "list charges"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`--state`, `--limit`, `--json`."""
    parser.add_argument("--state", choices=[fate.value for fate in Fate], help="only charges of this fate")
    parser.add_argument("--limit", type=int, default=100, help="at most so many (100)")
    parser.add_argument("--json", action="store_true", help="one JSON document")


def run(args: argparse.Namespace) -> int:
    """Prints them; exit 0 also when there are none."""

    async def work() -> int:
        found = await charges.listed(fate=args.state, limit=max(1, min(args.limit, 10_000)))
        if args.json:
            as_json([summary(charge) for charge in found])
            return 0
        head = ("CHARGE", "STATE", "AMOUNT", "PRODUCT", "CUSTOMER", "PRESSED", "PAYMENT")
        as_table(head, (_line(charge) for charge in found), nothing="No charges.")
        return 0

    return with_database(work)


def summary(charge: Charge) -> dict[str, Any]:
    """A charge as the command line writes it in JSON."""
    return {
        "id": charge.id,
        "state": charge.fate.value,
        "kind": "plan_change" if charge.change else "hosted" if charge.hosted else "one_click",
        "reason": charge.reason,
        "quoted": money(charge.quoted.amount, charge.quoted.currency),
        "paid": money(charge.paid.amount, charge.paid.currency) if charge.paid else None,
        "customer_id": charge.customer_id,
        "product_id": charge.product_id,
        "quantity": charge.quantity,
        "method_id": charge.method_id or None,
        "presentation_id": charge.presentation_id or None,
        "subscription_id": charge.change.subscription_id if charge.change else None,
        "effective_at": charge.change.when if charge.change else None,
        "quote_id": charge.quote_id,
        "payment_id": charge.payment_id,
        "session_id": charge.session_id,
        "refusal": charge.refusal,
        "pressed_at": when(charge.pressed_at),
        "sent_at": when(charge.sent_at),
        "settled_at": when(charge.settled_at),
    }


def _line(charge: Charge) -> tuple[str, ...]:
    return (
        charge.id,
        charge.fate.value,
        f"{charge.quoted.amount} {charge.quoted.currency}",
        charge.product_id,
        charge.customer_id,
        when(charge.pressed_at) or "",
        charge.payment_id or "",
    )

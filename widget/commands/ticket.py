"""`encore ticket offer|plans`: a signed ticket, alone on its line."""

import argparse
import os
import time
from collections.abc import Sequence

from widget.commands.printing import complain
from widget.core.secret import Secret
from widget.environment import Reader
from widget.web import tickets
from widget.web.tickets import BadClaim

HELP = "print a signed ticket"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the ticket opens, and for whom."""
    kinds = parser.add_subparsers(dest="kind", required=True, metavar="offer|plans")
    offer = kinds.add_parser("offer", help="opens the offer after a payment")
    offer.add_argument("--customer", required=True, metavar="ID", help="Dodo customer id")
    offer.add_argument("--payment", metavar="ID", help="Dodo payment id; needed for the placement post_purchase")
    offer.add_argument("--placement", default="post_purchase")
    plans = kinds.add_parser("plans", help="opens the plans of a subscription")
    plans.add_argument("--customer", required=True, metavar="ID", help="Dodo customer id")
    plans.add_argument("--subscription", required=True, metavar="ID", help="Dodo subscription id")
    for parser_of in (offer, plans):
        parser_of.add_argument("--locale", help="BCP 47, such as pt-BR")
        parser_of.add_argument("--theme", help="light or dark")


def run(args: argparse.Namespace) -> int:
    """Only ENCORE_SIGNING_KEYS is needed; exit 2 for an id of another shape."""
    reader = Reader(os.environ)
    keys = reader.signing_keys()
    if reader.problems:
        return complain("\n".join(str(problem) for problem in reader.problems))
    try:
        print(_minted(args, keys))
    except BadClaim as error:
        complain(f"--{error.field.removesuffix('_id')}: expected {error.expected}")
        return 2
    return 0


def _minted(args: argparse.Namespace, keys: Sequence[Secret]) -> str:
    now, customer, locale, theme = int(time.time()), args.customer, args.locale, args.theme
    if args.kind == "plans":
        plan = args.subscription
        return tickets.mint_plans(keys, customer_id=customer, subscription_id=plan, locale=locale, theme=theme, now=now)
    return tickets.mint_offer(
        keys,
        customer_id=customer,
        payment_id=args.payment,
        placement=args.placement,
        locale=locale,
        theme=theme,
        now=now,
    )

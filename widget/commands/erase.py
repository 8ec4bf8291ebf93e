"""`encore erase CUSTOMER_ID`: forget a customer; sums and histories stay."""

import argparse
import time

from widget.commands.books import with_database
from widget.commands.printing import complain
from widget.storage import charges, retention

HELP = "forget a customer"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The customer's id at Dodo."""
    parser.add_argument("customer_id", help="cus_…")


def run(args: argparse.Namespace) -> int:
    """Exit 1 while a charge of theirs is undecided: it must find its customer first."""

    async def work() -> int:
        if await charges.undecided_of(args.customer_id):
            return complain(f"A charge of {args.customer_id} is not decided yet. Try again when it is.")
        touched = await retention.erase_customer(args.customer_id, int(time.time() * 1000))
        print(f"{args.customer_id} is forgotten; {touched} records named them.")
        return 0

    return with_database(work)

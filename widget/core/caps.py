"""The file's own caps: how many cards one customer sees of all offers together."""

from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from widget.core.offer import Check
from widget.core.toml_tables import Flaw, fitted

Cap = Annotated[int, Meta(ge=1)] | UnsetType


class Caps(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Cards that were seen count, a chain once: its next steps come on a no, not on our own."""

    per_customer_per_day: Cap = UNSET  # within 24 hours, as an offer's own daily cap
    per_customer: Cap = UNSET  # in all


def caps_in(table: object) -> tuple[Caps, list[Flaw]]:
    """The `[caps]` table, and what is wrong with it, with its path in the file."""
    found, odd = fitted(table, Caps, ("caps",))
    wanted = "expected a whole number of 1 or more; leave it out for no cap"
    flaws = [(path, wanted if message.startswith("expected int") else message) for path, message in odd]
    return found or Caps(), flaws


def cap_checks(caps: Caps, *, today: int, in_all: int) -> tuple[Check, ...]:
    """One for each cap there is, by the cards of all offers the customer has seen."""
    counted = (
        ("customer_daily_cap_not_reached", caps.per_customer_per_day, today),
        ("customer_cap_not_reached", caps.per_customer, in_all),
    )
    return tuple(
        Check(name, str(seen), seen < cap, f"fewer than {cap}") for name, cap, seen in counted if isinstance(cap, int)
    )

"""Consents: what was seen and agreed to, as evidence."""

from typing import Any

from msgspec import Struct

from widget.core.consent import Consent
from widget.core.money import Money
from widget.storage.database import rows


class Record(Struct, frozen=True):
    """A consent as it is kept, with the digest that was taken when it was written."""

    consent: Consent
    digest: str


async def of(charge_id: str) -> tuple[Record, ...]:
    """Every press of a charge with its words, oldest first."""
    found = await rows(
        "SELECT presentation_id, quote_id, text, amount, currency, method, locale, ticket, pressed_at, digest, "
        "version, edition, agreed FROM consent WHERE charge_id = {} ORDER BY pressed_at",
        charge_id,
    )
    return tuple(record_of(row) for row in found)


def record_of(row: dict[str, Any]) -> Record:
    """A record from its whole row."""
    consent = Consent(
        presentation_id=row["presentation_id"],
        quote_id=row["quote_id"],
        text=row["text"],
        total=Money(int(row["amount"]), row["currency"]),
        method=row["method"],
        locale=row["locale"],
        ticket=row["ticket"],
        pressed_at=int(row["pressed_at"]),
        version=int(row["version"] or 0),
        edition=row["edition"] or "",
        agreed=row["agreed"] or "",
    )
    return Record(consent, row["digest"])

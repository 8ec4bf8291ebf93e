"""The numbers: what was offered, taken and given back, per offer, placement, locale and currency; from the roll-ups."""

from typing import Any

from msgspec import Struct

from widget.storage import rollups
from widget.storage.database import rows


class OfferReport(Struct, frozen=True):
    """One offer over some days; amounts in minor units, `net` is what was paid less refunds and disputes."""

    offer: str
    placement: str
    locale: str
    currency: str
    eligible: int
    shown: int
    accepted: int
    paid: int
    declined: int
    refused: int
    checkout: int
    gross: int
    refunded: int
    disputed: int

    @property
    def net(self) -> int:
        """What stays."""
        return self.gross - self.refunded - self.disputed

    @property
    def net_per_eligible(self) -> float:
        """What an occasion on which it could be shown brings, in minor units."""
        return self.net / self.eligible if self.eligible else 0.0


_SQL = (
    "SELECT offer_name AS offer, placement, locale, currency, "
    f"{', '.join(f'SUM({name}) AS {name}' for name in rollups.NUMBERS)} FROM report_day "
    "WHERE day >= {} AND day < {} GROUP BY offer_name, placement, locale, currency "
    "ORDER BY offer_name, placement, currency, locale"
)
_NAMES = ("offer", "placement", "locale", "currency")


async def per_offer(*, since: int, until: int) -> tuple[OfferReport, ...]:
    """The report for the UTC days from `since` to before `until` (days since 1970-01-01)."""
    found = await rows(_SQL, since, until)
    return tuple(_report(row) for row in found)


def _report(row: dict[str, Any]) -> OfferReport:
    fields: dict[str, Any] = {name: str(row[name]) for name in _NAMES}
    fields |= {name: int(row[name]) for name in rollups.NUMBERS}
    return OfferReport(**fields)

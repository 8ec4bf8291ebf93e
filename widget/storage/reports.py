"""The numbers: what was offered, taken and given back, per offer and currency; refunds restate the past."""

from msgspec import Struct

from widget.storage.database import rows


class OfferReport(Struct, frozen=True):
    """One offer in one currency over a time; amounts in minor units, `net` is paid less refunds."""

    offer: str
    currency: str
    prepared: int
    shown: int
    accepted: int
    paid: int
    declined: int
    gross: int
    refunded: int
    net: int


# Everything is counted for the presentations prepared in the time asked for, whenever it happened later.
_SQL = (
    "SELECT p.offer_name AS offer, q.currency AS currency, COUNT(*) AS prepared, "
    "SUM(CASE WHEN EXISTS (SELECT 1 FROM exposure e WHERE e.presentation_id = p.id) OR p.step > 0 AND "
    "p.opened_at IS NOT NULL THEN 1 ELSE 0 END) AS shown, "
    "SUM(CASE WHEN EXISTS (SELECT 1 FROM charge a WHERE a.presentation_id = p.id) THEN 1 ELSE 0 END) AS accepted, "
    "SUM(CASE WHEN EXISTS (SELECT 1 FROM charge t WHERE t.presentation_id = p.id AND t.fate = 'taken') "
    "THEN 1 ELSE 0 END) AS paid, "
    "SUM(CASE WHEN p.state = 'declined' THEN 1 ELSE 0 END) AS declined, "
    "SUM(COALESCE((SELECT SUM(c.paid_amount) FROM charge c WHERE c.presentation_id = p.id AND c.fate = 'taken'), 0)) "
    "AS gross, "
    "SUM(COALESCE((SELECT SUM(m.amount) FROM money_fact m JOIN charge r ON r.payment_id = m.payment_id "
    "WHERE r.presentation_id = p.id AND m.kind = 'refund' AND m.status = 'succeeded'), 0)) AS refunded "
    "FROM presentation p JOIN quote q ON q.id = p.quote_id "
    "WHERE p.prepared_at >= {} AND p.prepared_at < {} AND p.state <> 'prepared' "
    "GROUP BY p.offer_name, q.currency ORDER BY p.offer_name, q.currency"
)


async def per_offer(*, since: int, until: int) -> tuple[OfferReport, ...]:
    """The report for presentations prepared from `since` to before `until` (epoch ms)."""
    found = await rows(_SQL, since, until)
    return tuple(_report(row) for row in found)


def _report(row: dict[str, object]) -> OfferReport:
    number = {key: int(str(value)) for key, value in row.items() if key not in {"offer", "currency"}}
    return OfferReport(
        offer=str(row["offer"]),
        currency=str(row["currency"]),
        net=number["gross"] - number["refunded"],
        **number,
    )

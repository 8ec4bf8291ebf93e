"""Past purchases with what was known when their offers were prepared; read only, for dry runs."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import msgspec

from widget.core.considered import Considered
from widget.core.money import Money
from widget.core.offer import Check
from widget.core.replaying import Past
from widget.storage import fairness
from widget.storage.database import rows

METHOD_CHECKS = ("has_method", "method_chargeable", "method_not_expired", "method_not_refused")
_SELLING = ("product_active", "above_minimum")
_AT_ONCE = 100


async def pasts(limit: int) -> AsyncIterator[Past]:
    """The newest first, at most so many; a hundred at a time, so that a long run can be watched and ended."""
    seen, before, last = 0, 2**62, ""
    while seen < limit:
        found = await rows(
            "SELECT id, payment_id, customer_id, products, total, currency, country, prepared_at, reasons "
            "FROM occasion WHERE placement = 'post_purchase' AND state IN ('ready', 'empty') "
            "AND customer_id IS NOT NULL AND currency IS NOT NULL "
            "AND (prepared_at < {} OR (prepared_at = {} AND id > {})) "
            "ORDER BY prepared_at DESC, id LIMIT {}",
            before,
            before,
            last,
            min(_AT_ONCE, limit - seen),
        )
        for row in found:
            considered = msgspec.json.decode(row["reasons"] or "[]", type=tuple[Considered, ...])
            if not any(_no_purchase(one) for one in considered):
                yield await _past(row, considered)
        if not found:
            return
        seen, before = seen + len(found), int(found[-1]["prepared_at"])
        last = str(found[-1]["id"])


def _no_purchase(one: Considered) -> bool:
    """A renewal, a card check, one of ours: no offer was looked at for it, and none would be."""
    return not one.offer and any(check.name != "more_offers" for check in one.checks)


async def _past(row: dict[str, Any], considered: tuple[Considered, ...]) -> Past:
    at, customer = int(row["prepared_at"]), str(row["customer_id"])
    owned = await rows(
        "SELECT product_id FROM purchase WHERE customer_id = {} AND at < {} AND (ended_at IS NULL OR ended_at > {})",
        customer,
        at,
        at,
    )
    quiet = await rows(
        "SELECT DISTINCT offer_name FROM decline WHERE customer_id = {} AND at < {} AND quiet_until > {}",
        customer,
        at,
        at,
    )
    shown = await rows(
        "SELECT offer_name, COUNT(*) AS times, SUM(CASE WHEN opened_at >= {} THEN 1 ELSE 0 END) AS today, "
        "SUM(CASE WHEN step = 0 THEN 1 ELSE 0 END) AS cards, "
        "SUM(CASE WHEN step = 0 AND opened_at >= {} THEN 1 ELSE 0 END) AS cards_today "
        "FROM presentation WHERE customer_id = {} AND opened_at < {} GROUP BY offer_name ORDER BY offer_name",
        at - fairness.DAY_MS,
        at - fairness.DAY_MS,
        customer,
        at,
    )
    return Past(
        occasion_id=row["id"],
        payment_id=row["payment_id"],
        customer_id=customer,
        products=tuple(msgspec.json.decode(row["products"], type=list[str])),
        total=Money(int(row["total"] or 0), row["currency"]),
        country=row["country"] or "",
        at=datetime.fromtimestamp(at / 1000, UTC),
        chosen=tuple(one.offer for one in considered if one.chosen),
        owned=frozenset(one["product_id"] for one in owned),
        quiet=frozenset(one["offer_name"] for one in quiet),
        shown=tuple((one["offer_name"], int(one["times"])) for one in shown),
        shown_today=tuple((one["offer_name"], int(one["today"])) for one in shown),
        cards=sum(int(one["cards"]) for one in shown),
        cards_today=sum(int(one["cards_today"]) for one in shown),
        not_sold=tuple((one.offer, check) for one in considered for check in one.checks if _not_sold(check)),
        method_checks=_methods(considered),
    )


def _not_sold(check: Check) -> bool:
    return check.name in _SELLING and not check.held


def _methods(considered: tuple[Considered, ...]) -> tuple[Check, ...]:
    """What any of the offers found out about the customer's methods; it was the same for all."""
    for one in considered:
        found = tuple(check for check in one.checks if check.name in METHOD_CHECKS)
        if found:
            return found
    return ()

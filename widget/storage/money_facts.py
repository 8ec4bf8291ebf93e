"""Refunds and disputes: facts beside a charge, which stays taken."""

from widget.core.payment import MoneyBack
from widget.storage import rollups
from widget.storage.database import rows


async def record(fact: MoneyBack, *, payment_id: str, charge_id: str | None) -> bool:
    """Write or update the fact; True when its status is news."""
    at = int(fact.at.timestamp() * 1000)
    before = await rows("SELECT status FROM money_fact WHERE id = {}", fact.id)
    await rows(
        "INSERT INTO money_fact (id, payment_id, charge_id, kind, status, amount, currency, at) "
        "VALUES ({}, {}, {}, {}, {}, {}, {}, {}) ON CONFLICT (id) DO UPDATE SET status = EXCLUDED.status, "
        "amount = EXCLUDED.amount, charge_id = EXCLUDED.charge_id RETURNING id",
        fact.id,
        payment_id,
        charge_id,
        fact.kind,
        fact.status,
        fact.amount.amount,
        fact.amount.currency,
        at,
    )
    await rollups.touch_payment(payment_id)
    return not before or before[0]["status"] != fact.status

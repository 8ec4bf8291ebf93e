"""Receipts: what the payments of taken charges say beyond their sum."""

from typing import Any

from widget.core.money import Money
from widget.core.receipt import Receipt
from widget.storage.database import rows
from widget.storage.parts import part

COLUMNS = "payment_id, tax, currency, kind, network, last_four, invoice_url"


async def keep(charge_id: str, receipt: Receipt) -> None:
    """What the provider says now; an invoice that was known stays known."""
    await rows(
        f"INSERT INTO receipt (id, {COLUMNS}) VALUES ({{}}, {{}}, {{}}, {{}}, {{}}, {{}}, {{}}, {{}}) "
        "ON CONFLICT (id) DO UPDATE SET payment_id = EXCLUDED.payment_id, tax = EXCLUDED.tax, "
        "currency = EXCLUDED.currency, kind = EXCLUDED.kind, network = EXCLUDED.network, "
        "last_four = EXCLUDED.last_four, "
        "invoice_url = COALESCE(EXCLUDED.invoice_url, receipt.invoice_url) RETURNING id",
        charge_id,
        receipt.payment_id,
        receipt.tax.amount,
        receipt.tax.currency,
        receipt.kind,
        receipt.network,
        receipt.last_four,
        receipt.invoice_url,
    )


async def of_subscription(subscription_id: str) -> dict[str, Receipt]:
    """Of every plan change of a subscription, by the charge's id."""
    found = await rows(
        f"SELECT id, {COLUMNS} FROM receipt WHERE id IN (SELECT id FROM charge WHERE subscription_id = {{}})",
        subscription_id,
    )
    return {row["id"]: receipt_of(row) for row in found}


def receipt_of(row: dict[str, Any], prefix: str = "") -> Receipt:
    """A receipt from a row whose columns carry the prefix."""
    get = part(row, prefix, COLUMNS)
    return Receipt(
        payment_id=get["payment_id"],
        tax=Money(int(get["tax"]), get["currency"]),
        kind=get["kind"],
        network=get["network"],
        last_four=get["last_four"],
        invoice_url=get["invoice_url"],
    )

"""Occasions: a purchase that may bring an offer, asked about before the provider is."""

from typing import Any

import msgspec
from msgspec import Struct

from widget.core.considered import Considered
from widget.core.payment import Address, Payment
from widget.storage import jobs, rollups
from widget.storage.database import rows, unit
from widget.storage.ids import new_id
from widget.storage.parts import part


class Occasion(Struct, frozen=True):
    """An occasion as far as it is known; all but the ids are empty until it was prepared."""

    id: str
    placement: str
    payment_id: str
    state: str  # asked, ready, empty, absent
    customer_id: str | None = None
    currency: str | None = None
    country: str | None = None
    billing: Address | None = None
    method_id: str | None = None
    locale: str | None = None
    name: str | None = None  # of a moment in the app; empty for a slot on a page, None for a purchase
    data: dict[str, str | int | float | bool] = {}
    ends_at: int | None = None
    withdrawn_at: int | None = None
    asked_at: int = 0

    @property
    def is_moment(self) -> bool:
        """It came from the merchant's app, not from a purchase."""
        return self.name is not None


COLUMNS = (
    "id, placement, payment_id, state, customer_id, currency, country, billing, method_id, locale, name, data, "
    "ends_at, withdrawn_at, asked_at"
)


async def ask(placement: str, payment_id: str, *, locale: str | None, at: int, news: bool = False) -> str:
    """Make sure that the occasion exists and is being prepared; returns its id. Asked twice is asked once.

    With news about its payment, one that waits for some is looked at now.
    """

    async def work() -> str:
        fresh = await rows(
            "INSERT INTO occasion (id, placement, payment_id, state, products, locale, asked_at) "
            "VALUES ({}, {}, {}, 'asked', '[]', {}, {}) ON CONFLICT (placement, payment_id) DO NOTHING RETURNING id",
            new_id("occ"),
            placement,
            payment_id,
            locale,
            at,
        )
        found = fresh or await rows(
            "SELECT id, state FROM occasion WHERE placement = {} AND payment_id = {}", placement, payment_id
        )
        occasion_id = str(found[0]["id"])
        if fresh or (news and found[0]["state"] == "asked"):
            await jobs.wake(f"prepare:{occasion_id}", "prepare", at)
        return occasion_id

    return await unit(work)


async def ask_again(occasion_id: str, *, locale: str | None, at: int) -> bool:
    """Have it prepared anew, nothing of it having been seen: what was prepared goes. False where somebody saw it."""

    async def work() -> bool:
        held = await rows(
            "UPDATE occasion SET state = 'asked', locale = COALESCE(locale, {}) WHERE id = {} "
            "AND state IN ('ready', 'empty') AND NOT EXISTS (SELECT 1 FROM presentation p "
            "WHERE p.occasion_id = occasion.id AND (p.opened_at IS NOT NULL OR p.state NOT IN ('prepared', 'open'))) "
            "RETURNING id",
            locale,
            occasion_id,
        )
        if not held:
            return False
        for row in await rows("SELECT id FROM presentation WHERE occasion_id = {}", occasion_id):
            await rollups.touch(row["id"])
            await rows("DELETE FROM quote WHERE presentation_id = {} RETURNING id", row["id"])
        await rows("DELETE FROM presentation WHERE occasion_id = {} RETURNING id", occasion_id)
        await jobs.wake(f"prepare:{occasion_id}", "prepare", at)
        return True

    return await unit(work)


async def find(occasion_id: str) -> Occasion | None:
    """The occasion as it stands."""
    found = await rows(f"SELECT {COLUMNS} FROM occasion WHERE id = {{}}", occasion_id)
    return occasion_of(found[0]) if found else None


async def met(occasion_id: str, payment: Payment, *, at: int) -> None:
    """What Dodo says about the purchase, and that the customer was met; runs in the preparing unit of work."""
    await rows(
        "UPDATE occasion SET customer_id = {}, business_id = {}, currency = {}, country = {}, total = {}, "
        "products = {}, billing = {}, method_id = {} WHERE id = {} RETURNING id",
        payment.customer_id,
        payment.business_id,
        payment.total.currency,
        payment.billing.country if payment.billing else None,
        payment.total.amount,
        msgspec.json.encode([product for product, _ in payment.products]).decode(),
        msgspec.json.encode(payment.billing).decode() if payment.billing else None,
        payment.method_id,
        occasion_id,
    )
    await rows(
        "INSERT INTO customer (id, met_at) VALUES ({}, {}) ON CONFLICT (id) DO NOTHING RETURNING id",
        payment.customer_id,
        at,
    )


async def placed(occasion_id: str, payment: Payment, *, at: int) -> None:
    """Of a moment: where its customer is and what they pay with, from their latest purchase; no products of it."""
    await rows(
        "UPDATE occasion SET business_id = {}, currency = {}, country = {}, billing = {}, method_id = {} "
        "WHERE id = {} RETURNING id",
        payment.business_id,
        payment.total.currency,
        payment.billing.country if payment.billing else None,
        msgspec.json.encode(payment.billing).decode() if payment.billing else None,
        payment.method_id,
        occasion_id,
    )


async def end_preparing(occasion_id: str, state: str, *, reasons: str, expires_at: int | None, at: int) -> bool:
    """`asked` → ready, empty or absent, once; False when another process was first."""
    found = await rows(
        "UPDATE occasion SET state = {}, reasons = {}, prepared_at = {}, expires_at = {} "
        "WHERE id = {} AND state = 'asked' RETURNING id",
        state,
        reasons,
        at,
        expires_at,
        occasion_id,
    )
    return bool(found)


class Reasons(Struct, frozen=True):
    """Why an occasion brought what it brought; `considered` in the order it was looked at."""

    id: str
    placement: str
    payment_id: str | None
    customer_id: str | None
    name: str | None
    state: str
    prepared_at: int | None
    considered: tuple[Considered, ...]


async def reasons(subject: str, *, limit: int = 20) -> tuple[Reasons, ...]:
    """Of a payment, a customer or an occasion, the newest first."""
    found = await rows(
        "SELECT id, placement, payment_id, customer_id, name, state, prepared_at, reasons FROM occasion "
        "WHERE payment_id = {} OR customer_id = {} OR id = {} ORDER BY asked_at DESC, id LIMIT {}",
        subject,
        subject,
        subject,
        limit,
    )
    return tuple(
        Reasons(
            id=row["id"],
            placement=row["placement"],
            payment_id=row["payment_id"] if row["payment_id"] != row["id"] else None,
            customer_id=row["customer_id"],
            name=row["name"],
            state=row["state"],
            prepared_at=row["prepared_at"],
            considered=msgspec.json.decode(row["reasons"] or "[]", type=tuple[Considered, ...]),
        )
        for row in found
    )


def occasion_of(row: dict[str, Any], prefix: str = "") -> Occasion:
    """An occasion from a row whose columns carry the prefix."""
    get = part(row, prefix, COLUMNS)
    billing, data = get.get("billing"), get.get("data")
    return msgspec.convert(
        get
        | {
            "billing": msgspec.json.decode(str(billing), type=Address) if billing else None,
            "data": msgspec.json.decode(str(data)) if data else {},
        },
        Occasion,
    )

"""Moments: occasions in the merchant's app. Told by its server, or a slot on a page that had none."""

import json
from hashlib import sha256

from msgspec import Struct

from widget.storage import jobs
from widget.storage.database import rows, unit
from widget.storage.ids import new_id

Data = dict[str, str | int | float | bool]

# A slot on a page is asked about anew after so long, whatever became of it.
SLOT_MS = 6 * 60 * 60 * 1000


class Told(Struct, frozen=True):
    """A moment as it was kept; `fresh` when this telling made it, `same` when an earlier one said the same."""

    id: str
    ends_at: int
    fresh: bool
    same: bool = True


async def tell(
    customer_id: str,
    placement: str,
    name: str,
    data: Data,
    *,
    key: str,
    ends_at: int,
    at: int,
    locale: str | None = None,
) -> Told:
    """Keep it and have it prepared; the same key of the same customer is the same moment."""
    said = json.dumps([placement, name, data], sort_keys=True, separators=(",", ":"))
    digest = sha256(said.encode()).hexdigest()
    return await unit(lambda: _tell(customer_id, placement, name, data, key, digest, ends_at, at, locale))


async def _tell(
    customer_id: str,
    placement: str,
    name: str,
    data: Data,
    key: str,
    digest: str,
    ends_at: int,
    at: int,
    locale: str | None,
) -> Told:
    told_as = sha256(f"{customer_id}\n{key}".encode()).hexdigest()
    if await _add(customer_id, placement, name, data, told_as, digest, ends_at, at, locale):
        found = await rows("SELECT id, ends_at FROM occasion WHERE told_as = {}", told_as)
        return Told(str(found[0]["id"]), int(found[0]["ends_at"]), fresh=True)
    found = await rows("SELECT id, ends_at, told_digest FROM occasion WHERE told_as = {}", told_as)
    same = found[0]["told_digest"] == digest
    return Told(str(found[0]["id"]), int(found[0]["ends_at"]), fresh=False, same=same)


async def _add(
    customer_id: str,
    placement: str,
    name: str,
    data: Data,
    told_as: str,
    digest: str,
    ends_at: int,
    at: int,
    locale: str | None,
) -> str | None:
    occasion_id = new_id("occ")
    fresh = await rows(
        "INSERT INTO occasion (id, placement, payment_id, customer_id, state, products, asked_at, name, data, told_as, "
        "told_digest, ends_at, locale) VALUES ({}, {}, {}, {}, 'asked', '[]', {}, {}, {}, {}, {}, {}, {}) "
        "ON CONFLICT (told_as) DO NOTHING RETURNING id",
        occasion_id,
        placement,
        occasion_id,  # no payment: unique by itself
        customer_id,
        at,
        name,
        json.dumps(data, sort_keys=True),
        told_as,
        digest,
        ends_at,
        locale,
    )
    if not fresh:
        return None
    await jobs.wake(f"prepare:{occasion_id}", "prepare", at)
    return occasion_id


async def slot(customer_id: str, placement: str, *, locale: str, at: int) -> str | None:
    """A page has room for an offer: the occasion made for that, once in a while; None while the last one counts."""

    async def work() -> str | None:
        await _hold(customer_id, at)
        found = await rows(
            "SELECT 1 AS there FROM occasion WHERE customer_id = {} AND placement = {} AND name = '' "
            "AND asked_at > {} LIMIT 1",
            customer_id,
            placement,
            at - SLOT_MS,
        )
        if found:
            return None
        return await _add(customer_id, placement, "", {}, new_id("slt"), "", at + SLOT_MS, at, locale)

    return await unit(work)


async def _hold(customer_id: str, at: int) -> None:
    """Two pages opened at once make one slot."""
    await rows(
        "INSERT INTO customer (id, met_at) VALUES ({}, {}) ON CONFLICT (id) DO UPDATE SET met_at = customer.met_at "
        "RETURNING id",
        customer_id,
        at,
    )


async def withdraw(occasion_id: str, *, at: int) -> bool:
    """It does not hold any more: what was not decided is closed. False for what is no moment of ours."""

    async def work() -> bool:
        found = await rows(
            "UPDATE occasion SET withdrawn_at = COALESCE(withdrawn_at, {}) WHERE id = {} AND told_as IS NOT NULL "
            "RETURNING id",
            at,
            occasion_id,
        )
        if not found:
            return False
        await rows(
            "UPDATE presentation SET state = 'closed', decided_at = {} WHERE occasion_id = {} "
            "AND state IN ('open', 'prepared') RETURNING id",
            at,
            occasion_id,
        )
        return True

    return await unit(work)

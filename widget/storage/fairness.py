"""What this customer said no to, saw and bought: asked when an offer is prepared, and before it is first seen."""

from typing import Any

from widget.core.caps import Caps, cap_checks
from widget.core.offer import Check
from widget.storage import offers, rollups
from widget.storage.database import rows, unit

DAY_MS = 24 * 60 * 60 * 1000


async def declined_until(customer_id: str, offer_name: str) -> int | None:
    """Until when this customer's last no to the offer is respected; epoch ms."""
    found = await rows(
        "SELECT MAX(quiet_until) AS until FROM decline WHERE customer_id = {} AND offer_name = {}",
        customer_id,
        offer_name,
    )
    return int(found[0]["until"]) if found and found[0]["until"] is not None else None


async def times_shown(customer_id: str, offer_name: str, *, since: int = 0) -> int:
    """How many cards of the offer this customer has seen, in all or since then (epoch ms)."""
    found = await rows(
        "SELECT COUNT(*) AS times FROM presentation WHERE customer_id = {} AND offer_name = {} AND opened_at >= {}",
        customer_id,
        offer_name,
        since,
    )
    return int(found[0]["times"])


async def caps_of(caps: Caps, customer_id: str, at: int) -> tuple[Check, ...]:
    """Whether this customer may see one more card of any offer, by the caps of the file."""
    if caps == Caps():
        return ()
    found = await rows(
        "SELECT COUNT(*) AS in_all, SUM(CASE WHEN opened_at >= {} THEN 1 ELSE 0 END) AS today "
        "FROM presentation WHERE customer_id = {} AND step = 0 AND opened_at IS NOT NULL",
        at - DAY_MS,
        customer_id,
    )
    return cap_checks(caps, today=int(found[0]["today"] or 0), in_all=int(found[0]["in_all"]))


async def first_seen(presentation_id: str, *, locale: str, at: int) -> bool:
    """Keep that it was seen, the first time; False where it may not be any more, because of what came since it was
    prepared: a no on another page, a purchase, other cards of the offer up to its cap, cards of any up to the file's.
    """

    async def work() -> bool:
        # Locks the row; then the customer's, so that of two pages opened at once the second sees what the first did.
        found = await rows(
            "UPDATE presentation SET state = state WHERE id = {} AND opened_at IS NULL AND state <> 'prepared' "
            "RETURNING customer_id, offer_name, offer_version, product_id, prepared_at",
            presentation_id,
        )
        if not found:
            return True
        await _hold(str(found[0]["customer_id"]), at)
        if await overtaken(found[0], at) or await _seen_enough(str(found[0]["customer_id"]), at):
            return False
        await rows(
            "UPDATE presentation SET opened_at = {}, locale = {} WHERE id = {} RETURNING id",
            at,
            locale,
            presentation_id,
        )
        await rollups.touch(presentation_id)
        return True

    return await unit(work)


async def _hold(customer_id: str, at: int) -> None:
    await rows(
        "INSERT INTO customer (id, met_at) VALUES ({}, {}) ON CONFLICT (id) DO UPDATE SET met_at = customer.met_at "
        "RETURNING id",
        customer_id,
        at,
    )


async def _seen_enough(customer_id: str, at: int) -> bool:
    """By the caps in force now. Only a first look asks: the next step of a chain counts with its first."""
    _, line_up = await offers.line_up()
    return not all(check.held for check in await caps_of(line_up.caps, customer_id, at))


async def overtaken(prepared: dict[str, Any], at: int) -> bool:
    """Whether something that came after its preparation forbids to show it; what was known then the gate has judged."""
    customer, name, since = str(prepared["customer_id"]), str(prepared["offer_name"]), int(prepared["prepared_at"])
    declined = await rows(
        "SELECT 1 AS there FROM decline WHERE customer_id = {} AND offer_name = {} AND at >= {} AND quiet_until > {} "
        "LIMIT 1",
        customer,
        name,
        since,
        at,
    )
    if declined:
        return True
    offer = await offers.named(name, int(prepared["offer_version"]))
    if offer is None:
        return False
    if 0 < offer.shown_at_most <= await times_shown(customer, name):
        return True
    if 0 < offer.shown_per_day <= await times_shown(customer, name, since=at - DAY_MS):
        return True
    return offer.repeats == "never" and await _bought_since(customer, str(prepared["product_id"]), since)


async def _bought_since(customer_id: str, product_id: str, since: int) -> bool:
    found = await rows(
        "SELECT 1 AS there FROM purchase WHERE customer_id = {} AND product_id = {} AND at >= {} "
        "AND ended_at IS NULL LIMIT 1",
        customer_id,
        product_id,
        since,
    )
    return bool(found)

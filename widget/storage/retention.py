"""What is forgotten, and when; and a customer who asks to be forgotten (docs/retention.md)."""

import json
from hashlib import sha256
from typing import Any, cast

from widget.storage.database import rows, unit

_DAY_MS = 24 * 60 * 60 * 1000
EVENT_BODY_MS = 30 * _DAY_MS
BILLING_AFTER_MS = _DAY_MS  # after the occasion is over
JOB_MS = 7 * _DAY_MS
EXPOSURE_MS = 400 * _DAY_MS
RETURN_TICKET_MS = 7 * _DAY_MS  # after it expired
PLAN_QUOTE_MS = 7 * _DAY_MS  # after it expired, if nobody confirmed it
PLAN_ACT_MS = 400 * _DAY_MS
OUTGOING_MS = 30 * _DAY_MS
_AT_ONCE = 500

# Every table with a customer's id; the money facts stay, under a name that leads nowhere.
_HOLDERS = ("purchase", "occasion", "presentation", "charge", "decline", "plan_quote", "plan_act")

_TOLD_BY_MERCHANTS = frozenset({"customer_metadata", "payment_metadata", "occasion_data"})


async def sweep(now: int) -> int:
    """Forget what is over, in bounded batches; returns how many rows it touched."""
    touched = 0
    for table, key, change, where, limit in (
        ("kept_event", "id", "SET body = NULL", "body IS NOT NULL AND received_at < {}", now - EVENT_BODY_MS),
        ("occasion", "id", "SET billing = NULL", "billing IS NOT NULL AND expires_at < {}", now - BILLING_AFTER_MS),
        ("occasion", "id", "SET billing = NULL", "billing IS NOT NULL AND state <> 'ready' AND asked_at < {}",
         now - BILLING_AFTER_MS),
    ):  # fmt: skip
        touched += len(
            await rows(
                f"UPDATE {table} {change} WHERE {key} IN (SELECT {key} FROM {table} WHERE {where} LIMIT {_AT_ONCE}) "
                f"RETURNING {key}",
                limit,
            )
        )
    for table, where, limit in (
        ("job", "done_at < {}", now - JOB_MS),
        ("exposure", "at < {}", now - EXPOSURE_MS),
        ("return_ticket", "expires_at < {}", now - RETURN_TICKET_MS),
        ("plan_quote", "confirmed_at IS NULL AND expires_at < {}", now - PLAN_QUOTE_MS),
        ("plan_act", "pressed_at < {}", now - PLAN_ACT_MS),
        ("plan_opening", "at < {}", now - EXPOSURE_MS),
        ("outgoing_event", "state <> 'waiting' AND made_at < {}", now - OUTGOING_MS),
        ("tally", "at < {}", now - _DAY_MS),
        ("rate_limit", "spent_until < {}", now),
    ):
        key = "ticket" if table == "plan_opening" else "id"
        touched += len(
            await rows(
                f"DELETE FROM {table} WHERE {key} IN (SELECT {key} FROM {table} WHERE {where} LIMIT {_AT_ONCE}) "
                f"RETURNING {key}",
                limit,
            )
        )
    return touched


async def erase_customer(customer_id: str, now: int) -> int:
    """Forget who a customer was; sums, fates and histories stay. Returns how many rows named them.

    What the provider knows is the provider's; a new purchase there makes them known here again.
    """

    async def work() -> int:
        pseudonym = f"erased_{sha256(customer_id.encode()).hexdigest()[:24]}"
        charged = [row["id"] for row in await rows("SELECT id FROM charge WHERE customer_id = {}", customer_id)]
        for charge_id in charged:
            await _forget_card(charge_id)
        touched = await rows(
            "UPDATE occasion SET billing = NULL, locale = NULL, method_id = NULL WHERE customer_id = {} RETURNING id",
            customer_id,
        )
        await _forget_reasons(customer_id)
        await _forget_plans(customer_id, pseudonym)
        for table in _HOLDERS:
            await rows(
                f"UPDATE {table} SET customer_id = {{}} WHERE customer_id = {{}} RETURNING id", pseudonym, customer_id
            )
        await rows("UPDATE presentation SET methods = '[]' WHERE customer_id = {} RETURNING id", pseudonym)
        await rows(
            "UPDATE quote SET method_id = '' WHERE presentation_id IN (SELECT id FROM presentation "
            "WHERE customer_id = {}) RETURNING id",
            pseudonym,
        )
        await rows("UPDATE kept_event SET body = NULL WHERE body LIKE {} RETURNING id", f'%"{customer_id}"%')
        await rows(
            "UPDATE outgoing_event SET body = REPLACE(body, {}, {}) WHERE body LIKE {} RETURNING id",
            f'"{customer_id}"',
            f'"{pseudonym}"',
            f'%"{customer_id}"%',
        )
        return len(touched) + len(charged) + await _rename(customer_id, pseudonym, now)

    return await unit(work)


async def _forget_plans(customer_id: str, pseudonym: str) -> None:
    """What is kept of subscriptions is the provider's copy; what was shown and agreed to stays without the name."""
    await rows("DELETE FROM subscription WHERE customer_id = {} RETURNING id", customer_id)
    await rows("UPDATE plan_act SET detail = {} WHERE customer_id = {} RETURNING id", "{}", customer_id)
    for row in await rows("SELECT id, body FROM plan_quote WHERE customer_id = {}", customer_id):
        body = json.loads(row["body"]) | {"customer_id": pseudonym, "method": ""}
        await rows("UPDATE plan_quote SET body = {} WHERE id = {} RETURNING id", json.dumps(body), row["id"])


async def _forget_reasons(customer_id: str) -> None:
    """Which checks passed stays; what the merchant wrote about the person, and what conditions saw of it, goes."""
    for row in await rows("SELECT id, reasons FROM occasion WHERE customer_id = {}", customer_id):
        reasons = json.loads(row["reasons"] or "[]")
        _blank(reasons)
        await rows(
            "UPDATE occasion SET reasons = {}, data = NULL WHERE id = {} RETURNING id", json.dumps(reasons), row["id"]
        )


def _blank(found: Any) -> None:
    """In place: the values of leaves about metadata and data, wherever in the tree they are."""
    if isinstance(found, dict):
        node = cast("dict[str, Any]", found)
        if node.get("key") in _TOLD_BY_MERCHANTS:
            node["value"] = "(erased)"
        found = list(node.values())
    if isinstance(found, list):
        for one in cast("list[Any]", found):
            _blank(one)


async def _forget_card(charge_id: str) -> None:
    """The card's brand and last four also stand in the words agreed to; the link leads to a page with a name on it."""
    await rows("UPDATE charge SET method_id = '', link = NULL WHERE id = {} RETURNING id", charge_id)
    await rows(
        "UPDATE receipt SET network = '', last_four = '', invoice_url = NULL WHERE id = {} RETURNING id", charge_id
    )
    await rows(
        "UPDATE consent SET text = REPLACE(text, method, '(erased)'), method = '' WHERE charge_id = {} RETURNING id",
        charge_id,
    )


async def _rename(customer_id: str, pseudonym: str, now: int) -> int:
    """Whoever was erased before and came back is erased into the same pseudonym again."""
    met = await rows("DELETE FROM customer WHERE id = {} RETURNING met_at", customer_id)
    for row in met:
        await rows(
            "INSERT INTO customer (id, met_at, erased_at) VALUES ({}, {}, {}) "
            "ON CONFLICT (id) DO UPDATE SET erased_at = EXCLUDED.erased_at RETURNING id",
            pseudonym,
            int(row["met_at"]),
            now,
        )
    return len(met)

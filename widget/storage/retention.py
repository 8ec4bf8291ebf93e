"""What is forgotten, and when; and a customer who asks to be forgotten (docs/retention.md)."""

from hashlib import sha256

from widget.storage.database import rows, unit

_DAY_MS = 24 * 60 * 60 * 1000
EVENT_BODY_MS = 30 * _DAY_MS
BILLING_AFTER_MS = _DAY_MS  # after the occasion is over
JOB_MS = 7 * _DAY_MS
EXPOSURE_MS = 400 * _DAY_MS
RETURN_TICKET_MS = 7 * _DAY_MS  # after it expired
_AT_ONCE = 500

# Every table with a customer's id; the money facts stay, under a name that leads nowhere.
_HOLDERS = ("purchase", "occasion", "presentation", "charge", "decline")


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
    ):
        touched += len(
            await rows(
                f"DELETE FROM {table} WHERE id IN (SELECT id FROM {table} WHERE {where} LIMIT {_AT_ONCE}) RETURNING id",
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
        touched = len(
            await rows(
                "UPDATE occasion SET billing = NULL, locale = NULL WHERE customer_id = {} RETURNING id", customer_id
            )
        )
        charged = [row["id"] for row in await rows("SELECT id FROM charge WHERE customer_id = {}", customer_id)]
        for table in _HOLDERS:
            await rows(
                f"UPDATE {table} SET customer_id = {{}} WHERE customer_id = {{}} RETURNING id", pseudonym, customer_id
            )
        for charge_id in charged:
            await rows("UPDATE consent SET method = '' WHERE charge_id = {} RETURNING id", charge_id)
        await rows("UPDATE presentation SET methods = '[]' WHERE customer_id = {} RETURNING id", pseudonym)
        await rows("UPDATE kept_event SET body = NULL WHERE body LIKE {} RETURNING id", f'%"{customer_id}"%')
        found = await rows(
            "UPDATE customer SET id = {}, erased_at = {} WHERE id = {} RETURNING id", pseudonym, now, customer_id
        )
        return touched + len(charged) + len(found)

    return await unit(work)

"""What subscribers asked beside a change of plan: written down before the provider is called, and how it ended."""

import json

from widget.core.plan_act import Lost
from widget.storage import jobs, telling
from widget.storage.database import rows, unit
from widget.storage.ids import new_id

_ANSWERED_WITHIN_MS = 60_000  # longer than any call lasts: what has not ended by then has lost its process
_SOON_MS = 3_000


async def ask(subscription_id: str, customer_id: str, kind: str, detail: dict[str, str], *, at: int) -> str:
    """Written before the call; returns its id. Where its process dies meanwhile, the subscription is read later."""
    act_id = new_id("act")

    async def work() -> None:
        await rows(
            "INSERT INTO plan_act (id, subscription_id, customer_id, kind, detail, state, pressed_at) "
            "VALUES ({}, {}, {}, {}, {}, 'asked', {}) RETURNING id",
            act_id,
            subscription_id,
            customer_id,
            kind,
            json.dumps(detail),
            at,
        )
        await jobs.wake(f"act:{act_id}", "act", at + _ANSWERED_WITHIN_MS)

    await unit(work)
    return act_id


async def ended(act_id: str, state: str, code: str | None, *, at: int) -> None:
    """How the call ended: done, refused, unknown or not_sent; what was done is told once, in the same commit."""

    async def work() -> None:
        found = await rows(
            "UPDATE plan_act SET state = {}, code = {}, settled_at = {} WHERE id = {} AND state <> 'done' "
            "RETURNING kind, subscription_id, customer_id",
            state,
            code,
            at,
            act_id,
        )
        for act in found if state == "done" else ():
            await telling.tell_act(act["kind"], act["subscription_id"], act["customer_id"], at=at)
        if state == "unknown":
            await jobs.wake(f"act:{act_id}", "act", at + _SOON_MS)

    await unit(work)


async def lost(act_id: str) -> Lost | None:
    """An act whose end is not known; None where it is, or where a later one that was done says how things stand."""
    found = await rows(
        "SELECT a.kind, a.subscription_id, a.customer_id, a.pressed_at FROM plan_act a WHERE a.id = {} "
        "AND a.state IN ('asked', 'unknown') AND NOT EXISTS (SELECT 1 FROM plan_act b "
        "WHERE b.subscription_id = a.subscription_id AND b.pressed_at > a.pressed_at AND b.state = 'done')",
        act_id,
    )
    return Lost(**found[0]) if found else None


async def show_downsell(subscription_id: str, name: str, *, at: int) -> None:
    """It is being shown."""
    await rows(
        "INSERT INTO downsell (id, subscription_id, name, shown_at) VALUES ({}, {}, {}, {}) "
        "ON CONFLICT (id) DO UPDATE SET shown_at = EXCLUDED.shown_at RETURNING id",
        f"{subscription_id}:{name}",
        subscription_id,
        name,
        at,
    )


async def decline_downsell(subscription_id: str, name: str, *, at: int) -> None:
    """One press on no."""
    await rows("UPDATE downsell SET declined_at = {} WHERE id = {} RETURNING id", at, f"{subscription_id}:{name}")


async def downsells(subscription_id: str) -> dict[str, tuple[int, int | None]]:
    """Those that were shown to this subscriber: name → (shown at, declined at), epoch ms."""
    found = await rows("SELECT name, shown_at, declined_at FROM downsell WHERE subscription_id = {}", subscription_id)
    return {row["name"]: (int(row["shown_at"]), row["declined_at"]) for row in found}

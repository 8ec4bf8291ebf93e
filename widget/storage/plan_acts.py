"""What subscribers asked beside a change of plan: written down before the provider is called, and how it ended."""

import json

from widget.storage import telling
from widget.storage.database import rows, unit
from widget.storage.ids import new_id


async def ask(subscription_id: str, customer_id: str, kind: str, detail: dict[str, str], *, at: int) -> str:
    """Written before the call; returns its id."""
    act_id = new_id("act")
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
    return act_id


async def ended(act_id: str, state: str, code: str | None, *, at: int) -> None:
    """How the call ended: done, refused, unknown or not_sent; what was done is told in the same commit."""

    async def work() -> None:
        found = await rows(
            "UPDATE plan_act SET state = {}, code = {}, settled_at = {} WHERE id = {} "
            "RETURNING kind, subscription_id, customer_id",
            state,
            code,
            at,
            act_id,
        )
        for act in found if state == "done" else ():
            await telling.tell_act(act["kind"], act["subscription_id"], act["customer_id"], at=at)

    await unit(work)


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

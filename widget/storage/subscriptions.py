"""Subscriptions as the provider last described them, so that a press need not ask for what was just shown."""

from typing import Any

import msgspec
from msgspec import Struct

from widget.core.method import Method
from widget.core.subscription import Subscription
from widget.storage.database import rows


class Known(Struct, frozen=True):
    """What we know of a subscription, read at `read_at` (epoch ms); methods None until they were read."""

    subscription: Subscription
    methods: tuple[Method, ...] | None
    read_at: int


async def keep(subscription: Subscription, *, at: int) -> None:
    """What the provider says now; older news never replaces newer."""
    await rows(
        "INSERT INTO subscription (id, customer_id, body, read_at, locked_at) VALUES ({}, {}, {}, {}, 0) "
        "ON CONFLICT (id) DO UPDATE SET customer_id = EXCLUDED.customer_id, body = EXCLUDED.body, "
        "read_at = EXCLUDED.read_at WHERE subscription.read_at <= EXCLUDED.read_at RETURNING id",
        subscription.id,
        subscription.customer_id,
        msgspec.json.encode(subscription).decode(),
        at,
    )


async def keep_methods(customer_id: str, methods: tuple[Method, ...]) -> None:
    """The customer's saved methods, beside every subscription of theirs."""
    await rows(
        "UPDATE subscription SET methods = {} WHERE customer_id = {} RETURNING id",
        msgspec.json.encode(methods).decode(),
        customer_id,
    )


async def find(subscription_id: str) -> Known | None:
    """What we know of it."""
    found = await rows("SELECT body, methods, read_at FROM subscription WHERE id = {}", subscription_id)
    return _known(found[0]) if found else None


def _known(row: dict[str, Any]) -> Known:
    methods = msgspec.json.decode(row["methods"], type=tuple[Method, ...]) if row["methods"] else None
    return Known(msgspec.json.decode(row["body"], type=Subscription), methods, int(row["read_at"]))

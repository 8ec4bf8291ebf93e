"""What the provider sells, kept here so that showing plans asks it nothing: products, add-ons, collections."""

from collections.abc import Iterable
from typing import Any, TypeVar

import msgspec

from widget.core.payment import Addon, Product
from widget.core.plan_family import Collection
from widget.storage.database import rows

T = TypeVar("T")


async def products(ids: Iterable[str]) -> dict[str, Product | None]:
    """Those of the products that were read, however long ago; None for one that is not there."""
    return await _those("product", ids, Product)


async def addons(ids: Iterable[str]) -> dict[str, Addon | None]:
    """Those of the add-ons that were read; None for one that is not there."""
    return await _those("addon", ids, Addon)


async def collections(ids: Iterable[str]) -> dict[str, Collection | None]:
    """Those of the collections that were read; None for one that is not there."""
    return await _those("product_collection", ids, Collection)


async def keep_addon(addon_id: str, addon: Addon | None, *, at: int) -> None:
    """What the provider says now; None when it is not there."""
    await _keep("addon", addon_id, addon, at)


async def keep_collection(collection_id: str, collection: Collection | None, *, at: int) -> None:
    """What the provider says now; None when it is not there."""
    await _keep("product_collection", collection_id, collection, at)


async def _those(table: str, ids: Iterable[str], kind: type[T]) -> dict[str, T | None]:
    wanted = sorted(set(ids))
    if not wanted:
        return {}
    places = ", ".join(["{}"] * len(wanted))
    found = await rows(f"SELECT id, body FROM {table} WHERE id IN ({places})", *wanted)
    return {row["id"]: msgspec.json.decode(row["body"], type=kind) if row["body"] else None for row in found}


async def _keep(table: str, key: str, value: Any, at: int) -> None:
    body = msgspec.json.encode(value).decode() if value is not None else None
    await rows(
        f"INSERT INTO {table} (id, body, read_at) VALUES ({{}}, {{}}, {{}}) "
        "ON CONFLICT (id) DO UPDATE SET body = EXCLUDED.body, read_at = EXCLUDED.read_at RETURNING id",
        key,
        body,
        at,
    )

"""Who has what, as far as the provider told us."""

from widget.storage.database import rows


async def add(
    customer_id: str, product_id: str, *, payment_id: str | None = None, subscription_id: str | None = None, at: int
) -> None:
    """The customer has the product by this payment or subscription; told twice is one row."""
    await rows(
        "INSERT INTO purchase (id, customer_id, product_id, payment_id, subscription_id, at) "
        "VALUES ({}, {}, {}, {}, {}, {}) ON CONFLICT (id) DO NOTHING RETURNING id",
        f"{subscription_id or payment_id}:{product_id}",
        customer_id,
        product_id,
        payment_id,
        subscription_id,
        at,
    )


async def end(by: str, *, at: int | None) -> None:
    """Ended (refunded in full, cancelled, expired), or running again with None; `by` is payment or subscription."""
    await rows(
        "UPDATE purchase SET ended_at = {} WHERE payment_id = {} OR subscription_id = {} RETURNING id", at, by, by
    )


async def owned(customer_id: str, product_id: str) -> bool:
    """Whether one that has not ended is known."""
    found = await rows(
        "SELECT 1 AS there FROM purchase WHERE customer_id = {} AND product_id = {} AND ended_at IS NULL LIMIT 1",
        customer_id,
        product_id,
    )
    return bool(found)


async def hold_only(subscription_id: str, product_id: str, *, ended_at: int | None, at: int) -> None:
    """The subscription is to this product now: it has not ended unless said, and what it was to before has."""
    await rows(
        "UPDATE purchase SET ended_at = {} WHERE subscription_id = {} AND product_id = {} RETURNING id",
        ended_at,
        subscription_id,
        product_id,
    )
    await rows(
        "UPDATE purchase SET ended_at = {} WHERE subscription_id = {} AND product_id <> {} AND ended_at IS NULL "
        "RETURNING id",
        at,
        subscription_id,
        product_id,
    )


async def before(customer_id: str, *, payment_id: str, until: int = 2**62) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(products, subscription ids) the customer came to by other payments than this one until then (epoch ms)."""
    found = await rows(
        "SELECT product_id, subscription_id FROM purchase WHERE customer_id = {} "
        "AND (payment_id IS NULL OR payment_id <> {}) AND at <= {} ORDER BY at, id LIMIT 500",
        customer_id,
        payment_id,
        until,
    )
    products = tuple(dict.fromkeys(row["product_id"] for row in found))
    return products, tuple(dict.fromkeys(row["subscription_id"] for row in found if row["subscription_id"]))

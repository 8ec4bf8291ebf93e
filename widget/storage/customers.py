"""Customers: the language the provider says they prefer."""

from widget.storage.database import rows


async def keep_locale(customer_id: str, locale: str | None, *, at: int) -> None:
    """What the provider says now; that it says nothing is known too."""
    await rows(
        "INSERT INTO customer (id, met_at, locale) VALUES ({}, {}, {}) "
        "ON CONFLICT (id) DO UPDATE SET locale = EXCLUDED.locale RETURNING id",
        customer_id,
        at,
        (locale or "")[:35],
    )


async def locale_of(customer_id: str) -> str | None:
    """The language, empty where the provider knows none; None where it was never asked."""
    found = await rows("SELECT locale FROM customer WHERE id = {}", customer_id)
    return found[0]["locale"] if found else None

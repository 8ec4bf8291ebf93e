"""Products as the provider last described them, so that preparing asks for each only now and then."""

import msgspec

from widget.core.payment import Product
from widget.storage.database import rows


async def known(product_id: str, *, newer_than: int) -> Product | None:
    """The product if it was read lately."""
    found = await rows(
        "SELECT body FROM product WHERE id = {} AND read_at >= {} AND body IS NOT NULL", product_id, newer_than
    )
    return msgspec.json.decode(found[0]["body"], type=Product) if found else None


async def keep(product_id: str, product: Product | None, *, at: int) -> None:
    """What the provider says now; None when it is not there."""
    body = msgspec.json.encode(product).decode() if product else None
    await rows(
        "INSERT INTO product (id, body, read_at) VALUES ({}, {}, {}) "
        "ON CONFLICT (id) DO UPDATE SET body = EXCLUDED.body, read_at = EXCLUDED.read_at RETURNING id",
        product_id,
        body,
        at,
    )

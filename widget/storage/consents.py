"""Consents: what was seen and agreed to, as evidence."""

from typing import Any

from widget.storage.database import rows


async def of(charge_id: str) -> list[dict[str, Any]]:
    """Every press of a charge with its words, oldest first."""
    return await rows(
        "SELECT text, amount, currency, method, locale, pressed_at, digest FROM consent WHERE charge_id = {} "
        "ORDER BY pressed_at",
        charge_id,
    )

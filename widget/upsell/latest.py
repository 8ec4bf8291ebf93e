"""The latest purchase of a customer: where they are billed, in which currency, and what they paid with."""

from datetime import UTC, datetime, timedelta

from widget.core.payment import Payment
from widget.provider.asks import Asks, NotThere, Unreadable

# Older than this it says little about where somebody lives and which card they use.
_LOOK_BACK = timedelta(days=3 * 365)
_TRIES = 5


async def latest_purchase(asks: Asks, customer_id: str, *, now: int) -> Payment | NotThere | Unreadable:
    """The newest succeeded payment with a billing country; `NotThere` for a customer who has none."""
    since = datetime.fromtimestamp(now / 1000, UTC) - _LOOK_BACK
    lines = await asks.payments_of(customer_id, since=since)
    if isinstance(lines, NotThere | Unreadable):
        return lines
    paid = sorted(
        (line for line in lines if line.status == "succeeded"), key=lambda line: line.created_at, reverse=True
    )
    for line in paid[:_TRIES]:
        found = await asks.payment(line.id)
        if isinstance(found, Unreadable):
            return found
        if isinstance(found, Payment) and found.billing is not None and not found.is_card_check:
            return found
    return NotThere()

"""The exact price of a presentation: the provider's preview made into a quote."""

import asyncio

from widget.core.payment import Address, Order, Preview
from widget.core.presentation import Quote
from widget.provider.asks import Asks, Declined, Unreadable
from widget.storage.ids import new_id
from widget.storage.occasions import Occasion
from widget.storage.presentations import Presentation

# How long a shown price stands; the provider's tax and prices move in days, a forgotten page in hours.
QUOTE_LIVES_MS = 60 * 60 * 1000
# A fresh preview while the shopper waits: half of what the whole answer may take.
FRESH_WITHIN_S = 3.0


def order_of(
    occasion: Occasion, *, customer_id: str, product_id: str, quantity: int, discount_codes: tuple[str, ...] = ()
) -> Order:
    """What would be bought: to the purchase's billing address, in the purchase's currency."""
    return Order(
        customer_id=customer_id,
        product_id=product_id,
        quantity=quantity,
        billing=occasion.billing or Address(country=occasion.country or ""),
        currency=occasion.currency,
        discount_codes=discount_codes,
    )


def quote_of(order: Order, preview: Preview, *, presentation_id: str, method_id: str, now: int) -> Quote:
    """The preview as a quote for this presentation and method."""
    return Quote(
        id=new_id("quo"),
        presentation_id=presentation_id,
        product_id=order.product_id,
        quantity=order.quantity,
        method_id=method_id,
        total=preview.total,
        subtotal=preview.subtotal,
        discount=preview.discount,
        tax=preview.tax,
        country=preview.country,
        renewal=preview.renewal.amount if preview.renewal else None,
        made_at=now,
        expires_at=now + QUOTE_LIVES_MS,
    )


async def fresh(asks: Asks, order: Order) -> Preview | Declined | Unreadable:
    """The price now, while the shopper waits."""
    try:
        async with asyncio.timeout(FRESH_WITHIN_S):
            return await asks.preview(order)
    except TimeoutError:
        return Unreadable("slower than a shopper waits")


def still_holds(quote: Quote, preview: Preview) -> bool:
    """Whether what was shown covers what would be charged: same currency, not higher (product D2)."""
    return (
        preview.exact
        and preview.total.currency == quote.total.currency
        and (preview.total.amount <= quote.total.amount)
    )


def chosen_method(presentation: Presentation, quote: Quote) -> str:
    """The method the quote names if it is still one that may be charged, else the best."""
    ids = [method.id for method in presentation.methods]
    return quote.method_id if quote.method_id in ids else (ids[0] if ids else "")

"""The exact price of a presentation: the provider's preview made into a quote."""

import asyncio

from msgspec.structs import replace

from widget.core.offer import Offer
from widget.core.payment import Address, Order, Preview
from widget.core.presentation import Quote
from widget.core.refusal import Gone
from widget.provider.asks import Asks, Declined, Unreadable
from widget.storage.ids import new_id
from widget.storage.presentations import Presentation
from widget.storage.showing import Showing

# How long a shown price stands; the provider's tax and prices move in days, a forgotten page in hours.
QUOTE_LIVES_MS = 60 * 60 * 1000
# A fresh preview while the shopper waits: half of what the whole answer may take.
FRESH_WITHIN_S = 3.0


def order_of(showing: Showing, offer: Offer | None) -> Order:
    """What the quote that is due would buy: to the purchase's billing address, in the purchase's currency."""
    presentation, quote, occasion = showing.presentation, showing.quote, showing.occasion
    if presentation is None or quote is None:
        raise Gone
    return Order(
        customer_id=presentation.customer_id,
        product_id=quote.product_id,
        quantity=quote.quantity,
        billing=occasion.billing or Address(country=occasion.country or ""),
        currency=occasion.currency,
        discount_codes=offer.discount_codes if offer else (),
        amount=quote.amount,
    )


def quote_of(
    order: Order, preview: Preview, *, presentation_id: str, method_id: str, before: int | None, now: int
) -> Quote:
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
        amount=order.amount,
        before=before,
    )


async def total_before(asks: Asks, order: Order, preview: Preview) -> int | None:
    """What it would cost without the discount codes; None where that is not more, or cannot be read."""
    if not order.discount_codes or not preview.discount:
        return None
    plain = await fresh(asks, replace(order, discount_codes=()))
    if not isinstance(plain, Preview) or plain.total.currency != preview.total.currency:
        return None
    return plain.total.amount if plain.total.amount > preview.total.amount else None


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

"""Pictures on a card: the product's, and the merchant's own for an offer; fetched once, served from our origin."""

import asyncio

from msgspec.structs import replace

from widget.core.offer import Offer, Texts
from widget.provider.asks import Asks
from widget.storage import images

PICTURE_LIVES_MS = 24 * 60 * 60 * 1000


async def picture(asks: Asks, url: str | None, *, now: int) -> str | None:
    """Where we serve the picture of an address, fetched when ours is old; None where there is none to be had."""
    if not url:
        return None
    name = await images.of_url(url, newer_than=now - PICTURE_LIVES_MS)
    if name is None:
        found = await asks.image(url)
        name = await images.keep(url, found.content_type, found.body, at=now) if found else None
    return f"/a/image/{name}" if name else None


async def pictured(asks: Asks, offer: Offer, *, now: int) -> Offer:
    """The offer with our own addresses for its pictures; one that cannot be had leaves its place to the product's."""
    wanted = list(dict.fromkeys(texts.image for texts in (offer.texts, *offer.locale.values()) if texts.image))
    if not wanted:
        return offer
    found = await asyncio.gather(*(picture(asks, url, now=now) for url in wanted))
    ours = {url: address or "" for url, address in zip(wanted, found, strict=True)}

    def own(texts: Texts) -> Texts:
        return replace(texts, image=ours.get(texts.image, ""))

    return replace(offer, texts=own(offer.texts), locale={name: own(texts) for name, texts in offer.locale.items()})

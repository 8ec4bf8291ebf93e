"""Refresh: what the provider sells and who may pay how, read in the background."""

import asyncio

from widget.core.payment import Addon, Customer, Product
from widget.core.plan_family import Collection, tiers
from widget.provider.asks import Asks, NotThere, Unreadable
from widget.storage import customers, families, images, mirror, offers, products, subscriptions

EVERY_MS = 60 * 60 * 1000
SOON_MS = 60 * 1000
_MOST = 500  # products of offers read ahead; further ones are read when an occasion asks for them


async def refresh(asks: Asks, *, now: int) -> int:
    """What the offers and families in force name; returns when to do it again (epoch ms)."""
    complete = await _offered(asks, now=now)
    await _logo(asks, now=now)
    for family in await families.in_force():
        collection: Collection | None = None
        if family.collection is not None:
            found = await asks.collection(family.collection)
            complete &= not isinstance(found, Unreadable)
            if isinstance(found, Collection | NotThere):
                collection = found if isinstance(found, Collection) else None
                await mirror.keep_collection(family.collection, collection, at=now)
        wanted = [product for tier in tiers(family, collection) for product in tier.products]
        addons = {one.addon for one in family.addon}
        for product_id in dict.fromkeys(wanted):
            product = await asks.product(product_id)
            complete &= not isinstance(product, Unreadable)
            if isinstance(product, Product | NotThere):
                await products.keep(product_id, product if isinstance(product, Product) else None, at=now)
            if isinstance(product, Product):
                addons |= set(product.addons)
        for addon_id in sorted(addons):
            addon = await asks.addon(addon_id)
            complete &= not isinstance(addon, Unreadable)
            if isinstance(addon, Addon | NotThere):
                await mirror.keep_addon(addon_id, addon if isinstance(addon, Addon) else None, at=now)
    return now + (EVERY_MS if complete else SOON_MS)


async def _offered(asks: Asks, *, now: int) -> bool:
    """The products of the offers in force; False where one of them could not be read."""
    _, in_force = await offers.in_force()
    complete = True
    for product_id in list(dict.fromkeys(product for offer in in_force for product in offer.products))[:_MOST]:
        product = await asks.product(product_id)
        complete &= not isinstance(product, Unreadable)
        if isinstance(product, Product | NotThere):
            await products.keep(product_id, product if isinstance(product, Product) else None, at=now)
    return complete


async def _logo(asks: Asks, *, now: int) -> None:
    """The theme's logo, fetched as product pictures are; one that cannot be had is not shown, or stays as it was."""
    theme = await offers.theme()
    if theme.logo and (found := await asks.image(theme.logo)):
        await images.keep(theme.logo, found.content_type, found.body, at=now)


async def read_methods(asks: Asks, subscription_id: str, *, now: int) -> int | None:
    """The saved methods of the subscription's customer, and the language they prefer."""
    known = await subscriptions.find(subscription_id)
    if known is None:
        return None
    customer_id = known.subscription.customer_id
    found, customer = await asyncio.gather(asks.methods(customer_id), asks.customer(customer_id))
    if not isinstance(found, NotThere | Unreadable):
        await subscriptions.keep_methods(customer_id, found)
    if isinstance(customer, Customer):
        await customers.keep_locale(customer_id, customer.locale, at=now)
    return None

"""What the business sells, as the offers file names it: what is not there, not sold any more, or cannot be sold so."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from difflib import get_close_matches

from msgspec import Struct

from widget.core.condition import Condition
from widget.core.condition_references import products_at
from widget.core.offer import Amounts, Offer
from widget.core.offers_file import OffersFile
from widget.core.payment import Product, PromoCode
from widget.core.plan_family import PlanFamily
from widget.core.toml_lines import Path
from widget.core.toml_tables import Flaw


class Shelf(Struct, frozen=True):
    """Everything of the business, and of what the file names all that is asked; None is not there."""

    names: Mapping[str, str]  # of all products on sale, by id
    archived: frozenset[str]
    products: Mapping[str, Product | None]
    addons: Mapping[str, bool]
    collections: Mapping[str, bool]
    codes: Mapping[str, PromoCode | None]


class Named(Struct, frozen=True):
    """What a file names, each once."""

    products: tuple[str, ...]
    addons: tuple[str, ...]
    collections: tuple[str, ...]
    codes: tuple[str, ...]


def named(file: OffersFile) -> Named:
    """Every id and code of the file that only the provider can know."""
    family_codes = (downsell.code for family in file.families for downsell in family.downsell if downsell.code)
    return Named(
        products=_once(product for _, product in _products(file)),
        addons=_once(one.addon for family in file.families for one in family.addon),
        collections=_once(family.collection for family in file.families if family.collection),
        codes=_once([*(code for offer in file.offers for code in offer.discount_codes), *family_codes]),
    )


def shelf_flaws(file: OffersFile, shelf: Shelf, *, now: datetime) -> list[Flaw]:
    """What of it cannot be sold as the file says, with its path and what is there instead."""
    flaws = [(path, told) for path, product in _products(file) if (told := _absent(product, shelf))]
    for index, offer in enumerate(file.offers):
        flaws += [(("offer", index, *path), told) for path, told in _offer(offer, shelf, now)]
    for index, family in enumerate(file.families):
        flaws += [(("plan_family", index, *path), told) for path, told in _family(family, shelf, now)]
    return flaws


def _once(found: Iterator[str] | list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(found))


def _products(file: OffersFile) -> Iterator[tuple[Path, str]]:
    for index, offer in enumerate(file.offers):
        here: Path = ("offer", index)
        yield (*here, "product"), offer.product
        for place, product in enumerate(offer.alternatives):
            yield (*here, "alternatives", place), product
        for field in ("bought_any", "bought_none"):
            for place, product in enumerate(getattr(offer.rule, field)):
                yield (*here, "rule", field, place), product
        if isinstance(offer.when, Condition):
            yield from products_at(offer.when, (*here, "when"))
    for index, family in enumerate(file.families):
        for place, plan in enumerate(family.plan):
            yield ("plan_family", index, "plan", place, "product"), plan.product
            if plan.yearly:
                yield ("plan_family", index, "plan", place, "yearly"), plan.yearly


def _absent(product_id: str, shelf: Shelf) -> str:
    if product_id in shelf.archived:
        return f"{product_id} is archived at Dodo: it cannot be sold any more"
    if shelf.products.get(product_id) is not None:
        return ""
    close = get_close_matches(product_id, shelf.names, n=1, cutoff=0.6)
    some = close or sorted(shelf.names)[:5]
    there = ", ".join(f"{name} ({shelf.names[name]})" for name in some)
    return f"no product of the business is called {product_id}; {'did you mean' if close else 'there are'} {there}"


def _offer(offer: Offer, shelf: Shelf, now: datetime) -> Iterator[tuple[Path, str]]:
    product = shelf.products.get(offer.product)
    for place, code in enumerate(offer.discount_codes):
        if told := _code(code, offer.products, shelf, now):
            yield ("discount_codes", place), told
    for name, one in ((name, shelf.products.get(name)) for name in offer.products):
        if one is not None and one.metered:
            yield ("product",), f"{name} is billed by use: there is no sum to show before it is bought"
    if product is not None and isinstance(offer.pay_what_you_want, Amounts):
        yield from _amounts(offer.pay_what_you_want, product)
    if product is not None and offer.compare_with is not None:
        priced = dict.fromkeys((product.price.currency, *(one.price.currency for one in product.local)))
        if offer.compare_with.currency not in priced:
            yield (
                ("compare_with", "currency"),
                f"{product.id} costs {', '.join(priced)}: a difference to another currency is never shown",
            )
    if product is not None and offer.plan_change and product.recurring is None:
        yield ("plan_change",), f"{product.id} is no subscription: there is no plan to change to"


def _amounts(amounts: Amounts, product: Product) -> Iterator[tuple[Path, str]]:
    if not product.pay_what_you_want:
        yield ("pay_what_you_want",), f"{product.id} has a price of its own; switch pay-what-you-want on at Dodo"
    elif amounts.currency != product.price.currency:
        yield ("pay_what_you_want", "currency"), f"{product.id} is paid in {product.price.currency}"
    elif amounts.min < product.price.amount:
        yield ("pay_what_you_want", "min"), f"Dodo takes no less than {product.price.amount} for {product.id}"


def _code(code: str, products: tuple[str, ...], shelf: Shelf, now: datetime) -> str:
    found = shelf.codes.get(code)
    if found is None:
        return f"no discount code of the business is called {code}"
    if found.expires_at is not None and found.expires_at <= now:
        return f"{code} ended on {found.expires_at:%Y-%m-%d}"
    if found.used_up:
        return f"{code} is used up"
    if found.products and not set(products) <= set(found.products):
        return f"{code} is only for {', '.join(found.products)}"
    return ""


def _family(family: PlanFamily, shelf: Shelf, now: datetime) -> Iterator[tuple[Path, str]]:
    for place, plan in enumerate(family.plan):
        for field, name in (("product", plan.product), ("yearly", plan.yearly)):
            product = shelf.products.get(name or "")
            if product is not None and product.recurring is None:
                yield ("plan", place, field), f"{product.id} is no subscription"
    for place, one in enumerate(family.addon):
        if not shelf.addons.get(one.addon, False):
            yield ("addon", place, "addon"), f"no add-on of the business is called {one.addon}"
    if family.collection and not shelf.collections.get(family.collection, False):
        yield ("collection",), f"no product collection of the business is called {family.collection}"
    for place, downsell in enumerate(family.downsell):
        if downsell.code and (told := _code(downsell.code, (), shelf, now)):
            yield ("downsell", place, "code"), told

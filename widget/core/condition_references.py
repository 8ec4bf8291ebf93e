"""What a condition names, and what has to be read before it can be asked."""

from collections.abc import Iterator
from typing import Any, Literal

from msgspec import UNSET, Struct

from widget.core.condition import TREE, Condition, Entry, only
from widget.core.toml_lines import Path

Need = Literal[
    "payment", "method", "product_metadata", "history", "subscriptions", "customer", "locale", "clock", "occasion"
]
NEEDS: dict[str, tuple[Need, ...]] = {
    **dict.fromkeys(("bought", "bought_all", "not_bought", "total", "items", "currency", "country"), ("payment",)),
    "payment_metadata": ("payment",),
    "method": ("method",),
    "product_metadata": ("payment", "product_metadata"),
    # what was ever bought takes this payment in
    **dict.fromkeys(("ever_bought", "ever_bought_all", "never_bought"), ("history", "payment")),
    **dict.fromkeys(("customer", "past_purchases", "spent"), ("history",)),
    "subscribed": ("subscriptions",),
    "customer_metadata": ("customer",),
    "locale": ("locale",),
    "share": (),
    "time": ("clock",),
    **dict.fromkeys(("occasion", "occasion_data"), ("occasion",)),
}
_PRODUCTS = ("bought", "bought_all", "not_bought", "ever_bought", "ever_bought_all", "never_bought")
_EVER = ("ever_bought", "ever_bought_all", "never_bought")


class References(Struct, frozen=True, kw_only=True):
    """Names a condition uses, each sorted and once."""

    products: tuple[str, ...] = ()
    currencies: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    occasions: tuple[str, ...] = ()
    metadata: tuple[tuple[str, str], ...] = ()  # (leaf, key): ("customer_metadata", "tier")
    ever: tuple[str, ...] = ()  # products whose whole past is asked for
    needs: tuple[Need, ...] = ()


def references(condition: Condition) -> References:
    """Everything named anywhere in the tree, excluded parts too."""
    leaves = tuple(_leaves(condition))
    return References(
        products=_sorted(name for key, value in leaves for name in _products(key, value)),
        currencies=_sorted(name for key, value in leaves for name in _currencies(key, value)),
        countries=_sorted(name for key, value in leaves if key == "country" for name in value),
        occasions=_sorted(name for key, value in leaves if key == "occasion" for name in value),
        metadata=tuple(sorted({(key, value.key) for key, value in leaves if isinstance(value, Entry)})),
        ever=_sorted(name for key, value in leaves if key in _EVER for name in value),
        needs=tuple(sorted({need for key, value in leaves for need in _needs(key, value)})),
    )


def products_at(condition: Condition, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """Every product that is named, with where it stands."""
    key, value = only(condition)
    at = (*path, key)
    if key in TREE:
        for index, part in enumerate(value):
            yield from products_at(part, (*at, index))
    elif key == "subscribed" and value.product is not UNSET:
        yield from (((*at, "product", index), product) for index, product in enumerate(value.product))
    elif key in _PRODUCTS:
        yield from (((*at, index), product) for index, product in enumerate(value))


def _leaves(condition: Condition) -> Iterator[tuple[str, Any]]:
    key, value = only(condition)
    if key in TREE:
        for part in value:
            yield from _leaves(part)
    elif key:
        yield key, value


def _sorted(names: Iterator[str]) -> tuple[str, ...]:
    return tuple(sorted(set(names)))


def _products(key: str, value: Any) -> tuple[str, ...]:
    if key in _PRODUCTS:
        return value
    return value.product if key == "subscribed" and value.product is not UNSET else ()


def _currencies(key: str, value: Any) -> tuple[str, ...]:
    if key == "currency":
        return value
    return (value.currency,) if key in {"total", "spent"} and value.currency is not UNSET else ()


def _needs(key: str, value: Any) -> tuple[Need, ...]:
    needs = NEEDS[key]
    return (*needs, "clock") if key == "subscribed" and value.days is not UNSET else needs

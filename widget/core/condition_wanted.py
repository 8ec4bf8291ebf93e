"""What a leaf of a condition asks for, in words that go after `needs` and after `must not be`."""

from collections.abc import Callable, Iterable
from typing import Any

from msgspec import UNSET

from widget.core.condition import Bounds, DataEntry, Entry, Scalar, Spent, Subscribed, Total, Window

# Where the words differ from the key with spaces for underscores.
_NAMES = {
    "bought_all": "bought",
    "not_bought": "bought",
    "ever_bought_all": "ever bought",
    "never_bought": "ever bought",
    "all": "all of",
    "any": "any of",
    "none": "none of",
    "": "condition",
}


def named(key: str, value: Any) -> str:
    """What a leaf is about: `total`, `bought`, `customer metadata tier`."""
    name = _NAMES.get(key, key.replace("_", " "))
    return f"{name} {value.key}" if isinstance(value, Entry) else name


def wanted(key: str, value: Any) -> str:
    """What it asks for: `at least 1000 USD`, `any of pdt_course`."""
    return _WANTED[key](value) if key in _WANTED else "exactly one of its keys"


def listed(words: Iterable[str], nothing: str = "nothing") -> str:
    """Names in a stable order, each once."""
    return ", ".join(sorted(set(words))) or nothing


def spelled_scalar(value: Scalar) -> str:
    """A value as metadata keeps it: Dodo gives 5 back as 5.0, and true as a truth value or as text."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _any_of(words: tuple[str, ...]) -> str:
    return f"any of {listed(words)}"


def _all_of(words: tuple[str, ...]) -> str:
    return f"all of {listed(words)}"


def _none_of(words: tuple[str, ...]) -> str:
    return f"none of {listed(words)}"


def _one_of(words: tuple[str, ...]) -> str:
    return f"one of {listed(words)}" if len(set(words)) > 1 else listed(words)


def _bounds(bounds: Bounds) -> str:
    unit = f" {bounds.currency}" if isinstance(bounds, Total | Spent) and bounds.currency is not UNSET else ""
    parts = [f"at least {bounds.at_least}{unit}"] if bounds.at_least is not UNSET else []
    parts += [f"at most {bounds.at_most}{unit}"] if bounds.at_most is not UNSET else []
    return " and ".join(parts) or f"any number{unit}"


def _entry(entry: Entry) -> str:
    parts = [f"{key.replace('_', ' ')} {spelled_scalar(limit)}" for key, limit in limits(entry)]
    if entry.equals is not UNSET:
        parts.append(spelled_scalar(entry.equals))
    if entry.one_of is not UNSET:
        parts.append(_one_of(tuple(map(spelled_scalar, entry.one_of))))
    if entry.exists is not UNSET:
        parts.append("there" if entry.exists else "absent")
    return " and ".join(parts)


def limits(entry: Entry) -> tuple[tuple[str, int | float], ...]:
    """The comparisons of an entry, by their key."""
    if not isinstance(entry, DataEntry):
        return ()
    pairs = (
        ("at_least", entry.at_least),
        ("at_most", entry.at_most),
        ("above", entry.above),
        ("below", entry.below),
    )
    return tuple((key, limit) for key, limit in pairs if limit is not UNSET)


def _subscribed(asked: Subscribed) -> str:
    parts = [f"a subscription ({' or '.join(statuses(asked))})"]
    parts += [f"to {_any_of(asked.product)}"] if asked.product is not UNSET else []
    parts += [f"with {_bounds(asked.seats)} seats"] if asked.seats is not UNSET else []
    parts += [f"made {_bounds(asked.days)} days ago"] if asked.days is not UNSET else []
    return " ".join(parts)


def statuses(asked: Subscribed) -> tuple[str, ...]:
    """Those that count; active where none is named."""
    return ("active",) if asked.status is UNSET else tuple(sorted(set(asked.status)))


def _window(window: Window) -> str:
    parts = [", ".join(window.days)] if window.days is not UNSET else []
    parts += [f"from {window.start}"] if window.start is not UNSET else []
    parts += [f"to {window.end}"] if window.end is not UNSET else []
    return " ".join([*parts, zone_name(window)])


def zone_name(window: Window) -> str:
    """The IANA name of the clock it is read from."""
    return "UTC" if window.zone is UNSET else window.zone


_WANTED: dict[str, Callable[[Any], str]] = {
    **dict.fromkeys(("all", "any", "none"), lambda parts: f"{len(parts)} conditions"),
    **dict.fromkeys(("bought", "ever_bought"), _any_of),
    **dict.fromkeys(("bought_all", "ever_bought_all"), _all_of),
    **dict.fromkeys(("not_bought", "never_bought"), _none_of),
    **dict.fromkeys(("currency", "country", "method", "locale", "occasion"), _one_of),
    **dict.fromkeys(("total", "items", "past_purchases", "spent"), _bounds),
    **dict.fromkeys(("payment_metadata", "product_metadata", "customer_metadata", "occasion_data"), _entry),
    "subscribed": _subscribed,
    "customer": str,
    "share": lambda percent: f"below {percent}",
    "time": _window,
}

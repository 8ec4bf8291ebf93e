"""What is wrong with one leaf of a condition: names that cannot be, bounds that hold nothing."""

import math
import re
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from msgspec import UNSET

from widget.core.condition import Bounds, DataEntry, Entry, Scalar, Spent, Subscribed, Total, Window
from widget.core.condition_leaves import minutes
from widget.core.condition_names import (
    Flaws,
    LeafFlaw,
    close,
    countries,
    currencies,
    currency,
    locales,
    methods,
    occasions,
    products,
)
from widget.core.condition_wanted import limits
from widget.core.toml_lines import Path


def leaf_flaws(key: str, value: Any) -> Flaws:
    """Every flaw of a leaf."""
    return _CHECKS[key](value)


def _bounds(bounds: Bounds) -> Flaws:
    low, high = bounds.at_least, bounds.at_most
    if low is UNSET and high is UNSET:
        yield LeafFlaw((), "expected at_least, at_most or both")
    for name, bound in (("at_least", low), ("at_most", high)):
        if bound is not UNSET and not 0 <= bound < 2**63:
            yield LeafFlaw((name,), f"expected 0 or more, found {bound}")
    if low is not UNSET and high is not UNSET and low > high:
        yield LeafFlaw(("at_most",), f"can never hold: nothing is at least {low} and at most {high}", "swap them")


def _money(sum_of: Total | Spent) -> Flaws:
    yield from _bounds(sum_of)
    if sum_of.currency is not UNSET:
        yield from currency(("currency",), sum_of.currency)


def _under(key: str, found: Flaws) -> Flaws:
    return (LeafFlaw((key, *flaw.path), flaw.message, flaw.suggestion) for flaw in found)


def _subscribed(asked: Subscribed) -> Flaws:
    if asked.product is not UNSET:
        yield from _under("product", products(asked.product))
    if asked.status is not UNSET and not asked.status:
        yield LeafFlaw(("status",), "expected at least one status", "leave it out for active ones")
    for key, bounds in (("seats", asked.seats), ("days", asked.days)):
        if bounds is not UNSET:
            yield from _under(key, _bounds(bounds))


def _entry(entry: Entry) -> Flaws:
    if isinstance(entry, DataEntry) and not 0 < len(entry.key) <= 40:
        yield LeafFlaw(("key",), "expected 1 to 40 characters")
    if not isinstance(entry, DataEntry) and not re.fullmatch(r"[A-Za-z0-9_-]{1,40}", entry.key):
        yield LeafFlaw(("key",), f"expected 1 to 40 of letters, digits, - and _, found {entry.key!r}")
    single = ("equals", "one_of", "exists")
    said = [key for key in single if getattr(entry, key) is not UNSET]
    numbers = limits(entry)
    asked = [*said, *(key for key, _ in numbers)]
    if not asked or len(said) > 1 or (said and numbers):
        others = ", at_least, at_most, above or below" if isinstance(entry, DataEntry) else ""
        expected = f"expected one of equals, one_of, exists{others}"
        yield LeafFlaw((), f"{expected}, found {' and '.join(asked) or 'none'}")
    yield from _values(entry)


def _values(entry: Entry) -> Flaws:
    if entry.one_of is not UNSET and not entry.one_of:
        yield LeafFlaw(("one_of",), "expected at least one value")
    values: list[tuple[Path, Scalar]] = [((key,), limit) for key, limit in limits(entry)]
    values += [] if entry.equals is UNSET else [(("equals",), entry.equals)]
    values += [] if entry.one_of is UNSET else [(("one_of", index), one) for index, one in enumerate(entry.one_of)]
    for path, value in values:
        if isinstance(value, float) and not math.isfinite(value):
            yield LeafFlaw(path, "expected a finite number")


def _share(percent: int) -> Flaws:
    if not 1 <= percent <= 100:
        never = "can never hold: " if percent < 1 else ""
        yield LeafFlaw((), f"{never}expected 1 to 100 percent, found {percent}")


def _time(window: Window) -> Flaws:
    if window.days is UNSET and window.start is UNSET and window.end is UNSET:
        yield LeafFlaw((), "expected days, from or to")
    if window.days is not UNSET and not window.days:
        yield LeafFlaw(("days",), "expected at least one day", "leave it out for every day")
    for key, clock in (("from", window.start), ("to", window.end)):
        if clock is not UNSET and minutes(clock) is None:
            yield LeafFlaw((key,), f"expected HH:MM between 00:00 and 24:00, found {clock!r}", 'such as "09:00"')
    yield from _backwards(window)
    if window.zone is not UNSET and not _known_zone(window.zone):
        suggestion = close(window.zone, available_timezones())
        yield LeafFlaw(("zone",), f"expected an IANA time zone, found {window.zone!r}", suggestion)


def _backwards(window: Window) -> Flaws:
    start, end = window.start, window.end
    first, last = "00:00" if start is UNSET else start, "24:00" if end is UNSET else end
    begins, ends = minutes(first), minutes(last)
    if begins is not None and ends is not None and begins >= ends:
        halves = f'over midnight: any = [{{ time = {{ from = "{first}" }} }}, {{ time = {{ to = "{last}" }} }}]'
        key = "from" if end is UNSET else "to"
        yield LeafFlaw((key,), f"can never hold: from {first} to {last} ends before it starts", halves)


def _known_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # none of that name, or no name at all
        return False
    return True


def _nothing(_: object) -> Flaws:
    return iter(())


_CHECKS: dict[str, Callable[[Any], Flaws]] = {
    **dict.fromkeys(("bought", "bought_all", "not_bought", "ever_bought", "ever_bought_all", "never_bought"), products),
    **dict.fromkeys(("total", "spent"), _money),
    **dict.fromkeys(("items", "past_purchases"), _bounds),
    **dict.fromkeys(("payment_metadata", "product_metadata", "customer_metadata", "occasion_data"), _entry),
    "currency": currencies,
    "country": countries,
    "method": methods,
    "subscribed": _subscribed,
    "customer": _nothing,  # its words are seen to when it is read
    "locale": locales,
    "share": _share,
    "time": _time,
    "occasion": occasions,
}

"""What a leaf says about one value, so that several leaves about the same value can be laid over each other."""

from collections.abc import Callable, Iterator
from typing import Any

from msgspec import UNSET, Struct, UnsetType

from widget.core.condition import Bounds, DataEntry, Entry, Scalar, Spent, Total, Window
from widget.core.condition_entries import compares, same_kind
from widget.core.condition_leaves import minutes
from widget.core.condition_wanted import limits, zone_name

Word = tuple[str, Scalar]  # how a value is compared, and the value
Limit = tuple[str, int | float]  # at_least, at_most, above, below
ABSENT: Word = ("absent", "")


class Claim(Struct, frozen=True):
    """What a value must be: one of the words, where they are given, and on the right side of every limit."""

    words: frozenset[Word] | None = None
    limits: tuple[Limit, ...] = ()
    there: bool = False  # not absent

    def beside(self, other: "Claim") -> "Claim":
        """Both at once."""
        words = self.words if other.words is None else other.words
        if self.words is not None and other.words is not None:
            words = self.words & other.words
        return Claim(words, self.limits + other.limits, self.there or other.there)

    def empty(self) -> bool:
        """Certainly nothing fits; False says nothing."""
        if self.words is not None:
            return not any(self._fits(word) for word in self.words)
        return any(_crossed(low, high) for low in self.limits for high in self.limits)

    def _fits(self, word: Word) -> bool:
        if word == ABSENT:
            return not (self.there or self.limits)
        return all(compares(word[1], key, limit) for key, limit in self.limits)


def _crossed(low: Limit, high: Limit) -> bool:
    """A lower limit that leaves nothing under the upper one; a gap without a whole number in it is not looked for."""
    if low[0] not in {"at_least", "above"} or high[0] not in {"at_most", "below"}:
        return False
    return low[1] > high[1] or (low[1] == high[1] and (low[0], high[0]) != ("at_least", "at_most"))


Claims = Iterator[tuple[str, Claim]]


def claims(key: str, value: Any) -> Claims:
    """What a leaf says, each under the name of the value it speaks of; nothing of leaves about several values."""
    if key in _CLAIMS:
        yield from _CLAIMS[key](key, value)


def refused(key: str, value: Any) -> Claims:
    """What follows from a leaf that must not hold, where it is simple."""
    if key == "share":
        yield key, Claim(limits=(("at_least", value),))


def _words(words: tuple[Scalar, ...], typed: bool = True) -> Claim:
    return Claim(frozenset(same_kind(word, typed) for word in words))


def _bounds(bounds: Bounds) -> Claim:
    low: list[Limit] = [] if bounds.at_least is UNSET else [("at_least", bounds.at_least)]
    high: list[Limit] = [] if bounds.at_most is UNSET else [("at_most", bounds.at_most)]
    return Claim(limits=(*low, *high))


def _listed(key: str, words: tuple[str, ...]) -> Claims:
    yield key, _words(words)


def _bounded(key: str, bounds: Bounds) -> Claims:
    yield key, _bounds(bounds)


def _total(key: str, total: Total) -> Claims:
    yield key, _bounds(total)
    if total.currency is not UNSET:
        yield "currency", _words((total.currency,))


def _spent(key: str, spent: Spent) -> Claims:
    yield f"{key} {spent.currency}", _bounds(spent)


def _customer(_: str, word: str) -> Claims:
    yield "past_purchases", Claim(limits=(("below" if word == "first" else "at_least", 1),))


def _share(key: str, percent: int) -> Claims:
    yield key, Claim(limits=(("at_least", 0), ("below", percent)))


def _entry(key: str, entry: Entry) -> Claims:
    typed = isinstance(entry, DataEntry)
    claim = Claim(limits=limits(entry), there=entry.exists is True)
    if entry.exists is False:
        claim = claim.beside(Claim(frozenset({ABSENT})))
    if entry.equals is not UNSET:
        claim = claim.beside(_words((entry.equals,), typed))
    if entry.one_of is not UNSET:
        claim = claim.beside(_words(entry.one_of, typed))
    yield f"{key} {entry.key}", claim


def _window(key: str, window: Window) -> Claims:
    zone = zone_name(window)
    start, end = _minutes(window.start, 0), _minutes(window.end, 24 * 60)
    yield f"{key} of day in {zone}", Claim(limits=(("at_least", start), ("below", end)))
    if window.days is not UNSET:
        yield f"weekday in {zone}", _words(window.days)


def _minutes(clock: str | UnsetType, otherwise: int) -> int:
    return otherwise if clock is UNSET or (found := minutes(clock)) is None else found


_CLAIMS: dict[str, Callable[[str, Any], Claims]] = {
    **dict.fromkeys(("currency", "country", "occasion"), _listed),
    **dict.fromkeys(("items", "past_purchases"), _bounded),
    **dict.fromkeys(("payment_metadata", "customer_metadata", "occasion_data"), _entry),
    "total": _total,
    "spent": _spent,
    "customer": _customer,
    "share": _share,
    "time": _window,
}

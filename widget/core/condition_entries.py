"""One key of metadata or of an occasion's data against what is asked of it."""

import operator
from collections.abc import Callable, Mapping

from msgspec import UNSET

from widget.core.condition import Entry, Scalar
from widget.core.condition_wanted import limits, spelled_scalar

_COMPARED: dict[str, Callable[[int | float, int | float], bool]] = {
    "at_least": operator.ge,
    "at_most": operator.le,
    "above": operator.gt,
    "below": operator.lt,
}


def entry_holds(asked: Entry, have: Mapping[str, Scalar], typed: bool = False) -> bool:
    """Whether everything asked of the key holds; metadata is text, an occasion's data keeps its types."""
    value = have.get(asked.key)
    if asked.exists is not UNSET and asked.exists != (value is not None):
        return False
    if asked.equals is not UNSET and not _among((asked.equals,), value, typed):
        return False
    if asked.one_of is not UNSET and not _among(asked.one_of, value, typed):
        return False
    return all(compares(value, key, limit) for key, limit in limits(asked))


def compares(value: Scalar | None, key: str, limit: int | float) -> bool:
    """A number on the right side of the limit; text and truth values are on neither."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return _COMPARED[key](value, limit)


def same_kind(value: Scalar, typed: bool) -> tuple[str, Scalar]:
    """What two values have in common when they count as equal: 1 is 1.0, but neither true nor, where typed, "1"."""
    if not typed:
        return "text", spelled_scalar(value)
    if isinstance(value, bool):
        return "truth", value
    return ("text" if isinstance(value, str) else "number"), value


def _among(asked: tuple[Scalar, ...], value: Scalar | None, typed: bool) -> bool:
    return value is not None and same_kind(value, typed) in {same_kind(one, typed) for one in asked}

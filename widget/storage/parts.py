"""One thing out of a row that holds several, by the prefix its columns carry."""

from functools import lru_cache
from typing import Any


def part(row: dict[str, Any], prefix: str, columns: str) -> dict[str, Any]:
    """The columns without their prefix."""
    return {plain: row[named] for named, plain in _names(prefix, columns)}


@lru_cache(maxsize=64)
def _names(prefix: str, columns: str) -> tuple[tuple[str, str], ...]:
    return tuple((prefix + name, name) for name in columns.split(", "))

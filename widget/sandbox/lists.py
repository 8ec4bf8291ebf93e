"""Lists as Dodo answers them: `{"items": […]}`, newest first, pages counted from 0, no totals; and query filters."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any, TypeVar

from litestar import Request

from widget.sandbox.errors import Refusal

T = TypeVar("T")
MAX_PAGE_SIZE = 100
JSONObject = dict[str, object]
AnyRequest = Request[Any, Any, Any]


def page(request: AnyRequest, things: Iterable[T], show: Callable[[T], JSONObject]) -> JSONObject:
    """The asked page of `things` (already filtered and sorted), each shown by `show`."""
    number = whole(request, "page_number", default=0, most=1_000_000)
    size = whole(request, "page_size", default=10, most=MAX_PAGE_SIZE)
    return {"items": [show(thing) for thing in list(things)[number * size : (number + 1) * size]]}


def whole(request: AnyRequest, name: str, default: int, most: int) -> int:
    """A whole number from the query, 0 to `most`."""
    text = request.query_params.get(name)
    if text is None:
        return default
    if not text.isascii() or not text.isdigit() or len(text) > 9 or int(text) > most:
        raise wrong(name, f"a whole number from 0 to {most}")
    return int(text)


def flag(request: AnyRequest, name: str) -> bool | None:
    """`true`, `false` or nothing."""
    text = request.query_params.get(name)
    if text not in (None, "true", "false"):
        raise wrong(name, "true or false")
    return None if text is None else text == "true"


def moment(request: AnyRequest, name: str) -> datetime | None:
    """An ISO 8601 time from the query, UTC when it names no zone."""
    text = request.query_params.get(name)
    if text is None:
        return None
    try:
        # an unescaped "+" of a zone arrives as a blank
        parsed = datetime.fromisoformat(text.replace(" ", "+"))
    except ValueError:
        raise wrong(name, "an ISO 8601 date and time") from None
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)


def word(request: AnyRequest, name: str, allowed: Iterable[str] | None = None) -> str | None:
    """A text from the query; when `allowed` is given it must be one of these."""
    text = request.query_params.get(name)
    if text is not None and allowed is not None and text not in (choices := sorted(allowed)):
        raise wrong(name, "one of " + ", ".join(choices))
    return text


def within(at: datetime, since: datetime | None, until: datetime | None) -> bool:
    """Is `at` inside the asked span, ends included?"""
    return (since is None or at >= since) and (until is None or at <= until)


def wrong(name: str, expected: str) -> Refusal:
    """422 naming the parameter and what it should be."""
    return Refusal("INVALID_REQUEST_PARAMETERS", f"`{name}`: expected {expected}")


def iso(at: datetime | None) -> str | None:
    """ISO 8601 in UTC with `Z`."""
    return None if at is None else at.astimezone(UTC).isoformat().replace("+00:00", "Z")

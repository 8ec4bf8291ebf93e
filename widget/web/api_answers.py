"""What `/api/v1` answers when it refuses: every code there is, and the body it comes in, as the API is described."""

from typing import Any, Literal, get_args

from litestar.openapi.datastructures import ResponseSpec
from msgspec import Struct

Code = Literal[
    "invalid",
    "unauthorized",
    "not_found",
    "method_not_allowed",
    "too_slow",
    "conflict",
    "too_large",
    "unsupported_media_type",
    "rate_limited",
    "internal",
    "busy",
    "busy",
    "away",
]
CODES: tuple[Code, ...] = get_args(Code)


class Error(Struct, frozen=True, omit_defaults=True):
    """`code` is stable and for programs; `message` is for the developer who reads it; `field` is what was wrong."""

    code: Code
    message: str
    field: str = ""


class Refused(Struct, frozen=True):
    """The body of every answer that is no success."""

    error: Error


_WHEN = {
    400: "invalid: something is missing or malformed; `field` says what",
    401: "unauthorized: no valid bearer key",
    404: "not_found: nothing of yours has this name",
    408: "too_slow: the body did not arrive within 10 seconds",
    409: "conflict: the idempotency key was used for something else",
    413: "too_large: the body is larger than 1 MB",
    415: "unsupported_media_type: the body is not application/json",
    429: "rate_limited: too many calls within a minute; `Retry-After` says in how many seconds to come back",
    500: "internal: a fault of ours; the message has a reference to be looked for in the log",
    503: "away: the database cannot be used now; nothing is known to have happened, so send the same again",
}


def refusals(*statuses: int) -> dict[int, ResponseSpec]:
    """Descriptions of these statuses, and of those that every call of the API may have."""
    every = sorted({*statuses, 401, 429, 500, 503})
    return {status: ResponseSpec(Refused, generate_examples=False, description=_WHEN[status]) for status in every}


BEARER: list[dict[str, Any]] = [{"bearer": []}]

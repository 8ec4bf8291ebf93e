"""The merchant's server proves itself with a bearer key."""

from typing import Any

from litestar.connection import ASGIConnection
from litestar.exceptions import HTTPException
from litestar.handlers import BaseRouteHandler

from widget.core.refusal import Unauthorized
from widget.web.limits import limits_of


async def merchant_only(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
    """A guard: one of the keys in ENCORE_API_KEYS, compared in constant time; without keys nobody passes.

    What a key may do is bounded (reading is not), and so are guesses from one network. Raises `RateLimited`.
    """
    scheme, _space, given = connection.headers.get("authorization", "").partition(" ")
    keys = connection.app.state.settings.api_keys
    right = [key.matches(given) for key in keys]
    if scheme.lower() != "bearer" or not any(right):
        await limits_of(connection).miss(connection)
        raise Unauthorized
    if connection.scope["type"] == "http" and connection.scope["method"] not in {"GET", "HEAD"}:
        await limits_of(connection).call(given)


async def json_only(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
    """A guard: the body is called JSON; anything else is 415, so that no form of a page can be taken for a call."""
    kind = connection.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise HTTPException(status_code=415, detail="The body is read as application/json; say so in Content-Type.")

"""The merchant's server proves itself with a bearer key."""

from typing import Any

from litestar.connection import ASGIConnection
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

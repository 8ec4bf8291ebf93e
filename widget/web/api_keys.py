"""The merchant's server proves itself with a bearer key."""

from typing import Any

from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler

from widget.core.refusal import Unauthorized


def merchant_only(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
    """A guard: one of the keys in ENCORE_API_KEYS, compared in constant time; without keys nobody passes."""
    scheme, _space, given = connection.headers.get("authorization", "").partition(" ")
    keys = connection.app.state.settings.api_keys
    right = [key.matches(given) for key in keys]
    if scheme.lower() != "bearer" or not any(right):
        raise Unauthorized

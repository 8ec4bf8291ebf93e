"""A request as our handlers get it: no user, no auth object, no typed state."""

from typing import Any

from litestar import Request

AnyRequest = Request[Any, Any, Any]

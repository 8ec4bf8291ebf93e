"""How the pretend Dodo says no: a flat body `{"code", "message"}` and a status."""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec
from litestar import Request, Response
from litestar.exceptions import HTTPException

T = TypeVar("T")


class Refusal(Exception):
    """A refused request; raise it anywhere below a handler. 422 where Dodo documents no status."""

    def __init__(self, code: str, message: str, status: int = 422, headers: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.code, self.message, self.status, self.headers = code, message, status, headers or {}


def not_found(what: str, thing_id: str) -> Refusal:
    """404: no such thing."""
    return Refusal("NOT_FOUND", f"{what} {thing_id[:80]} does not exist", 404)


def parse(kind: type[T], body: bytes) -> T:
    """The JSON body as `kind`, or 422 `INVALID_REQUEST_BODY` naming the field."""
    try:
        return msgspec.json.decode(body or b"{}", type=kind)
    except msgspec.ValidationError as error:
        raise Refusal("INVALID_REQUEST_BODY", str(error)) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Refusal("INVALID_REQUEST_BODY", "the body is not valid JSON") from None


def answer_refusal(_: Request[Any, Any, Any], refusal: Refusal) -> Response[dict[str, str]]:
    """Dodo's error shape."""
    body = {"code": refusal.code, "message": refusal.message}
    return Response(body, status_code=refusal.status, headers=refusal.headers)


def answer_http_error(_: Request[Any, Any, Any], error: HTTPException) -> Response[dict[str, str]]:
    """Errors of the framework in Dodo's shape: unknown path, wrong method, too large a body."""
    code = {404: "NOT_FOUND", 405: "METHOD_NOT_ALLOWED", 413: "PAYLOAD_TOO_LARGE"}.get(error.status_code)
    body = {"code": code or "INVALID_REQUEST_PARAMETERS", "message": error.detail or "the request is not understood"}
    return Response(body, status_code=error.status_code)

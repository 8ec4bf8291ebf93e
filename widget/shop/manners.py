"""When things go wrong: forms sent by other sites, pages that are not there, and a Dodo that does not answer."""

from typing import Any
from urllib.parse import urlsplit

from dodopayments import APIError
from litestar import Request, Response
from litestar.connection import ASGIConnection
from litestar.exceptions import HTTPException, PermissionDeniedException
from litestar.handlers import BaseRouteHandler

from widget.shop.shop import Shop


def same_site_forms_only(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
    """A form that another site sends is refused: nobody is signed in or sent shopping by a stranger's page."""
    origin = connection.headers.get("origin")
    if origin and urlsplit(origin).netloc != connection.headers.get("host"):
        raise PermissionDeniedException


def handlers(shop: Shop) -> dict[int | type[Exception], Any]:
    """A kind page for each."""

    def refused(request: Request[Any, Any, Any], error: HTTPException) -> Response[str]:
        if error.status_code == 404:
            return shop.not_found(request)
        return shop.page(request, "trouble.html", status=error.status_code, dodo_away=False)

    def dodo_away(request: Request[Any, Any, Any], _: APIError) -> Response[str]:
        return shop.page(request, "trouble.html", status=502, dodo_away=True)

    return {HTTPException: refused, APIError: dodo_away}

"""What the pages work with: configuration, goods, orders, cookies and templates."""

import secrets
from pathlib import Path
from typing import Any

import httpx
from dodopayments import AsyncDodoPayments
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from litestar import Request, Response

from widget.shop.config import ShopConfig
from widget.shop.cookies import Cookies
from widget.shop.goods import Goods
from widget.shop.orders import Orders

# The sandbox's people: whoever signs in here is one of them, or a guest.
CAST = {
    "cus_nadia": "her saved card works",
    "cus_omar": "his saved card is refused",
    "cus_uma": "her bank wants to be asked",
    "cus_tim": "his bank never answers in time",
    "cus_otto": "two cards, and tax is added",
    "cus_nora": "no saved card",
    "cus_edda": "her saved card has expired",
    "cus_lena": "pays with Apple Pay",
}


def folder(name: str) -> Path:
    """`templates` or `static`, inside the installed package or beside it in a checkout."""
    package = Path(__file__).parent.parent
    inside = package / f"_{name}"
    return (inside if inside.is_dir() else package.parent / name) / "shop"


class Shop:
    """One shop."""

    def __init__(self, config: ShopConfig, client: AsyncDodoPayments, encore: httpx.AsyncClient) -> None:
        self.config = config
        self.client = client
        self.encore = encore
        self.goods = Goods(client)
        self.orders = Orders(client, self.goods)
        # A real shop keeps these in its database; the demo's live as long as the process.
        self.heard: set[str] = set()  # ids of Encore's events
        self.delivered: set[str] = set()  # payments of offers that were delivered
        # made anew at every start: a demo may forget who was signed in
        self.cookies = Cookies(secrets.token_hex(32), secure=config.public_url.startswith("https:"))
        self._templates = Environment(
            loader=FileSystemLoader(folder("templates")), autoescape=True, undefined=StrictUndefined
        )
        names: Any = self._templates.globals
        names.update(
            delivered=self.delivered,
            encore=config.encore_url,
            here=config.public_url,
            cast=CAST,
            first_name=_first_name,
        )

    def page(
        self, request: Request[Any, Any, Any], template: str, *, status: int = 200, **values: Any
    ) -> Response[str]:
        """A page of the shop."""
        html = self._templates.get_template(template).render(customer=self.cookies.customer(request), **values)
        return Response(html, status_code=status, media_type="text/html", headers=self._headers())

    def not_found(self, request: Request[Any, Any, Any]) -> Response[str]:
        """Not there, or not yours: the same page."""
        return self.page(request, "missing.html", status=404)

    def _headers(self) -> dict[str, str]:
        """Encore alone may be framed here and bring a script. No Referrer-Policy: Encore must see which site frames it.

        No form-action either: it would forbid the redirect from our Buy button to Dodo's checkout.
        """
        encore = self.config.encore_url
        policy = (
            f"default-src 'self'; script-src 'self' {encore}; frame-src {encore}; "
            f"img-src 'self' https: {self.config.dodo_url}; base-uri 'none'; object-src 'none'; frame-ancestors 'none'"
        )
        return {"content-security-policy": policy, "cache-control": "no-store", "x-content-type-options": "nosniff"}


def _first_name(customer_id: str) -> str:
    return customer_id.removeprefix("cus_").capitalize()

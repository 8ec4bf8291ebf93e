"""What the pages work with: configuration, goods, templates and the secret of the shop's own cookies."""

import secrets
from decimal import Decimal
from pathlib import Path
from typing import Any

from babel.numbers import format_currency
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from litestar import Request, Response

from widget.shop import tickets
from widget.shop.config import ShopConfig
from widget.shop.goods import Goods

_NO_CENTS = frozenset({"JPY", "KRW", "VND"})


def folder(name: str) -> Path:
    """`templates` or `static`, inside the installed package or beside it in a checkout."""
    package = Path(__file__).parent.parent
    inside = package / f"_{name}"
    return (inside if inside.is_dir() else package.parent / name) / "shop"


class Shop:
    """One shop."""

    def __init__(self, config: ShopConfig, goods: Goods) -> None:
        self.config = config
        self.goods = goods
        self.secret = secrets.token_hex(32)
        self._templates = Environment(
            loader=FileSystemLoader(folder("templates")), autoescape=True, undefined=StrictUndefined
        )
        names: Any = self._templates.globals
        names.update(encore=config.encore_url, here=config.public_url)
        filters: Any = self._templates.filters
        filters["money"] = money

    def customer(self, request: Request[Any, Any, Any]) -> str | None:
        """Who is signed in."""
        return tickets.read_cookie(self.secret, request.cookies.get("customer")).get("customer")

    def page(self, template: str, *, status: int = 200, **values: Any) -> Response[str]:
        """A page of the shop; only Encore may be framed and run a script here besides the shop itself."""
        policy = (
            f"default-src 'self'; script-src 'self' {self.config.encore_url}; frame-src {self.config.encore_url}; "
            f"img-src 'self' {self.config.dodo_url}; style-src 'self' 'unsafe-inline'; frame-ancestors 'none'"
        )
        text = self._templates.get_template(template).render(**values)
        headers = {"content-security-policy": policy, "cache-control": "no-store"}
        return Response(text, status_code=status, media_type="text/html", headers=headers)

    def not_found(self) -> Response[str]:
        """Not there, or not yours."""
        return self.page("missing.html", status=404)


def money(amount: int, currency: str) -> str:
    """Minor units as people read them."""
    value = Decimal(amount) if currency in _NO_CENTS else Decimal(amount) / 100
    return format_currency(value, currency, locale="en")

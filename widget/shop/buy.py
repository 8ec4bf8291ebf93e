"""Buy: an order number of our own, then on to Dodo's hosted checkout."""

import secrets
from typing import Any

from litestar import Request, Response, post
from litestar.di import NamedDependency
from litestar.response import Redirect

from widget.shop.checkout import open_checkout
from widget.shop.shop import CAST, Shop


@post("/buy", name="shop.buy", status_code=303)
async def buy(request: Request[Any, Any, Any], shop: NamedDependency[Shop]) -> Response[Any]:
    """The order is remembered in the shop's own cookie: only this browser will see its thank-you page."""
    form = await request.form()
    wanted = str(form.get("product", ""))
    if await shop.goods.sold(wanted) is None:
        return shop.not_found(request)
    customer_id = _customer(shop, request, form.get("customer"))
    order = f"BW-{secrets.token_hex(8).upper()}"
    plain = "/plain" if form.get("layout") == "plain" else ""
    here = shop.config.public_url
    url = await open_checkout(
        shop.client,
        wanted,
        order=order,
        return_url=f"{here}/thanks{plain}?order={order}",
        cancel_url=f"{here}/product/{wanted}",
        customer_id=customer_id,
    )
    answer = Redirect(url, status_code=303)
    shop.cookies.add_order(request, answer, order)
    if customer_id is not None:
        shop.cookies.sign_in(answer, customer_id)
    return answer


def _customer(shop: Shop, request: Request[Any, Any, Any], chosen: object) -> str | None:
    """Whoever was chosen beside the button (the demo's sign-in), a guest, or else who is signed in already."""
    if chosen in CAST:
        return str(chosen)
    return None if chosen == "guest" else shop.cookies.customer(request)

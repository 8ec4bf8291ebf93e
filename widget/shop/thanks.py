"""Thank you: the order as Dodo tells it, and Encore's offer below it."""

from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency

from widget.shop.shop import Shop
from widget.shop.tickets import offer_ticket


@get(["/thanks", "/thanks/plain"], name="shop.thanks")
async def thanks(request: Request[Any, Any, Any], shop: NamedDependency[Shop]) -> Response[str]:
    """For the browser that started the order, once its payment names the order; the address proves nothing."""
    told = request.query_params
    number = told.get("order", "")
    if number not in shop.cookies.orders(request):
        return shop.not_found(request)
    order = await shop.orders.find(
        number, payment_id=told.get("payment_id", ""), subscription_id=told.get("subscription_id", "")
    )
    if order is None:
        return shop.not_found(request)
    if order.bought.state == "failed":
        return shop.page(request, "failed.html", order=order)
    ticket = offer_ticket(
        shop.config.signing_key, customer_id=order.customer_id, payment_id=order.bought.payment_id, locale="en"
    )
    plain = request.url.path.endswith("/plain")
    return shop.page(request, "thanks.html", order=order, ticket=ticket, plain=plain)


@get("/thanks/static", name="shop.thanks_static")
async def thanks_static(request: Request[Any, Any, Any], shop: NamedDependency[Shop]) -> Response[str]:
    """A thank-you page without any code: where Encore's page in between leads in the end."""
    return shop.page(request, "static.html")

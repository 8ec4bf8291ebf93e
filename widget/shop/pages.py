"""The pages of the shop."""

import secrets
from typing import Any

from litestar import Request, Response, Router, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from widget.shop import tickets
from widget.shop.goods import PLANS, SOLD
from widget.shop.shop import Shop

CAST = ("cus_nadia", "cus_omar", "cus_uma", "cus_otto", "cus_nora", "cus_edda")


@get("/")
async def home(shop: NamedDependency[Shop]) -> Response[str]:
    """Everything the shop sells, and the ways Encore can be placed."""
    return shop.page("home.html", goods=await shop.goods.shelf(SOLD), plans=await shop.goods.shelf(PLANS))


@get("/product/{product_id:str}")
async def product(product_id: FromPath[str], shop: NamedDependency[Shop]) -> Response[str]:
    """One product with its Buy button."""
    found = await shop.goods.product(product_id)
    return shop.page("product.html", product=found) if found is not None else shop.not_found()


@post("/buy", status_code=303)
async def buy(request: Request[Any, Any, Any], shop: NamedDependency[Shop]) -> Response[Any]:
    """On to Dodo's hosted checkout; the shopper's order is remembered in the shop's own cookie."""
    form = await request.form()
    wanted = str(form.get("product", ""))
    if await shop.goods.product(wanted) is None:
        return shop.not_found()
    order, layout = secrets.token_urlsafe(12), "/plain" if form.get("layout") == "plain" else ""
    url = await shop.goods.checkout(
        wanted,
        order=order,
        return_url=f"{shop.config.public_url}/thanks{layout}?order={order}",
        customer_id=shop.customer(request),
    )
    answer = Redirect(url, status_code=303)
    answer.set_cookie("order", tickets.cookie(shop.secret, order=order), httponly=True, samesite="lax")
    return answer


@get(["/thanks", "/thanks/plain"])
async def thanks(request: Request[Any, Any, Any], shop: NamedDependency[Shop]) -> Response[str]:
    """The order, read at Dodo; with the offer of Encore below it."""
    order = tickets.read_cookie(shop.secret, request.cookies.get("order")).get("order", "")
    asked = request.query_params.get("order", "")
    payment_id = request.query_params.get("payment_id", "")
    subscription = request.query_params.get("subscription_id", "")
    if not order or order != asked or not (payment_id or subscription):
        return shop.not_found()
    if not payment_id:
        return shop.page("thanks.html", payment=None, ticket="", plain=False, items=[])
    payment = await shop.goods.payment(payment_id, order=order)
    if payment is None:
        return shop.not_found()
    if payment.status not in {"succeeded", "processing"}:
        return shop.page("failed.html")
    ticket = tickets.offer_ticket(
        shop.config.signing_key, customer_id=payment.customer.customer_id, payment_id=payment.payment_id
    )
    items = await shop.goods.shelf(tuple(line.product_id for line in payment.product_cart or ()))
    plain = request.url.path.endswith("/plain")
    return shop.page("thanks.html", payment=payment, items=items, ticket=ticket, plain=plain)


@get("/thanks/static")
async def thanks_static(shop: NamedDependency[Shop]) -> Response[str]:
    """A thank-you page without any code, for the page in between."""
    return shop.page("static.html")


@get("/account")
async def account(request: Request[Any, Any, Any], shop: NamedDependency[Shop]) -> Response[str]:
    """What the customer bought, and the plans of their subscriptions."""
    customer_id = shop.customer(request)
    if customer_id is None:
        return shop.page("sign_in.html", cast=CAST)
    subscriptions = await shop.goods.subscriptions(customer_id)
    opened = [
        (
            one,
            tickets.plans_ticket(shop.config.signing_key, customer_id=customer_id, subscription_id=one.subscription_id),
        )
        for one in subscriptions
    ]
    payments = await shop.goods.purchases(customer_id)
    return shop.page("account.html", customer=customer_id, payments=payments, subscriptions=opened)


@post("/sign-in", status_code=303)
async def sign_in(request: Request[Any, Any, Any], shop: NamedDependency[Shop]) -> Response[Any]:
    """The demo's sign-in: choose who you are."""
    wanted = str((await request.form()).get("customer", ""))
    answer = Redirect("/account", status_code=303)
    if wanted in CAST:
        answer.set_cookie("customer", tickets.cookie(shop.secret, customer=wanted), httponly=True, samesite="lax")
    else:
        answer.delete_cookie("customer")
    return answer


router = Router(path="/", route_handlers=[home, product, buy, thanks, thanks_static, account, sign_in])

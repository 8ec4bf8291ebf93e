"""Your account: purchases, plans with Encore's plan switcher, and the demo's sign-in."""

from typing import Any

from dodopayments.types import SubscriptionListResponse
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.response import Redirect

from widget.shop.moment import MOMENTS
from widget.shop.prices import spoken
from widget.shop.shop import CAST, Shop
from widget.shop.tickets import plans_ticket, slot_ticket


@get("/account", name="shop.account")
async def account(request: Request[Any, Any, Any], shop: NamedDependency[Shop]) -> Response[str]:
    """What the customer who is signed in bought, and the plans of their subscriptions."""
    customer_id = shop.cookies.customer(request)
    if customer_id is None:
        return shop.page(request, "sign_in.html")
    plans = [_plan(shop, customer_id, one) for one in await shop.orders.subscriptions(customer_id)]
    slot = slot_ticket(shop.config.signing_key, customer_id=customer_id, placement="in_app", locale="en")
    bought = await shop.orders.of(customer_id)
    return shop.page(request, "account.html", purchases=bought, plans=plans, slot=slot, moments=MOMENTS)


@post("/sign-in", name="shop.sign_in", status_code=303)
async def sign_in(request: Request[Any, Any, Any], shop: NamedDependency[Shop]) -> Response[Any]:
    """The demo's sign-in: choose who you are; anything else signs out."""
    wanted = str((await request.form()).get("customer", ""))
    if wanted not in CAST:
        gone = Redirect("/", status_code=303)
        gone.delete_cookie("customer")
        return gone
    answer = Redirect("/account", status_code=303)
    shop.cookies.sign_in(answer, wanted)
    return answer


def _plan(shop: Shop, customer_id: str, one: SubscriptionListResponse) -> dict[str, str]:
    price = spoken(one.recurring_pre_tax_amount, one.currency)
    # Encore's plan switcher also mends what is paused or overdue; only what is over has nothing to switch
    ticket = (
        plans_ticket(shop.config.signing_key, customer_id=customer_id, subscription_id=one.subscription_id, locale="en")
        if one.status not in {"cancelled", "expired", "failed"}
        else ""
    )
    return {
        "id": one.subscription_id,
        "name": one.product_name or one.product_id,
        "price": f"{price} a {one.payment_frequency_interval.lower()}",
        "status": one.status.replace("_", " "),
        "next": f"{one.next_billing_date.day} {one.next_billing_date:%B %Y}",
        "ending": "yes" if one.cancel_at_next_billing_date else "",
        "ticket": ticket,
    }

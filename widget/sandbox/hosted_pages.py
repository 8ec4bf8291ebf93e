"""How hosted pages are rendered, and how a buyer leaves them: a redirect with Dodo's parameters."""

from __future__ import annotations

from urllib.parse import urlencode, urlsplit, urlunsplit

from litestar import Response

from widget.sandbox.files import pages
from widget.sandbox.things import Checkout, Payment
from widget.sandbox.world import World

# no form-action: it would also forbid the redirect to the shop after the form
HEADERS = {
    "content-security-policy": (
        "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; frame-ancestors 'none'"
    ),
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}


def page(template: str, status: int, **shown: object) -> Response[str]:
    """A page of the sandbox."""
    html = pages().get_template(template).render(**shown)
    return Response(html, status_code=status, media_type="text/html", headers=HEADERS)


def see_other(url: str) -> Response[str]:
    """303: go on there with a GET."""
    return Response("", status_code=303, headers={"location": url, "cache-control": "no-store"})


def leave(world: World, payment: Payment) -> Response[str]:
    """Back to the shop, or to the last page of the session when the shop named no address."""
    if payment.return_url is None:
        return see_other(f"{world.base_url}/checkout/session/{payment.checkout_session_id}")
    return see_other(return_address(world, payment, payment.return_url))


def shop_link(world: World, checkout: Checkout) -> str | None:
    """Where "return to the shop" leads after a refusal: the return address, which hears `status=failed`."""
    payment = world.payments.get(checkout.payment_id or "")
    if payment is None or checkout.return_url is None:
        return checkout.return_url
    return return_address(world, payment, checkout.return_url)


def return_address(world: World, payment: Payment, url: str) -> str:
    """`payment_id` (or `subscription_id`), `status` and `email` appended to the shop's own query."""
    customer = world.customers[payment.customer_id]
    told = {"payment_id": payment.payment_id, "status": payment.status, "email": customer.email}
    if payment.charge_type == "plan_change" or payment.is_update_payment_method:
        # a payment of an old subscription: the status is the payment's
        told = {"subscription_id": payment.subscription_ids[0], **told}
    elif payment.subscription_ids:
        subscription = world.subscriptions[payment.subscription_ids[0]]
        told = {
            "subscription_id": subscription.subscription_id,
            "status": subscription.status,
            "email": customer.email,
        }
    parts = urlsplit(url)
    query = "&".join(filter(None, (parts.query, urlencode(told))))
    return urlunsplit(parts._replace(query=query))

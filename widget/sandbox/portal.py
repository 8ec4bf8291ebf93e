"""The customer portal, as far as a link to it must lead somewhere: a plain page of a customer's subscriptions."""

from __future__ import annotations

from datetime import timedelta

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from widget.sandbox.checkout_request import check_url
from widget.sandbox.customers import find_customer
from widget.sandbox.hosted_pages import page
from widget.sandbox.lists import AnyRequest, JSONObject, flag
from widget.sandbox.money import spoken
from widget.sandbox.things import PortalSession
from widget.sandbox.world import World

LIFE = timedelta(hours=24)


@post("/customers/{customer_id:str}/customer-portal/session", status_code=200)
async def create(request: AnyRequest, customer_id: FromPath[str], world: NamedDependency[World]) -> JSONObject:
    """POST /customers/{id}/customer-portal/session; arguments come in the query, the body is empty."""
    customer = find_customer(world, customer_id)
    return_url = check_url("return_url", request.query_params.get("return_url"))
    flag(request, "send_email")
    token = world.new_id("cps")
    world.portals[token] = PortalSession(customer.customer_id, world.now() + LIFE, return_url)
    return {"link": f"{world.base_url}/portal/{token}"}


@get("/portal/{token:str}")
async def show(token: FromPath[str], world: NamedDependency[World]) -> Response[str]:
    """The page; unknown and expired links look the same."""
    session = world.portals.get(token)
    if session is None or session.expires_at <= world.now():
        return page("notice.html", 404, title="This link has expired", text="Ask the shop for a new one.", back=None)
    rows = [
        (world.products[s.product_id].name, s.status.replace("_", " "), spoken(s.recurring_pre_tax_amount, s.currency),
         s.next_billing_date.strftime("%d %b %Y"), world.methods.get(s.method_id or ""))
        for s in world.subscriptions.values()
        if s.customer_id == session.customer_id
    ]  # fmt: skip
    name = world.customers[session.customer_id].name
    return page("portal.html", 200, name=name, rows=rows, back=session.return_url)


ROUTES = [create, show]

"""The bank's question: a page where the cardholder confirms or refuses a payment, full page, never in a frame."""

from __future__ import annotations

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from widget.sandbox.charging import finish
from widget.sandbox.hosted_pages import leave, page, return_address, see_other
from widget.sandbox.lists import AnyRequest
from widget.sandbox.money import spoken
from widget.sandbox.things import Payment
from widget.sandbox.world import World


@get("/checkout/challenge/{payment_id:str}")
async def show(payment_id: FromPath[str], world: NamedDependency[World]) -> Response[str]:
    """The question, or what has become of the payment."""
    payment = world.payments.get(payment_id)
    if payment is None:
        return page("notice.html", 404, title="This payment does not exist", text="The link is wrong.", back=None)
    if payment.status != "requires_customer_action":
        return _answered(world, payment)
    card = payment.card
    amount = spoken(payment.total_amount, payment.currency)
    return page("challenge.html", 200, payment=payment, amount=amount, last4=card.last4 if card else None)


@post("/checkout/challenge/{payment_id:str}")
async def answer(request: AnyRequest, payment_id: FromPath[str], world: NamedDependency[World]) -> Response[str]:
    """The cardholder's answer; a second answer changes nothing."""
    payment = world.payments.get(payment_id)
    if payment is None:
        return page("notice.html", 404, title="This payment does not exist", text="The link is wrong.", back=None)
    given = (await request.form()).get("answer")
    if given not in ("confirm", "refuse"):
        return see_other(f"{world.base_url}/checkout/challenge/{payment_id}")
    if payment.status == "requires_customer_action":
        if given == "confirm":
            finish(world, payment, "succeeded")
        else:
            payment.three_ds_status = "failed"
            finish(world, payment, "failed", "AUTHENTICATION_FAILURE")
    checkout = world.checkouts.get(payment.checkout_session_id or "")
    if payment.status == "failed" and checkout is not None and not checkout.confirm:
        return see_other(f"{world.base_url}/checkout/session/{checkout.session_id}")
    if payment.return_url is None:
        return see_other(f"{world.base_url}/checkout/challenge/{payment_id}")
    return leave(world, payment)


def _answered(world: World, payment: Payment) -> Response[str]:
    amount = spoken(payment.total_amount, payment.currency)
    said = {
        "succeeded": ("Confirmed", f"Your bank has confirmed the payment of {amount}."),
        "failed": ("Not confirmed", f"The payment of {amount} was not confirmed. You have not been charged."),
    }
    title, text = said.get(payment.status, ("Nothing to confirm", f"The payment of {amount} needs no confirmation."))
    back = return_address(world, payment, payment.return_url) if payment.return_url else None
    return page("notice.html", 200, title=title, text=text, back=back)


ROUTES = [show, answer]

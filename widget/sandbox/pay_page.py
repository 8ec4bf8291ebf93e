"""The page behind a payment link: pay a plan change or the dues, or leave a new card. Plain forms, no script."""

from __future__ import annotations

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from widget.sandbox import card_form, cards
from widget.sandbox.card_form import Filled
from widget.sandbox.charging import charge, finish, use
from widget.sandbox.hosted_pages import leave, page, return_address, see_other
from widget.sandbox.lists import AnyRequest
from widget.sandbox.money import spoken
from widget.sandbox.payment_links import is_open
from widget.sandbox.things import Checkout, Method, Payment
from widget.sandbox.world import World


@get("/checkout/pay/{payment_id:str}")
async def show(payment_id: FromPath[str], world: NamedDependency[World]) -> Response[str]:
    """The form, or what has become of the payment."""
    payment = world.payments.get(payment_id)
    if payment is None or not is_open(payment):
        return _closed(world, payment)
    session, methods = _session(world, payment), _saved(world, payment)
    return _form(world, payment, card_form.prefill(session, world.customers[payment.customer_id], methods))


@post("/checkout/pay/{payment_id:str}")
async def pay(request: AnyRequest, payment_id: FromPath[str], world: NamedDependency[World]) -> Response[str]:
    """The payer pressed Pay, or Save for a card check; a second press changes nothing."""
    payment = world.payments.get(payment_id)
    if payment is None or not is_open(payment):
        return _closed(world, payment)
    given = {**dict(await request.form()), "country": payment.billing.country}
    filled = card_form.read_form(given, world, _session(world, payment), _saved(world, payment))
    if filled.errors:
        return _form(world, payment, filled, status=422)
    _charge(world, payment, filled)
    if payment.status == "requires_customer_action":
        return see_other(f"{world.base_url}/checkout/challenge/{payment.payment_id}")
    return leave(world, payment)


def _charge(world: World, payment: Payment, filled: Filled) -> None:
    method = world.methods.get(filled.method_id)
    if method is None:
        method = Method(world.new_id("pm"), payment.customer_id, card=card_form.card_of(filled))
        _keep_when_paid(payment, method)
    judgement = cards.judge(method, on_session=True, force_3ds=False, now=world.now())
    if payment.total_amount == 0 and judgement.verdict == "failed":
        use(payment, method)
        finish(world, payment, "failed", judgement.error_code)
    else:
        charge(world, payment, method, on_session=True)


def _keep_when_paid(payment: Payment, method: Method) -> None:
    then = payment.then

    def keep(world: World, payment: Payment) -> None:
        if payment.status == "succeeded":
            world.methods[method.payment_method_id] = method
        if then is not None:
            then(world, payment)

    payment.then = keep


def _saved(world: World, payment: Payment) -> list[Method]:
    """A card check is for a new method; everything else may be paid with a saved one."""
    if payment.is_update_payment_method:
        return []
    return [m for m in world.methods.values() if m.customer_id == payment.customer_id and m.kind != "upi"]


def _session(world: World, payment: Payment) -> Checkout:
    """The form's reader knows sessions only; this one is never kept."""
    customer, now = world.customers[payment.customer_id], world.now()
    return Checkout(
        "", now, now, [], payment.currency, payment.customer_id, customer.email, customer.name, billing=payment.billing
    )


def _closed(world: World, payment: Payment | None) -> Response[str]:
    if payment is None or payment.payment_link is None:
        return page("notice.html", 404, title="This payment does not exist", text="The link is wrong.", back=None)
    if payment.status == "requires_customer_action":
        return see_other(f"{world.base_url}/checkout/challenge/{payment.payment_id}")
    amount = spoken(payment.total_amount, payment.currency)
    said = {
        "succeeded": ("This is done", f"{amount} was paid. Nothing more will be charged here."),
        "processing": ("Your payment is on its way", "The bank needs a moment. You do not have to do anything."),
        "failed": ("This was not paid", "Your card was declined. Nothing was charged. Ask the shop for a new link."),
    }
    title, text = said.get(payment.status, ("This link is closed", "Nothing was charged here."))
    elsewhere = payment.return_url not in (None, payment.payment_link)
    back = return_address(world, payment, payment.return_url) if payment.return_url and elsewhere else None
    return page("notice.html", 200, title=title, text=text, back=back)


def _form(world: World, payment: Payment, filled: Filled, *, status: int = 200) -> Response[str]:
    product = world.products[payment.product_ids[0]]
    return page(
        "pay_link.html", status, payment=payment, filled=filled, methods=_saved(world, payment), product=product,
        amount=spoken(payment.total_amount, payment.currency),
    )  # fmt: skip


ROUTES = [show, pay]

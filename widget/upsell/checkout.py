"""Checkout: the way to pay by hand at the provider, for what cannot be charged in one click."""

from litestar import Response, post
from litestar.di import NamedDependency
from litestar.response import Redirect

from widget.core.charge import Charge, Fate
from widget.core.presentation import CardState, may_open_checkout
from widget.desk import Desk
from widget.storage import charges, offers
from widget.storage.ids import new_id
from widget.till.charge import Wish
from widget.till.checkout import stuck, usable
from widget.upsell import notices, sending
from widget.upsell.evidence import HOSTED, agreed_to
from widget.upsell.face import Face, face_of
from widget.upsell.pressing import Pressed, pressed
from widget.upsell.pricing import order_of
from widget.web.requests import AnyRequest


@post("/upsell/checkout", name="upsell.checkout", status_code=200)
async def checkout(request: AnyRequest, desk: NamedDependency[Desk]) -> Response[str] | Redirect:
    """Full-page navigation to the one checkout page of this presentation."""
    press = await pressed(request, desk)
    seen, presentation = press.showing, press.showing.presentation
    state = face_of(seen, desk.now()).state
    by_hand = presentation is not None and not presentation.one_click and presentation.card.plan is None
    wanted = state is CardState.REFUSED or (state is CardState.OPEN and by_hand)
    if not wanted or not may_open_checkout(seen.charge):
        return press.answer(Face(page=True))
    if not await desk.level.reached():
        return press.answer(Face(notice=notices.CHECKOUT_NOT_OPEN, page=True))
    hosted = await desk.within(_open(press, desk))
    if isinstance(hosted, Charge) and hosted.fate is Fate.WAITING and hosted.link:
        return Redirect(hosted.link, status_code=303)
    return await press.reload(desk, Face(notice=notices.CHECKOUT_NOT_OPEN, page=True))


async def _open(press: Pressed, desk: Desk) -> Charge | None:
    presentation, quote = press.due()
    now = desk.now()
    made = [charge for charge in await charges.of_presentation(presentation.id) if charge.hosted]
    last = made[-1] if made else None
    if last is not None and usable(last, now=now):
        return last
    if last is not None and last.fate is Fate.SENDING and not stuck(last, now=now):
        return None
    again = last is not None and last.fate is Fate.INTENDED
    number = len(made) if again else len(made) + 1
    offer = await offers.named(presentation.offer_name, presentation.offer_version)
    wish = Wish(
        intent=Charge(
            id=new_id("chg"),
            reason=f"hosted:{presentation.id}:{number}",
            presentation_id=presentation.id,
            quote_id=quote.id,
            customer_id=presentation.customer_id,
            product_id=quote.product_id,
            quantity=quote.quantity,
            method_id="",
            quoted=quote.total,
            fate=Fate.INTENDED,
            pressed_at=now,
        ),
        consent=agreed_to(presentation, quote, press.key, method=HOSTED, one_click=False, at=now),
        order=order_of(press.showing, offer),
        return_url=await sending.return_url(press, desk),
    )
    given_up = last if last is not None and last.fate is Fate.SENDING else None
    opened = await desk.checkout_till.open(wish, cancel_url=press.key.next or None, instead_of=given_up)
    return opened if isinstance(opened, Charge) else None

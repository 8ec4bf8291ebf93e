"""Decline: one press, as easy as the yes, remembered for the quiet period."""

from litestar import Response, post
from litestar.di import NamedDependency

from widget.desk import Desk
from widget.storage import charges, offers, presentations, showing
from widget.upsell.face import Face
from widget.upsell.judging import REFUSED_FOR
from widget.upsell.pressing import Pressed, pressed
from widget.web.requests import AnyRequest

_DAY_MS = 24 * 60 * 60 * 1000


@post("/upsell/decline", name="upsell.decline", status_code=200)
async def decline(request: AnyRequest, desk: NamedDependency[Desk]) -> Response[str]:
    """The no of the step the key names; a key of an earlier step only shows what is due now."""
    press = await pressed(request, desk)
    presentation = press.showing.presentation
    if presentation is None or presentation.id != press.key.presentation_id:
        return press.answer(Face())
    offer = await offers.named(presentation.offer_name, presentation.offer_version)
    quiet_days = offer.quiet_days if offer else 0
    now = desk.now()
    if await presentations.decline(presentation.id, at=now, quiet_until=now + quiet_days * _DAY_MS):
        await _spare_refused_methods(press, now)
    return await press.reload(desk, Face())


async def _spare_refused_methods(press: Pressed, now: int) -> None:
    """The next step was prepared before a method was refused: it does not try that one again."""
    charge = press.showing.charge
    following = await showing.by_occasion(press.showing.occasion.id)
    if charge is None or following is None or following.presentation is None:
        return
    due = following.presentation
    refused = await charges.refused_methods(due.customer_id, since=now - int(REFUSED_FOR.total_seconds() * 1000))
    left = tuple(method for method in due.methods if method.id not in refused)
    if due.one_click and left != due.methods:
        await presentations.keep_methods(due.id, left)

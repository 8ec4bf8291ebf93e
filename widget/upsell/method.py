"""Method: another saved method for the same price; a new quote that names it."""

from litestar import Response, post
from litestar.di import NamedDependency
from msgspec.structs import replace

from widget.core.presentation import CardState
from widget.desk import Desk
from widget.storage import presentations
from widget.storage.ids import new_id
from widget.upsell.face import Face, face_of
from widget.upsell.pressing import pressed
from widget.web.requests import AnyRequest


@post("/upsell/method", name="upsell.method", status_code=200)
async def method(request: AnyRequest, desk: NamedDependency[Desk]) -> Response[str]:
    """Only methods that passed the gate can be picked; anything else changes nothing."""
    press = await pressed(request, desk)
    presentation, quote = press.showing.presentation, press.showing.quote
    if presentation is None or quote is None or face_of(press.showing, desk.now()).state is not CardState.OPEN:
        return press.answer(Face())
    wanted = press.form.get("method", "")
    if wanted == quote.method_id or wanted not in {one.id for one in presentation.methods}:
        return press.answer(Face())
    await presentations.requote(replace(quote, id=new_id("quo"), method_id=wanted), replaces=quote.id)
    return await press.reload(desk, Face())

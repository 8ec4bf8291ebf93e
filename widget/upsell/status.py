"""Status: the card asks how it stands; reading only our own books."""

from litestar import Request, Response, post
from litestar.di import NamedDependency

from widget.upsell.desk import Desk
from widget.upsell.face import Face
from widget.upsell.pressing import pressed


@post("/upsell/status", name="upsell.status", status_code=200)
async def status(request: Request, desk: NamedDependency[Desk]) -> Response[str]:
    """The card of now; whatever brought it here, nothing is changed."""
    press = await pressed(request, desk)
    polls = int(press.form["polls"]) if press.form.get("polls", "").isdecimal() else 0
    return press.answer(Face(polls=min(polls, 999) + 1))

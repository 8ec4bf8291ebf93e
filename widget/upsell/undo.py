"""Undo: a press is taken back while its grace period runs; what was sent already is shown as it stands."""

from litestar import Response, post
from litestar.di import NamedDependency

from widget.desk import Desk
from widget.storage import presentations
from widget.upsell import notices
from widget.upsell.face import Face
from widget.upsell.pressing import pressed
from widget.web.requests import AnyRequest


@post("/upsell/undo", name="upsell.undo", status_code=200)
async def undo(request: AnyRequest, desk: NamedDependency[Desk]) -> Response[str]:
    """The offer is open again, or the charge was quicker."""
    press = await pressed(request, desk)
    presentation = press.showing.presentation
    if presentation is None or presentation.id != press.key.presentation_id:
        return press.answer(Face())
    undone = await presentations.undo(presentation.id)
    return await press.reload(desk, Face(notice=notices.UNDONE if undone else ""))

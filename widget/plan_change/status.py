"""Status: the panel asks how it stands; nothing is changed by it, and an unchanged panel is not sent again."""

from litestar import Response, post
from litestar.di import NamedDependency

from widget.core.plan_panel import PanelState
from widget.desk import Desk
from widget.plan_change.choices_face import choices
from widget.plan_change.face import digest
from widget.plan_change.pressing import due_charge, present, pressed
from widget.web.requests import AnyRequest


@post("/plan_change/status", name="plan_change.status", status_code=200)
async def status(request: AnyRequest, desk: NamedDependency[Desk]) -> Response[str]:
    """The panel of now; 204 where the choices on the screen are still the choices, so that nothing typed is lost."""
    press = await pressed(request, desk)
    if press.shown.fragment and not press.key.quote_id and await due_charge(press) is None:
        view = choices(press.standing, press.texts, now=desk.now())
        if view.state is PanelState.CHOICES and digest(view) == press.key.seen:
            return Response("", status_code=204)
    return await present(press.polled())

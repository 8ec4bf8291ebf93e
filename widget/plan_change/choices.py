"""Choices: back to the plans; one call to the provider, so that they are those of now."""

from litestar import Response, post
from litestar.di import NamedDependency
from msgspec.structs import replace

from widget.desk import Desk
from widget.plan_change.pressing import present, pressed
from widget.plan_change.show import ready
from widget.web.requests import AnyRequest


@post("/plan_change/choices", name="plan_change.choices", status_code=200)
async def choices(request: AnyRequest, desk: NamedDependency[Desk]) -> Response[str]:
    """The plans; a change under way stays in sight, unless it waits on a page nobody has paid on."""
    press = await pressed(request, desk)
    press = await press.look()
    standing = await ready(press.standing.subscription.id, desk)
    now = standing.spoken(press.key.locale) if standing else press.standing
    press = replace(press, key=replace(press.key, quote_id="", charge_id=""), standing=now)
    return press.plans() if press.standing.open_link else await present(press)

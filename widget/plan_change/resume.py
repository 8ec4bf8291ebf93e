"""Resume: a paused plan goes on."""

from litestar import Response, post
from litestar.di import NamedDependency

from widget.desk import Desk
from widget.plan_change.pressing import pressed
from widget.web.requests import AnyRequest


@post("/plan_change/resume", name="plan_change.resume", status_code=200)
async def resume(request: AnyRequest, desk: NamedDependency[Desk]) -> Response[str]:
    """Asked once; what the subscription then says is what is shown."""
    press = await pressed(request, desk)
    subscription = press.standing.subscription
    if press.stale or subscription.status != "paused":
        return (await press.look()).plans()
    ended = await desk.within(desk.acts.pause(subscription.id, subscription.customer_id, paused=False))
    press = await press.look()
    words = press.texts.words
    going = ended is not None and press.standing.subscription.status == "active"
    return press.plans(words.resumed if going else words.not_charged)

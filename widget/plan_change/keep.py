"""Keep: the cancelling is taken back."""

from litestar import Response, post
from litestar.di import NamedDependency

from widget.desk import Desk
from widget.plan_change.pressing import pressed
from widget.web.requests import AnyRequest


@post("/plan_change/keep", name="plan_change.keep", status_code=200)
async def keep(request: AnyRequest, desk: NamedDependency[Desk]) -> Response[str]:
    """Asked once; what the subscription then says is what is shown."""
    press = await pressed(request, desk)
    subscription = press.standing.subscription
    if press.stale or not subscription.ending:
        return (await press.look()).plans()
    ended = await desk.within(desk.acts.keep(subscription.id, subscription.customer_id))
    press = await press.look()
    words, now = press.texts.words, press.standing.subscription
    return press.plans(words.kept if ended is not None and not now.ending else words.not_charged)

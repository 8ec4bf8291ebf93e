"""Undo: the scheduled change is dropped; the subscription stays as it is."""

from litestar import Response, post
from litestar.di import NamedDependency

from widget.desk import Desk
from widget.plan_change.pressing import pressed
from widget.web.requests import AnyRequest


@post("/plan_change/undo", name="plan_change.undo", status_code=200)
async def undo(request: AnyRequest, desk: NamedDependency[Desk]) -> Response[str]:
    """Asked once; what the subscription then says is what is shown."""
    press = await pressed(request, desk)
    subscription = press.standing.subscription
    if press.stale or subscription.scheduled is None:
        return (await press.look()).plans()
    ended = await desk.within(desk.acts.undo(subscription.id, subscription.customer_id))
    press = await press.look()
    words, now = press.texts.words, press.standing.subscription
    if now.scheduled is None and ended is not None:
        return press.plans(words.undone.format(plan=press.standing.name(now.product_id)))
    return press.plans(words.not_charged)

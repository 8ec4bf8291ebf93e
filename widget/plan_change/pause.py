"""Pause: nothing is charged until it is resumed; where the merchant allows it."""

from litestar import Response, post
from litestar.di import NamedDependency

from widget.core.subscription import obstacle
from widget.desk import Desk
from widget.plan_change.pressing import Pressed, pressed
from widget.web.requests import AnyRequest


@post("/plan_change/pause", name="plan_change.pause", status_code=200)
async def pause(request: AnyRequest, desk: NamedDependency[Desk]) -> Response[str]:
    """Asked once; what the subscription then says is what is shown."""
    press = await pressed(request, desk)
    if press.stale or obstacle(press.standing.subscription) is not None or not _allowed(press):
        return press.plans()
    subscription = press.standing.subscription
    ended = await desk.within(desk.acts.pause(subscription.id, subscription.customer_id, paused=True))
    press = await press.look()
    words = press.texts.words
    paused = ended is not None and press.standing.subscription.status == "paused"
    return press.plans(words.paused_now if paused else words.not_charged)


def _allowed(press: Pressed) -> bool:
    """By the family, or because a downsell that offers it was shown."""
    family = press.standing.family
    if family is None:
        return False
    return family.pause or any(one.kind == "pause" and one.name in press.standing.downsells for one in family.downsell)

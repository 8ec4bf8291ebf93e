"""Method: another payment method for the plan, a saved one or a new one that is entered at the provider.

A saved one is only ever set where nothing is owed: on a plan that is on hold Dodo would charge the dues at once, a
sum nobody was shown here. Those are paid on Dodo's own page, where the sum stands (dodo-api 6.6).
"""

from litestar import Response, post
from litestar.di import NamedDependency
from litestar.response import Redirect

from widget.core.subscription import obstacle
from widget.desk import Desk
from widget.plan_change.pressing import Pressed, pressed
from widget.web.requests import AnyRequest

METHODS_WITHIN_S = 3.0


@post("/plan_change/method", name="plan_change.method", status_code=200)
async def method(request: AnyRequest, desk: NamedDependency[Desk]) -> Response[str] | Redirect:
    """`method` names a saved one; `new` leads to a page of the provider."""
    press = await pressed(request, desk)
    if press.stale or obstacle(press.standing.subscription) in {"over", "starting", "paused", "unknown_status"}:
        return press.plans()
    if press.standing.underway is not None:
        return press.plans(press.texts.words.pending_change)
    return await (_existing(press) if press.form.get("method") else _new(press))


async def _existing(press: Pressed) -> Response[str]:
    words, subscription = press.texts.words, press.standing.subscription
    if press.standing.methods is None:  # still being read in the background
        await press.desk.wait_for(f"methods:{subscription.id}", seconds=METHODS_WITHIN_S)
        press = await press.reload()
    known = {one.id for one in press.standing.methods or ()}
    wanted = press.form["method"]
    if wanted not in known or obstacle(subscription) not in {None, "no_method", "ending"}:
        return press.plans(words.method_not_changed, status=400 if wanted not in known else 200)
    fresh = await press.look()  # it may be on hold by now: then this would take the dues
    subscription = fresh.standing.subscription
    if subscription.status != "active":
        return fresh.plans(words.method_not_changed)
    ended = await press.desk.within(press.desk.acts.use_method(subscription.id, subscription.customer_id, wanted))
    done = ended is not None and ended.done
    return (await fresh.look()).plans(words.method_changed if done else words.method_not_changed)


async def _new(press: Pressed) -> Response[str] | Redirect:
    subscription = press.standing.subscription
    back = await press.return_url()
    ended = await press.desk.within(
        press.desk.acts.enter_method(subscription.id, subscription.customer_id, return_url=back)
    )
    if ended is not None and ended.url:
        return Redirect(ended.url, status_code=303)
    return press.as_page().plans(press.texts.words.method_not_changed)

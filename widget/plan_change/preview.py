"""Preview: a plan, seats, add-ons or a code were chosen; the provider says exactly what that means."""

from litestar import Response, post
from litestar.di import NamedDependency

from widget.core.plan_change import PlanQuote
from widget.desk import Desk
from widget.plan_change import downsell
from widget.plan_change.odd_face import odd_said
from widget.plan_change.pressing import Pressed, present, pressed
from widget.plan_change.pricing import ask, is_stale, may_change, nothing_to_do, why
from widget.plan_change.wish import Odd, wished
from widget.provider.asks import Declined, Unreadable
from widget.storage import plan_acts
from widget.web.limits import limits_of
from widget.web.requests import AnyRequest


@post("/plan_change/preview", name="plan_change.preview", status_code=200)
async def preview(request: AnyRequest, desk: NamedDependency[Desk]) -> Response[str]:
    """One call to the provider; the answer is kept as a quote and shown."""
    press = await pressed(request, desk)
    if press.stale:
        return press.plans(press.texts.words.look_again_choices)
    if not may_change(press) or (press.standing.underway and not press.standing.open_link):
        return await present(press)
    try:
        wanted = wished(press.form, press.standing)
    except Odd as odd:
        return press.plans(odd_said(odd, press), wrong=odd.field, status=400)
    if nothing_to_do(press, wanted.change):
        return press.plans(press.texts.words.nothing_to_do)
    await limits_of(request).preview(press.standing.subscription.id, key=press.form["key"])
    if declined := press.form.get("declined", ""):
        await plan_acts.decline_downsell(press.standing.subscription.id, declined[:80], at=desk.now())
        press = await press.reload()
    elif wanted.terms.direction == "downgrade" and (found := downsell.due(press, "downgrade", wanted)) is not None:
        await plan_acts.show_downsell(press.standing.subscription.id, found.name, at=desk.now())
        return press.answer(downsell.panel(press, found, press.form, wanted))
    return await show(press, await ask(press, wanted))


async def show(press: Pressed, found: PlanQuote | Declined | Unreadable) -> Response[str]:
    """The quote, or why there is none."""
    match found:
        case PlanQuote():
            return (await press.reload()).quoted(found)
        case Declined() if is_stale(found):
            return await present(await press.look(), press.texts.words.bad_choice)
        case Declined():
            return press.plans(why(found, press))
        case Unreadable():
            return press.plans(press.texts.words.not_charged)

"""Back: where the subscriber returns to after a page of the provider; a random address made before they went."""

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from widget.core.refusal import Gone
from widget.desk import Desk
from widget.plan_change.face import Shown, error_panel, show_panel
from widget.plan_change.pressing import Pressed, look, present
from widget.plan_change.show import MIRRORED_WITHIN_S, ready
from widget.storage import customers, jobs, returns
from widget.web.languages import choose, spoken_or_none
from widget.web.limits import limits_of
from widget.web.press_keys import Press
from widget.web.pressing import customer_mark
from widget.web.requests import AnyRequest


@get("/plan_change/back/{ticket:str}", name="plan_change.back", status_code=200)
async def back(request: AnyRequest, ticket: FromPath[str], desk: NamedDependency[Desk]) -> Response[str]:
    """The panel on a page of its own, with the truth as the provider tells it now."""
    found = await returns.by_token(ticket)
    if found is None or found.subscription_id is None or found.expires_at <= desk.now():
        await limits_of(request).miss(request)
        raise Gone
    await limits_of(request).opening(request, found.id)
    subscription = await look(desk, found.subscription_id)
    standing = await ready(found.subscription_id, desk)
    if standing is not None and standing.underway is not None:
        await jobs.wake(f"watch:{standing.underway.id}", "watch", desk.now())
        await desk.wait_for(f"watch:{standing.underway.id}", seconds=MIRRORED_WITHIN_S)
        standing = await ready(found.subscription_id, desk)
    known = subscription or (standing.subscription if standing else None)
    preferred = spoken_or_none(await customers.locale_of(known.customer_id)) if known else None
    key = Press(
        ticket=returns.hashed(ticket),
        customer=customer_mark(known.customer_id) if known else "",
        subscription_id=found.subscription_id,
        next=found.next or desk.settings.return_origins[0],
        locale=choose(found.locale, preferred, accept=request.headers.get("accept-language", "")),
        theme=desk.look.scheme,
        layout="page",
    )
    if standing is None:
        return show_panel(desk, key, error_panel(key), Shown())
    standing = standing.spoken(key.locale)
    return await present(Pressed(key, stale=False, form={}, standing=standing, shown=Shown(), desk=desk))

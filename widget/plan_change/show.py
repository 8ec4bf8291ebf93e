"""Show: the framed document a ticket opens; one call to the provider, for the subscription as it is now."""

from hashlib import sha256

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from widget.core.refusal import Gone
from widget.core.subscription import Subscription
from widget.core.theme_wish import coded, wished
from widget.desk import Desk
from widget.plan_change.face import Shown, error_panel, show_panel
from widget.plan_change.pressing import Pressed, look, present
from widget.storage import customers, jobs, plan_quotes
from widget.storage.standing import Standing, stand
from widget.web import tickets
from widget.web.boxed import with_way_out
from widget.web.forms import read_form
from widget.web.languages import choose, spoken_or_none
from widget.web.limits import limits_of
from widget.web.origin import allowed_origin
from widget.web.press_keys import Press
from widget.web.pressing import customer_mark
from widget.web.requests import AnyRequest
from widget.web.tickets import Ticket

# Only the very first opening may find nothing mirrored: it waits a moment for the refresh, then shows what there is.
MIRRORED_WITHIN_S = 0.8


@get("/embed/plans/{ticket:str}", name="plan_change.show", status_code=200)
async def show(request: AnyRequest, ticket: FromPath[str], desk: NamedDependency[Desk]) -> Response[str]:
    """The plain frame: the ticket is in the path."""
    parent = allowed_origin(request, desk.settings)
    return with_way_out(await _open(request, ticket, desk, parent=parent, page="", locale="", said={}), request)


@post("/embed/plans", name="plan_change.show_posted", status_code=200)
async def show_posted(request: AnyRequest, desk: NamedDependency[Desk]) -> Response[str]:
    """The snippet's frame: the ticket is in the body, with the page's address to go back to."""
    form = await read_form(request)
    return await _open(
        request,
        form.get("ticket", ""),
        desk,
        parent=allowed_origin(request, desk.settings, named=form.get("origin", "")),
        page=form.get("page", ""),
        locale=form.get("locale", ""),
        said=form,
    )


async def _open(
    request: AnyRequest, token: str, desk: Desk, *, parent: str, page: str, locale: str, said: dict[str, str]
) -> Response[str]:
    try:
        ticket = tickets.read(token, "encore/plans", desk.settings.signing_keys, now=desk.now() // 1000)
    except tickets.BadTicket:
        await limits_of(request).miss(request)
        raise Gone from None
    if ticket.subscription_id is None:
        raise Gone
    name = sha256(ticket.jti.encode()).hexdigest()
    await limits_of(request).opening(request, name)
    look = coded(wished(said))
    preferred = spoken_or_none(await customers.locale_of(ticket.customer_id))
    key = Press(
        ticket=name,
        customer=customer_mark(ticket.customer_id),
        subscription_id=ticket.subscription_id,
        next=desk.settings.next_or_none(page) or "",
        locale=choose(ticket.locale, locale, preferred, accept=request.headers.get("accept-language", "")),
        theme=desk.look_with(look).scheme_for(ticket.theme or "", said),
        look=look,
        parent=parent,
        layout="frame",
    )
    standing = await _checked(ticket, ticket.subscription_id, name, desk)
    if standing is None:
        return show_panel(desk, key, error_panel(key), Shown())
    standing = standing.spoken(key.locale)
    return await present(Pressed(key, stale=False, form={}, standing=standing, shown=Shown(), desk=desk))


async def _checked(ticket: Ticket, subscription_id: str, name: str, desk: Desk) -> Standing | None:
    """How the subscription stands, once what the ticket says was checked with the provider; None if it is silent."""
    opened = await plan_quotes.opened_at(name)
    if opened is None and not ticket.first_open_ok(desk.now() // 1000):
        raise Gone
    if opened is not None and desk.now() - opened > OPEN_FOR_MS:
        raise Gone
    found = await look(desk, subscription_id)
    standing = await ready(subscription_id, desk)
    if found is None and standing is None:
        return None
    known: Subscription | None = found or (standing.subscription if standing else None)
    if known is None or known.customer_id != ticket.customer_id:
        raise Gone
    await plan_quotes.opened(name, subscription_id, at=desk.now())
    return standing


# A panel may be reloaded for as long as people leave an account page open.
OPEN_FOR_MS = 24 * 60 * 60 * 1000


async def ready(subscription_id: str, desk: Desk) -> Standing | None:
    """How it stands, with saved methods and what is sold read in the background, not on the subscriber's time."""
    await jobs.wake(f"methods:{subscription_id}", "methods", desk.now())
    desk.nudge()
    standing = await stand(subscription_id)
    if standing is not None and standing.incomplete:
        await jobs.wake("refresh:plans", "refresh", desk.now())
        await desk.wait_for("refresh:plans", seconds=MIRRORED_WITHIN_S)
        standing = await stand(subscription_id)
    return standing

"""Show: the framed document a ticket opens; a prepared offer is shown without asking the provider."""

from hashlib import sha256

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec.structs import replace

from widget.core.refusal import Gone
from widget.core.theme_wish import coded, wished
from widget.desk import Desk
from widget.storage import moments, occasions, showing
from widget.storage.occasions import Occasion
from widget.storage.showing import Showing
from widget.upsell.face import Face, show_document
from widget.upsell.first_look import PREPARED_WITHIN_S, first_look
from widget.upsell.tongue import in_their_tongue, tongue
from widget.web import tickets
from widget.web.boxed import with_way_out
from widget.web.forms import read_form
from widget.web.limits import limits_of
from widget.web.origin import allowed_origin
from widget.web.press_keys import Press
from widget.web.pressing import customer_mark
from widget.web.requests import AnyRequest
from widget.web.tickets import Ticket


@get("/embed/offer/{ticket:str}", name="upsell.show", status_code=200)
async def show(request: AnyRequest, ticket: FromPath[str], desk: NamedDependency[Desk]) -> Response[str]:
    """The plain frame: the ticket is in the path."""
    parent = allowed_origin(request, desk.settings)
    return with_way_out(await _open(request, ticket, desk, parent=parent, page="", locale="", said={}), request)


@post("/embed/offer", name="upsell.show_posted", status_code=200)
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
        ticket = tickets.read(token, "encore/offer", desk.settings.signing_keys, now=desk.now() // 1000)
    except tickets.BadTicket:
        await limits_of(request).miss(request)
        raise Gone from None
    name = sha256(ticket.jti.encode()).hexdigest()
    await limits_of(request).opening(request, name)
    look = coded(wished(said))
    key = Press(
        ticket=name,
        customer=customer_mark(ticket.customer_id),
        next=desk.settings.next_or_none(page) or "",
        **tongue(ticket.locale, locale, accept=request.headers.get("accept-language", "")),
        theme=desk.look_with(look).scheme_for(ticket.theme or "", said),
        look=look,
        parent=parent,
        layout="frame",
    )
    if ticket.payment_id is not None:
        seen = await _seen(ticket, ticket.payment_id, key, desk)
    else:
        seen = await _in_app(ticket, key, desk)
    key = in_their_tongue(seen, replace(key, occasion_id=seen.occasion.id))
    return show_document(desk, seen, key, Face())


async def _seen(ticket: Ticket, payment_id: str, key: Press, desk: Desk) -> Showing:
    """What the ticket shows, once what it says was checked with the provider."""
    seen = await showing.by_payment(ticket.placement, payment_id, ticket=key.ticket)
    opened_before = seen is not None and seen.first_opened_at is not None
    if not opened_before and not ticket.first_open_ok(desk.now() // 1000):
        raise Gone
    if seen is None:
        await occasions.ask(ticket.placement, payment_id, locale=key.locale, at=desk.now())
    if seen is None or seen.occasion.state == "asked":
        seen = await _prepared(ticket.placement, payment_id, key.ticket, desk)
    mine = seen.occasion.customer_id in {None, ticket.customer_id}
    if seen.occasion.state == "absent" or not mine:
        raise Gone
    key = in_their_tongue(seen, key)
    if not opened_before:
        await showing.opened(seen, ticket=key.ticket, locale=key.locale, at=desk.now())
    return await first_look(seen, key, desk)


async def _prepared(placement: str, payment_id: str, name: str, desk: Desk) -> Showing:
    """Wait a moment for the preparing; a card that says so and asks again takes over after that."""
    occasion = await showing.by_payment(placement, payment_id, ticket=name)
    if occasion is None:
        raise Gone
    await desk.wait_for(f"prepare:{occasion.occasion.id}", seconds=PREPARED_WITHIN_S)
    return await showing.by_payment(placement, payment_id, ticket=name) or occasion


async def _in_app(ticket: Ticket, key: Press, desk: Desk) -> Showing:
    """What a ticket without a payment shows: the moment that holds now, or what a slot on a page brings."""
    seen = await _due(ticket, key, desk)
    key = in_their_tongue(seen, key)
    looked = await first_look(seen, key, desk)
    if seen.presentation is not None and looked.presentation is None and looked.occasion.state == "empty":
        # What the newest moment brought was overtaken: an earlier one may still hold.
        looked = await first_look(await _due(ticket, key, desk), key, desk)
    return looked


async def _due(ticket: Ticket, key: Press, desk: Desk) -> Showing:
    placement, customer = ticket.placement, ticket.customer_id
    seen = await showing.by_moment(placement, customer, ticket=key.ticket, now=desk.now())
    opened_before = seen is not None and seen.first_opened_at is not None
    if not opened_before and not ticket.first_open_ok(desk.now() // 1000):
        raise Gone
    occasion_id = (
        seen.occasion.id if seen else await moments.slot(customer, placement, locale=key.locale, at=desk.now())
    )
    if occasion_id is None:
        return Showing(Occasion(id="", placement=placement, payment_id="", state="empty", customer_id=customer))
    if seen is None or seen.occasion.state == "asked":
        await desk.wait_for(f"prepare:{occasion_id}", seconds=PREPARED_WITHIN_S)
        seen = await showing.by_occasion(occasion_id)
    if seen is None:
        raise Gone
    if not opened_before:
        await showing.opened(seen, ticket=key.ticket, locale=in_their_tongue(seen, key).locale, at=desk.now())
    return seen

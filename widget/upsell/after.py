"""After: the page in between, used as the provider's return URL; its ticket wakes when its checkout was paid."""

import asyncio

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from widget.core.payment import Checkout, Payment
from widget.core.refusal import Gone
from widget.desk import Desk
from widget.storage import jobs, occasions, presentations, returns, showing
from widget.storage.returns import Return
from widget.storage.showing import Showing
from widget.upsell.face import Face, show_document, show_page
from widget.upsell.first_look import PREPARED_WITHIN_S, first_look
from widget.upsell.tongue import in_their_tongue, tongue
from widget.web.limits import limits_of
from widget.web.press_keys import Press
from widget.web.requests import AnyRequest

RETURN_MARK = "encore_return"
_PAYMENT_ID_LIMIT = 80


@get("/after/{ticket:str}", name="upsell.after", status_code=200)
async def after(request: AnyRequest, ticket: FromPath[str], desk: NamedDependency[Desk]) -> Response[str]:
    """The card of this return on a page of its own, with the way on always visible."""
    back = await returns.by_token(ticket)
    if back is None or back.subscription_id is not None or back.expires_at <= desk.now():
        await limits_of(request).miss(request)
        raise Gone
    await limits_of(request).opening(request, back.id)
    hint = request.query_params.get("payment_id", "")[:_PAYMENT_ID_LIMIT]
    seen = await come_back(back, hint, desk)
    key = Press(
        ticket=returns.hashed(ticket),
        occasion_id=seen.occasion.id if seen else "",
        return_id=back.id,
        next=back.next or desk.settings.return_origins[0],
        **tongue(back.locale, accept=request.headers.get("accept-language", "")),
        theme=desk.look.scheme,
        layout="page",
    )
    if seen is None:
        return show_page(desk, key, Face())
    key = in_their_tongue(seen, key)
    if seen.first_opened_at is None:
        await showing.opened(seen, ticket=key.ticket, locale=key.locale, at=desk.now())
    return show_document(desk, await first_look(seen, key, desk), key, Face())


async def come_back(back: Return, hint: str, desk: Desk) -> Showing | None:
    """What this return shows; None while the provider does not say that its checkout was paid."""
    if back.presentation_id is not None:
        return await _to_presentation(back, back.presentation_id, desk)
    payment_id = back.payment_id or await _paid(back, hint, desk)
    if payment_id is None:
        return None
    occasion_id = await occasions.ask(back.placement, payment_id, locale=back.locale, at=desk.now())
    seen = await showing.by_occasion(occasion_id)
    if seen is not None and seen.occasion.state == "asked":
        await desk.wait_for(f"prepare:{occasion_id}", seconds=PREPARED_WITHIN_S)
        seen = await showing.by_occasion(occasion_id)
    return seen


async def _to_presentation(back: Return, presentation_id: str, desk: Desk) -> Showing:
    """Back from the bank or the hosted checkout: look at what is undecided now rather than when it was due."""
    occasion_id = await presentations.occasion_of(presentation_id)
    seen = await showing.by_occasion(occasion_id) if occasion_id else None
    if seen is None:
        raise Gone
    for charge in (seen.charge, seen.hosted):
        if charge is not None and charge.fate in {"waiting", "unknown"}:
            await jobs.wake(f"watch:{charge.id}", "watch", desk.now())
            await desk.wait_for(f"watch:{charge.id}", seconds=PREPARED_WITHIN_S)
    return await showing.by_occasion(seen.occasion.id) or seen


async def _paid(back: Return, hint: str, desk: Desk) -> str | None:
    """The payment of this very checkout: by its session, or by our mark on the payment the URL hints at."""
    try:
        async with asyncio.timeout(PREPARED_WITHIN_S * 2):
            return await _ask(back, hint, desk)
    except TimeoutError:
        return None


async def _ask(back: Return, hint: str, desk: Desk) -> str | None:
    payment_id: str | None = None
    if back.session_id is not None:
        found = await desk.asks.checkout(back.session_id)
        payment_id = found.payment_id if isinstance(found, Checkout) else None
    elif hint:
        payment_id = hint
    if payment_id is None:
        return None
    payment = await desk.asks.payment(payment_id)
    if not isinstance(payment, Payment) or payment.status != "succeeded":
        return None
    if back.session_id is None and payment.metadata.get(RETURN_MARK) != back.id:
        return None
    return payment_id if await returns.bind_payment(back.id, payment_id) else None

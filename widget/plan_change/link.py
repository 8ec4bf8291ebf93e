"""Link: after a refused card, the same change paid by hand on a page of the provider, where the business has that."""

from litestar import Response, post
from litestar.di import NamedDependency
from msgspec.structs import replace

from widget.core.charge import Fate
from widget.core.plan_change import ChangePreview, covers
from widget.core.refusal import Gone
from widget.desk import Desk
from widget.plan_change.confirm import change, overtaken
from widget.plan_change.pressing import due_charge, mine, present, pressed
from widget.plan_change.pricing import keep, nothing_to_do, preview
from widget.storage import plan_quotes
from widget.web.requests import AnyRequest


@post("/plan_change/link", name="plan_change.link", status_code=200)
async def link(request: AnyRequest, desk: NamedDependency[Desk]) -> Response[str]:
    """The sum is asked for again: if it is not higher than what was shown, a page opens to pay it on."""
    pressed_at = desk.now()
    press = await pressed(request, desk)
    quote = await plan_quotes.find(press.key.quote_id) if press.key.quote_id else None
    if quote is None or not mine(quote, press):
        raise Gone
    charge, family = await due_charge(press), press.standing.family
    if press.stale or charge is None or charge.fate is not Fate.REFUSED or family is None or not family.payment_links:
        return await present(press)
    if nothing_to_do(press, quote.change):
        return press.plans(press.texts.words.nothing_to_do)
    wanted = replace(quote.change, by_link=True, on_failure="prevent_change")
    fresh = await preview(press, wanted)
    if not isinstance(fresh, ChangePreview):
        return press.plans(press.texts.words.not_charged)
    new = await keep(press, wanted, fresh, quote.direction)
    if fresh.due.amount == 0 or not covers(quote, fresh) or overtaken(press, quote):
        return press.quoted(new, press.texts.words.price_changed)
    return await change(press, new, fresh, pressed_at=pressed_at)

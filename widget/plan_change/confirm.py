"""Confirm: the subscriber pressed the button with the sum on it; a fresh preview, then the change, once."""

from litestar import Response, post
from litestar.di import NamedDependency

from widget import probe
from widget.core.charge import Charge, Fate
from widget.core.plan_change import ChangePreview, PlanQuote, covers
from widget.core.refusal import Gone
from widget.core.subscription import obstacle
from widget.desk import Desk
from widget.plan_change.evidence import agreed_to
from widget.plan_change.pressing import Pressed, answer_charge, due_charge, mine, present, pressed
from widget.plan_change.pricing import is_stale, keep, may_change, nothing_to_do, preview, why
from widget.provider.asks import Declined, Unreadable
from widget.storage import charges, plan_quotes
from widget.storage.ids import new_id
from widget.till.charge import Wish
from widget.web.requests import AnyRequest


@post("/plan_change/confirm", name="plan_change.confirm", status_code=200)
async def confirm(request: AnyRequest, desk: NamedDependency[Desk]) -> Response[str]:
    """Change what was shown, once; whatever came in between shows its own face."""
    pressed_at = desk.now()
    press = await pressed(request, desk)
    quote = await plan_quotes.find(press.key.quote_id) if press.key.quote_id else None
    if quote is None or not mine(quote, press):
        raise Gone
    charge = await due_charge(press)
    if charge is not None and not (charge.id != press.key.charge_id and charge == press.standing.open_link):
        return await present(press)
    if not may_change(press):
        return press.plans()
    if overtaken(press, quote):
        press = await press.look()
    if nothing_to_do(press, quote.change):
        return press.plans(press.texts.words.nothing_to_do)
    fresh = await preview(press, quote.change)
    probe.at("quote.repreviewed")
    match fresh:
        case Unreadable():
            return press.quoted(quote, press.texts.words.not_charged)
        case Declined() if is_stale(fresh):
            return await present(await press.look(), press.texts.words.bad_choice)
        case Declined():
            return press.plans(why(fresh, press))
        case ChangePreview():
            pass
    words = press.texts.words
    if press.stale or quote.expires_at <= desk.now() or overtaken(press, quote):
        return await _again(press, quote, fresh, words.look_again)
    if not covers(quote, fresh):
        return await _again(press, quote, fresh, words.price_changed)
    if not quote.preview.exact or (fresh.due.amount > 0 and obstacle(press.standing.subscription) == "no_method"):
        return press.plans(words.not_charged)
    ticked = press.form.get("agreed") == "yes"
    if quote.agree == "box" and not ticked:
        return press.quoted(quote, press.texts.card.please_agree, missing=True, status=400)
    if not await press.desk.level.reached():
        return press.quoted(quote, words.not_charged)
    return await change(press, quote, fresh, pressed_at=pressed_at, ticked=ticked)


def overtaken(press: Pressed, quote: PlanQuote) -> bool:
    """Another change of this subscription was made since the quote was: its sum is from the plan before."""
    return any(
        charge.fate is Fate.TAKEN and charge.quote_id != quote.id and (charge.settled_at or 0) >= quote.made_at
        for charge in press.standing.charges
    )


async def _again(press: Pressed, quote: PlanQuote, fresh: ChangePreview, notice: str) -> Response[str]:
    """Nothing is changed: the sum of now is shown, and a press on that is a new one."""
    new = await keep(press, quote.change, fresh, quote.direction)
    return press.quoted(new, notice)


async def change(
    press: Pressed, quote: PlanQuote, fresh: ChangePreview, *, pressed_at: int, ticked: bool = False
) -> Response[str]:
    """Written down, claimed, sent once; the panel shows how it stands. `pressed_at` in epoch ms."""
    desk, subscription = press.desk, press.standing.subscription
    charge_id = press.key.charge_id if press.key.quote_id == quote.id and press.key.charge_id else new_id("chg")
    wish = Wish(
        intent=Charge(
            id=charge_id,
            reason=f"plan:{quote.id}",
            presentation_id=press.key.presentation_id,  # where the change began with an offer
            quote_id=quote.id,
            customer_id=subscription.customer_id,
            product_id=quote.change.product_id,
            quantity=quote.change.quantity,
            method_id="" if quote.change.by_link else subscription.method_id or "",
            quoted=fresh.due,
            fate=Fate.INTENDED,
            pressed_at=pressed_at,
            change=quote.change,
        ),
        consent=agreed_to(press, quote, at=pressed_at, ticked=ticked),
        return_url=await press.return_url() if quote.change.by_link else "",
        steady_at=press.steady_at,
    )
    charged = await desk.within(desk.till.charge(wish))
    desk.nudge()
    after = await press.reload()
    standing = await charges.find(charged.id if isinstance(charged, Charge) else charge_id)
    if standing is None or standing.fate is Fate.INTENDED:
        return after.quoted(quote, press.texts.words.not_charged) if standing else await present(after)
    return answer_charge(after, standing, quote)

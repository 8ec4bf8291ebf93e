"""Accept: the shopper pressed the button with the amount on it."""

import asyncio

from litestar import Response, post
from litestar.di import NamedDependency

from widget.core.charge import Charge, Fate
from widget.core.consent import Consent
from widget.core.payment import Preview
from widget.core.presentation import CardState
from widget.desk import Desk
from widget.provider.asks import Declined, Unreadable
from widget.storage import offers, presentations, purchases, reckoning, showing
from widget.storage.ids import new_id
from widget.storage.showing import Showing
from widget.till.charge import Wish
from widget.upsell import notices, sending
from widget.upsell.doubt import doubt_of
from widget.upsell.evidence import agreed_to, method_shown
from widget.upsell.face import ASKED, Face, face_of
from widget.upsell.pressing import Pressed, pressed
from widget.upsell.pricing import chosen_method, fresh, order_of, quote_of, still_holds, total_before
from widget.web.requests import AnyRequest


@post("/upsell/accept", name="upsell.accept", status_code=200)
async def accept(request: AnyRequest, desk: NamedDependency[Desk]) -> Response[str]:
    """Charge what was shown, once; whatever came in between shows its own face."""
    press = await pressed(request, desk)
    seen = press.showing
    if face_of(seen, desk.now()).state is not CardState.OPEN or not _may_press(seen):
        return press.answer(Face())
    if press.stale or seen.quote is None or press.key.quote_id != seen.quote.id or seen.quote.expires_at <= desk.now():
        return await _ask_again(press, desk, notice=notices.LOOK_AGAIN)
    if (unread := _terms_unread(press)) is not None:
        return unread
    asked = press.key.seen == ASKED
    if doubt_of(request, press.key, press.form, asked=asked, now=desk.now()) is not None:
        return press.answer(Face(confirm=True))
    return await _charge(press, desk)


def _terms_unread(press: Pressed) -> Response[str] | None:
    """What renews by itself is shown once more with all its terms (ROSCA; decision 0016): a press there charges."""
    presentation, quote = press.due()
    card = presentation.card.of(quote.product_id)
    if card.recurring is None:
        return None
    if press.key.seen != ASKED:
        return press.answer(Face(confirm=True))
    if card.agree == "box" and press.form.get("agreed") != "yes":
        return press.answer(Face(confirm=True, notice=notices.PLEASE_AGREE), status=400)
    return None


async def _has_it(customer_id: str, product_id: str, *, repeats: bool) -> bool:
    if repeats:
        return await reckoning.was_adopted(customer_id, product_id)
    return await purchases.owned(customer_id, product_id)


def _may_press(seen: Showing) -> bool:
    return seen.presentation is not None and seen.presentation.one_click


async def _charge(press: Pressed, desk: Desk) -> Response[str]:
    presentation, quote = press.due()
    now = desk.now()
    offer = await offers.named(presentation.offer_name, presentation.offer_version)
    repeats = offer is not None and offer.repeats != "never"
    if not await desk.level.reached():
        return await _moved_nothing(press, desk)
    if await _has_it(presentation.customer_id, quote.product_id, repeats=repeats):
        return await _owned(press, desk, now)
    order = order_of(press.showing, offer)
    # The way back is written down while the provider is asked: neither waits for the other.
    preview, return_url = await asyncio.gather(fresh(desk.asks, order), sending.return_url(press, desk))
    match preview:
        case Unreadable():
            return await _moved_nothing(press, desk)
        case Declined():
            await presentations.close(presentation.id, at=now)
            return await press.reload(desk, Face(notice=notices.NOT_AVAILABLE))
        case Preview() if not still_holds(quote, preview):
            return await _ask_again(press, desk, notice=notices.PRICE_CHANGED, preview=preview)
        case Preview():
            pass
    method_id = chosen_method(presentation, quote)
    charge_id = press.key.charge_id or new_id("chg")
    wish = Wish(
        intent=Charge(
            id=charge_id,
            reason=f"one_click:{presentation.id}",
            presentation_id=presentation.id,
            quote_id=quote.id,
            customer_id=presentation.customer_id,
            product_id=quote.product_id,
            quantity=quote.quantity,
            method_id=method_id,
            quoted=preview.total,
            fate=Fate.INTENDED,
            pressed_at=now,
        ),
        consent=_consent(press, now),
        order=order,
        return_url=return_url,
        steady_at=press.steady_at,
    )
    # Without a script nobody would see the way back in time.
    if presentation.card.undo_seconds and press.fragment:
        return await _wait(press, desk, wish, seconds=presentation.card.undo_seconds)
    charged = await desk.within(desk.till.charge(wish))
    desk.nudge()
    not_sent = isinstance(charged, Charge) and charged.fate is Fate.INTENDED
    return await press.reload(desk, Face(notice=notices.NOT_CHARGED if not_sent else ""))


async def _moved_nothing(press: Pressed, desk: Desk) -> Response[str]:
    """This press. Where another one was sent while this one waited, the card says what became of that instead."""
    seen = await showing.by_occasion(press.showing.occasion.id)
    still_open = seen is None or face_of(seen, desk.now()).state is CardState.OPEN
    return await press.reload(desk, Face(notice=notices.NOT_CHARGED if still_open else ""))


async def _wait(press: Pressed, desk: Desk, wish: Wish, *, seconds: int) -> Response[str]:
    """The press is on disk and waits in this process only: a crash, or an undo, and nothing is charged."""
    written = await desk.till.write(wish)
    if isinstance(written, Charge) and written.fate is Fate.INTENDED:
        left_ms = written.pressed_at + seconds * 1000 - desk.now()
        desk.later(lambda: desk.till.send(wish, written), seconds=max(left_ms, 0) / 1000)
    return await press.reload(desk, Face())


async def _ask_again(press: Pressed, desk: Desk, *, notice: str, preview: Preview | None = None) -> Response[str]:
    """Nothing is charged: the price of now is shown, and a press on that is a new one."""
    presentation, quote = press.due()
    if preview is None and quote.expires_at > desk.now():
        return press.answer(Face(notice=notice))
    offer = await offers.named(presentation.offer_name, presentation.offer_version)
    order = order_of(press.showing, offer)
    found = preview or await fresh(desk.asks, order)
    if not isinstance(found, Preview):
        return await _moved_nothing(press, desk)
    before = await total_before(desk.asks, order, found)
    new = quote_of(
        order, found, presentation_id=presentation.id, method_id=quote.method_id, before=before, now=desk.now()
    )
    await presentations.requote(new, replaces=quote.id)
    return await press.reload(desk, Face(notice=notice if new.total != quote.total else notices.LOOK_AGAIN))


async def _owned(press: Pressed, desk: Desk, now: int) -> Response[str]:
    """Bought elsewhere meanwhile: the end of the offer, unless there is something else to pick."""
    presentation, _ = press.due()
    if presentation.card.choices:
        return press.answer(Face(notice=notices.OWNED))
    await presentations.close(presentation.id, at=now)
    return await press.reload(desk, Face(notice=notices.OWNED))


def _consent(press: Pressed, now: int) -> Consent:
    presentation, quote = press.due()
    method = method_shown(presentation, quote, press.key.locale)
    return agreed_to(presentation, quote, press.key, method=method, one_click=True, at=now)


__all__ = ["accept", "showing"]

"""Pick: which of several products, how many or how much; its exact price is asked and shown, nothing is charged."""

from litestar import Response, post
from litestar.di import NamedDependency
from msgspec import Struct
from msgspec.structs import replace

from widget.core.gate import enough
from widget.core.payment import Preview
from widget.core.presentation import CardState, Quote
from widget.desk import Desk
from widget.provider.asks import Declined, Unreadable
from widget.storage import offers, presentations
from widget.storage.presentations import Presentation
from widget.upsell import notices
from widget.upsell.face import Face, face_of
from widget.upsell.pressing import Pressed, pressed
from widget.upsell.pricing import fresh, order_of, quote_of, total_before
from widget.web.languages import babel_locale
from widget.web.limits import limits_of
from widget.web.money_typed import money_typed
from widget.web.requests import AnyRequest

_TYPED = 16  # as long as the field takes


class Odd(Exception):
    """Something that cannot be picked; carries the name of what is said about it."""

    def __init__(self, notice: str) -> None:
        super().__init__(notice)
        self.notice = notice


class Picked(Struct, frozen=True):
    """A product, how many, and what is paid for one where the shopper says so (minor units, before tax)."""

    product_id: str
    quantity: int
    amount: int | None


@post("/upsell/pick", name="upsell.pick", status_code=200)
async def pick(request: AnyRequest, desk: NamedDependency[Desk]) -> Response[str]:
    """The card with what was picked and its price; anything that was not offered changes nothing."""
    press = await pressed(request, desk)
    presentation, quote = press.showing.presentation, press.showing.quote
    if presentation is None or quote is None or face_of(press.showing, desk.now()).state is not CardState.OPEN:
        return press.answer(Face())
    try:
        wanted = picked(press.form, presentation, quote, press.key.locale)
    except Odd as odd:
        typed = press.form.get("amount", "")[:_TYPED] if odd.notice == notices.BAD_AMOUNT else ""
        return press.answer(Face(notice=odd.notice, typed=typed), status=400)
    if wanted == Picked(quote.product_id, quote.quantity, quote.amount):
        return press.answer(Face())
    if press.showing.hosted is not None and press.showing.hosted.link:
        return press.answer(Face(notice=notices.CHECKOUT_IS_OPEN))
    await limits_of(request).preview(presentation.id, key=press.form["key"])
    return await _price(press, desk, wanted)


def picked(form: dict[str, str], presentation: Presentation, quote: Quote, locale: str) -> Picked:
    """What a form picks, as far as the card offers it; raises `Odd`."""
    card = presentation.card
    product_id = form.get("product") or quote.product_id
    if product_id != quote.product_id and product_id not in {choice.product_id for choice in card.choices}:
        raise Odd(notices.BAD_CHOICE)
    quantity, typed = quote.quantity, form.get("quantity", "").strip()
    if typed and typed != str(quantity):
        bounds = card.quantities
        if bounds is None or not (typed.isascii() and typed.isdecimal() and len(typed) <= 4):
            raise Odd(notices.BAD_CHOICE)
        quantity = int(typed)
        if not bounds.min <= quantity <= bounds.max:
            raise Odd(notices.BAD_CHOICE)
    amount, typed = quote.amount, form.get("amount", "").strip()
    if card.amounts is not None and typed:
        amount = money_typed(typed, card.amounts.currency, babel_locale(locale))
        if amount is None or not card.amounts.min <= amount <= card.amounts.max:
            raise Odd(notices.BAD_AMOUNT)
    return Picked(product_id, quantity, amount)


async def _price(press: Pressed, desk: Desk, wanted: Picked) -> Response[str]:
    presentation, quote = press.due()
    offer = await offers.named(presentation.offer_name, presentation.offer_version)
    order = replace(
        order_of(press.showing, offer),
        product_id=wanted.product_id,
        quantity=wanted.quantity,
        amount=wanted.amount,
    )
    found = await fresh(desk.asks, order)
    match found:
        case Unreadable():
            return press.answer(Face(notice=notices.NOT_PRICED))
        case Declined():
            return press.answer(Face(notice=notices.NOT_AVAILABLE))
        case Preview() if not enough(found.total) or (presentation.one_click and not found.exact):
            return press.answer(Face(notice=notices.NOT_AVAILABLE))
        case Preview():
            pass
    before = await total_before(desk.asks, order, found)
    new = quote_of(
        order, found, presentation_id=presentation.id, method_id=quote.method_id, before=before, now=desk.now()
    )
    await presentations.requote(new, replaces=quote.id)
    return await press.reload(desk, Face())

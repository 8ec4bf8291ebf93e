"""The face of a presentation: which state its card is in, and everything it prints."""

import secrets
from functools import lru_cache
from typing import Any

from litestar import Response
from litestar.enums import MediaType
from msgspec import Struct
from msgspec.structs import replace

from widget.core.charge import Charge, Fate
from widget.core.presentation import CardState, Quote, card_state, undo_until
from widget.desk import Desk
from widget.storage.ids import new_id
from widget.storage.presentations import Presentation
from widget.storage.showing import Showing
from widget.upsell import notices
from widget.upsell.asked import asked_view
from widget.upsell.card import CardView
from widget.upsell.described import described, money, terms_view
from widget.web import press_keys
from widget.web.languages import babel_locale
from widget.web.looks import Look
from widget.web.press_keys import Press
from widget.web.receipt import facts, links
from widget.web.render import preloads, render
from widget.web.words import Words, words_for

# How soon the card asks again, by how often it has: quick while people look, then calm.
_POLL_MS = ((6, 700), (12, 1_500), (30, 4_000), (60, 15_000))
_SLOW_AFTER_POLLS = 4
ASKED = "asked"  # `Press.seen` of a key made at the second step: beside the terms, or after a press in doubt
# Where the keys go in a text that is kept; nobody can write it into an offer, since each process makes its own.
_PLACE, _PLAN_PLACE = secrets.token_urlsafe(24), secrets.token_urlsafe(24)


class Face(Struct, frozen=True):
    """What an action adds to the card: a notice beside it, how often it was asked, and as what it is shown."""

    notice: str = ""
    polls: int = 0
    fragment: bool = False
    page: bool = False  # a whole document even where a fragment was asked for
    confirm: bool = (
        False  # asked once more: the terms of what renews by itself, or a press that may not have been meant
    )
    typed: str = ""  # an amount that cannot be: it stays in its field to be corrected


class State(Struct, frozen=True):
    """The card's state and, where the presentation ended early, why."""

    state: CardState


def face_of(seen: Showing, now: int) -> State:
    """The state of what is due on an occasion."""
    presentation = seen.presentation
    if seen.occasion.state == "asked":
        return State(CardState.PREPARING)
    if presentation is None:
        return State(CardState.EMPTY)
    state = card_state(
        presentation.state,
        closes_at=presentation.closes_at,
        now=now,
        charge=seen.charge,
        hosted=seen.hosted,
        undo_seconds=presentation.card.undo_seconds,
    )
    return State(state)


def narrowed(seen: Showing, key: Press) -> Showing:
    """Whoever came by a return ticket proved that they paid, not who they are: only the method that paid is charged.

    At a checkout anybody may type somebody else's e-mail address, and the provider may know its owner's cards.
    """
    presentation = seen.presentation
    if not key.return_id or presentation is None:
        return seen
    if presentation.card.plan is not None:
        return replace(seen, presentation=None, quote=None)  # the panel shows everything of a subscription
    methods = tuple(method for method in presentation.methods if method.id == seen.occasion.method_id)
    one_click = presentation.one_click and bool(methods)
    return replace(seen, presentation=replace(presentation, methods=methods, one_click=one_click))


def show_card(desk: Desk, seen: Showing, key: Press, face: Face) -> Response[str]:
    """The card alone when htmx asked, else the whole document around it."""
    if not face.fragment or face.page:
        return show_document(desk, seen, key, face)
    return _html(render("upsell/card.html", card=view(desk, seen, key, face)))


def show_document(desk: Desk, seen: Showing, key: Press, face: Face) -> Response[str]:
    """The card in its document: the frame's, or a page of its own."""
    seen = narrowed(seen, key)
    presentation, quote = seen.presentation, seen.quote
    is_open = face_of(seen, desk.now()).state is CardState.OPEN
    if presentation is None or quote is None or face.notice or face.confirm or not is_open:
        return _document(desk, view(desk, seen, key, face), key)
    plain = replace(key, ticket="", customer="", occasion_id="", charge_id="", seen="", made_at=0, shown_at=0)
    text = _open_text(presentation, quote, plain, desk.look_with(key.look))
    text = text.replace(_PLACE, _key(desk, _bound(key, seen.occasion.id, presentation, quote)))
    return _html(text.replace(_PLAN_PLACE, _plan_key(desk, key, presentation)))


@lru_cache(maxsize=512)
def _open_text(presentation: Presentation, quote: Quote, key: Press, look: Look) -> str:
    """An open card is the same for everybody who sees it but for the key: written once, the key put in each time.

    What it is made of (presentation, quote, look, and the key's language, layout and way on) is frozen and is its name.
    """
    words = words_for(key.locale)
    card = CardView(
        key=_PLACE,
        plan_key=_PLAN_PLACE if presentation.card.plan else "",
        offer=presentation.offer_name,
        step=presentation.step,
        **_common(CardState.OPEN, words, key, Face()),
        **described(presentation, quote, words, key.locale),
    )
    template = "page.html" if key.layout == "page" else "embed.html"
    return render(template, card=card, parent_origin=key.parent, theme=key.theme, look=look)


def show_page(desk: Desk, key: Press, face: Face) -> Response[str]:
    """A return whose checkout the provider does not call paid (yet): the card says so and asks again."""
    words = words_for(key.locale)
    card = CardView(
        state=CardState.PREPARING,
        key=_key(desk, replace(key, charge_id="")),
        locale=words.locale,
        direction=words.direction,
        title=words.preparing_title,
        message=words.preparing_message,
        poll_ms=_poll_ms(face.polls),
        polls=face.polls,
        continue_url=key.next,
        continue_label=words.continue_label,
    )
    if face.fragment:
        return _html(render("upsell/card.html", card=card))
    return _document(desk, card, key)


def _document(desk: Desk, card: CardView, key: Press) -> Response[str]:
    template = "page.html" if key.layout == "page" else "embed.html"
    look = desk.look_with(key.look)
    return _html(render(template, card=card, parent_origin=key.parent, theme=key.theme, look=look))


def _html(text: str) -> Response[str]:
    return Response(text, media_type=MediaType.HTML, headers=preloads(text))


def view(desk: Desk, seen: Showing, key: Press, face: Face) -> CardView:
    """Everything the card prints, in the state it is in now."""
    seen = narrowed(seen, key)
    words, state = words_for(key.locale), face_of(seen, desk.now()).state
    presentation, quote = seen.presentation, seen.quote
    fields = _common(state, words, key, face)
    if presentation is None or quote is None:
        return _plain(CardView(key=_key(desk, replace(key, occasion_id=seen.occasion.id)), **fields), words, face)
    bound = _bound(key, seen.occasion.id, presentation, quote)
    card = CardView(
        key=_key(desk, bound),
        plan_key=_plan_key(desk, key, presentation),
        offer=presentation.offer_name,
        step=presentation.step,
        **fields,
        **described(presentation, quote, words, key.locale),
    )
    if face.confirm and state is CardState.OPEN and card.one_click:
        asked = asked_view(presentation, quote, words, key.locale, card=card)
        return replace(card, key=_key(desk, replace(bound, seen=ASKED)), **asked)
    until = undo_until(presentation.state, seen.charge, undo_seconds=presentation.card.undo_seconds, now=desk.now())
    if state is CardState.WORKING and until is not None:
        return _undoable(card, words, left_ms=until - desk.now())
    return _in_state(replace(card, amount=face.typed or card.amount), seen, quote, words, key.locale)


def _common(state: CardState, words: Words, key: Press, face: Face) -> dict[str, Any]:
    """Fields of a card in any state."""
    return {
        "state": state,
        "locale": words.locale,
        "direction": words.direction,
        "continue_url": key.next if key.layout == "page" else "",
        "continue_label": words.continue_label,
        "notice": words.notice(face.notice),
        "polls": face.polls,
        "wrong": notices.FIELDS.get(face.notice, ""),
    }


def _bound(key: Press, occasion_id: str, presentation: Presentation, quote: Quote) -> Press:
    """The key for the buttons of this step at this price; the intent's id stays while the price does."""
    return replace(
        key,
        occasion_id=occasion_id,
        presentation_id=presentation.id,
        step=presentation.step,
        quote_id=quote.id,
        seen="",
        charge_id=key.charge_id if key.quote_id == quote.id and key.charge_id else new_id("chg"),
    )


def _plan_key(desk: Desk, key: Press, presentation: Presentation) -> str:
    """The panel's own key for the subscription that may move to the offered plan; it opens no offer."""
    plan = presentation.card.plan
    if plan is None:
        return ""
    panel = Press(
        ticket=key.ticket,
        customer=key.customer,
        subscription_id=plan.subscription_id,
        presentation_id=presentation.id,
        next=key.next,
        locale=key.locale,
        theme=key.theme,
        look=key.look,
        parent=key.parent,
        layout=key.layout,
    )
    return _key(desk, panel)


def _plain(base: CardView, words: Words, face: Face) -> CardView:
    """Nothing to show yet, or nothing at all."""
    if base.state is CardState.PREPARING:
        return replace(base, title=words.preparing_title, message=words.preparing_message, poll_ms=_poll_ms(face.polls))
    return base


def _in_state(card: CardView, seen: Showing, quote: Quote, words: Words, locale: str) -> CardView:
    charge = _deciding(seen)
    match card.state:
        case CardState.WORKING:
            return replace(
                card,
                title=words.working_title,
                message=words.working_message,
                slow_message=words.working_slow if card.polls > _SLOW_AFTER_POLLS else "",
                poll_ms=_poll_ms(card.polls),
            )
        case CardState.ACTION:
            link = charge.link if charge and charge.link else ""
            message = words.action_message.format(amount=card.price, method=card.method or words.card_words)
            return replace(
                card,
                title=words.action_title,
                message=message if link else words.action_no_link,
                link=link,
                link_label=words.action_label,
                poll_ms=max(_poll_ms(card.polls), 2_000),
            )
        case CardState.PAID:
            return _receipt(card, seen, charge, quote, words, locale)
        case CardState.REFUSED:
            return replace(
                card, title=words.refused_title, message=words.refusal(seen.charge.refusal if seen.charge else None)
            )
        case CardState.DECLINED:
            return replace(card, title=words.declined_title, message=words.declined_message)
        case CardState.CLOSED:
            return replace(card, title=words.closed_title, message=_why_closed(card, seen, words), notice="")
        case _:
            return card


def _undoable(card: CardView, words: Words, *, left_ms: int) -> CardView:
    """Asks again when it was sent; the way back is there as long as it is one."""
    return replace(
        card,
        title=words.undo_title,
        message=words.undo_message.format(amount=card.price, method=card.method or words.card_words),
        undo_label=words.undo if left_ms > 0 else "",
        poll_ms=max(left_ms, 0) + 400,
    )


def _deciding(seen: Showing) -> Charge | None:
    """The charge that made the state: a taken one before all others, then the one click, then the checkout."""
    both = [charge for charge in (seen.charge, seen.hosted) if charge is not None]
    taken = [charge for charge in both if charge.fate is Fate.TAKEN]
    known = [charge for charge in both if not (charge.hosted and charge.payment_id is None)]
    return next(iter([*taken, *known[::-1], *both]), None)


def _why_closed(card: CardView, seen: Showing, words: Words) -> str:
    if seen.charge is not None and seen.charge.fate is Fate.LAPSED:
        return words.closed_unsure
    return card.notice or words.closed_message


def _receipt(card: CardView, seen: Showing, charge: Charge | None, quote: Quote, words: Words, locale: str) -> CardView:
    """What was bought, for how much, what comes later, and what the payment and the merchant say beside it."""
    paid, known = charge.paid if charge and charge.paid else quote.total, seen.presentation
    name = f"{card.product_name} × {card.quantity}" if card.quantity > 1 else card.product_name
    rows = [(words.receipt_item, name), (words.receipt_total, money(paid, locale))]
    if charge is not None:
        method = card.method if not charge.hosted else ""
        at = babel_locale(locale)
        rows += facts(charge, seen.receipt, words, at, tax=quote.tax, method=method, country=quote.country)
    if card.recurring and known is not None and not card.plan:
        rows += terms_view(known, quote, words, locale, method="")["confirm"][1:]
    rules = known.card.receipt if known is not None else None
    texts = rules.spoken(locale, quote.country) if rules is not None else None
    return replace(
        card,
        title=words.paid_title,
        message=words.paid_message,
        receipt=tuple(rows),
        links=links(seen.receipt, texts, words),
        withdraw=texts.withdraw if texts is not None else "",
    )


def _poll_ms(polls: int) -> int:
    return next((pause for limit, pause in _POLL_MS if polls < limit), 30_000)


def _key(desk: Desk, press: Press) -> str:
    now = desk.now()
    return press_keys.make(replace(press, shown_at=now), desk.settings.signing_keys, now=now // 1000)

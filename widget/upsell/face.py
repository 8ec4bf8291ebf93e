"""The face of a presentation: which state its card is in, and everything it prints."""

from litestar import Response
from litestar.enums import MediaType
from msgspec import Struct
from msgspec.structs import replace

from widget.core.charge import Charge, Fate
from widget.core.method import Method
from widget.core.money import Money
from widget.core.presentation import CardState, Quote, card_state
from widget.storage.ids import new_id
from widget.storage.presentations import Presentation
from widget.storage.showing import Showing
from widget.upsell.card import CardView, MethodChoice
from widget.upsell.desk import Desk
from widget.web import press_keys
from widget.web.money_text import money_text
from widget.web.press_keys import Press
from widget.web.render import render
from widget.web.words import Words, words_for

# How soon the card asks again, by how often it has: quick while people look, then calm.
_POLL_MS = ((6, 700), (12, 1_500), (30, 4_000), (60, 15_000))
_SLOW_AFTER_POLLS = 4


class Face(Struct, frozen=True):
    """What an action adds to the card: a notice beside it, how often it was asked, and as what it is shown."""

    notice: str = ""
    polls: int = 0
    fragment: bool = False
    page: bool = False  # a whole document even where a fragment was asked for


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
        presentation.state, closes_at=presentation.closes_at, now=now, charge=seen.charge, hosted=seen.hosted
    )
    return State(state)


def show_card(desk: Desk, seen: Showing, key: Press, face: Face) -> Response[str]:
    """The card alone when htmx asked, else the whole document around it."""
    if not face.fragment or face.page:
        return show_document(desk, seen, key, face)
    return _html(render("upsell/card.html", card=view(desk, seen, key, face)))


def show_document(desk: Desk, seen: Showing, key: Press, face: Face) -> Response[str]:
    """The card in its document: the frame's, or a page of its own."""
    return _document(view(desk, seen, key, face), key)


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
    return _document(card, key)


def _document(card: CardView, key: Press) -> Response[str]:
    template = "page.html" if key.layout == "page" else "embed.html"
    return _html(render(template, card=card, parent_origin=key.parent, theme=key.theme))


def _html(text: str) -> Response[str]:
    return Response(text, media_type=MediaType.HTML)

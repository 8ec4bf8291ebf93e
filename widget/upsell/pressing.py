"""A press as it arrives: the key from the body read, and what it is about fetched."""

from hashlib import sha256

from litestar import Response
from msgspec import Struct
from msgspec.structs import replace

from widget.core.presentation import Quote
from widget.core.refusal import Boxed, Gone
from widget.storage import showing
from widget.storage.presentations import Presentation
from widget.storage.showing import Showing
from widget.upsell.desk import Desk
from widget.upsell.face import Face, narrowed, show_card
from widget.web import press_keys
from widget.web.forms import read_form
from widget.web.htmx import is_fragment
from widget.web.origin import same_origin
from widget.web.press_keys import Press
from widget.web.requests import AnyRequest


class Pressed(Struct, frozen=True):
    """An authentic key (stale when its time is over), the form beside it, and the occasion as it stands."""

    key: Press
    stale: bool
    form: dict[str, str]
    showing: Showing
    fragment: bool
    desk: Desk

    def due(self) -> tuple[Presentation, Quote]:
        """The presentation and quote that are due; only called where there is one."""
        presentation, quote = self.showing.presentation, self.showing.quote
        if presentation is None or quote is None:
            raise Gone
        return presentation, quote

    def answer(self, face: Face) -> Response[str]:
        """The card as it stands, with what this action wants to say."""
        return show_card(self.desk, self.showing, self.key, replace(face, fragment=self.fragment))

    async def reload(self, desk: Desk, face: Face) -> Response[str]:
        """The card as it stands after the action."""
        fresh = await showing.by_occasion(self.showing.occasion.id)
        return show_card(desk, fresh or self.showing, self.key, replace(face, fragment=self.fragment))


async def pressed(request: AnyRequest, desk: Desk) -> Pressed:
    """Read a press; a forged, foreign or missing key raises `Gone` and changes nothing."""
    key, stale, form = await press_in(request, desk)
    found = await showing.by_occasion(key.occasion_id) if key.occasion_id else None
    if found is None or not is_theirs(found, key):
        raise Gone
    return Pressed(
        key=key, stale=stale, form=form, showing=narrowed(found, key), fragment=is_fragment(request), desk=desk
    )


def customer_mark(customer_id: str) -> str:
    """How a key names its customer; the key can be read by whoever has the page."""
    return sha256(customer_id.encode()).hexdigest()[:32]


def is_theirs(seen: Showing, key: Press) -> bool:
    """A ticket opened before the provider was asked: its customer is compared as soon as the true one is known."""
    known = seen.occasion.customer_id
    return known is None or not key.customer or customer_mark(known) == key.customer


async def press_in(request: AnyRequest, desk: Desk) -> tuple[Press, bool, dict[str, str]]:
    """The authentic key of a request, whether its time is over, and the form beside it; raises `Gone`."""
    if not same_origin(request, desk.settings.public_url):
        raise Boxed if request.headers.get("origin") == "null" else Gone
    form = await read_form(request)
    token = form.get("key", "")
    try:
        return press_keys.read(token, desk.settings.signing_keys, now=desk.now() // 1000), False, form
    except press_keys.StalePress as stale:
        return stale.press, True, form
    except press_keys.BadPress:
        raise Gone from None

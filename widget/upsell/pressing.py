"""A press as it arrives: the key from the body read, and what it is about fetched."""

from litestar import Response
from msgspec import Struct
from msgspec.structs import replace

from widget.core.presentation import Quote
from widget.core.refusal import Gone
from widget.desk import Desk
from widget.storage import showing
from widget.storage.presentations import Presentation
from widget.storage.showing import Showing
from widget.till.charge import steady_ms
from widget.upsell.face import Face, narrowed, show_card
from widget.web.htmx import is_fragment
from widget.web.press_keys import Press
from widget.web.pressing import customer_mark, press_in
from widget.web.requests import AnyRequest


class Pressed(Struct, frozen=True):
    """An authentic key (stale when its time is over), the form beside it, and the occasion as it stands."""

    key: Press
    stale: bool
    form: dict[str, str]
    showing: Showing
    fragment: bool
    desk: Desk
    steady_at: int | None = None  # when it came, for the till

    def due(self) -> tuple[Presentation, Quote]:
        """The presentation and quote that are due; only called where there is one."""
        presentation, quote = self.showing.presentation, self.showing.quote
        if presentation is None or quote is None:
            raise Gone
        return presentation, quote

    def answer(self, face: Face, *, status: int = 200) -> Response[str]:
        """The card as it stands, with what this action wants to say."""
        answer = show_card(self.desk, self.showing, self.key, replace(face, fragment=self.fragment))
        answer.status_code = status
        return answer

    async def reload(self, desk: Desk, face: Face) -> Response[str]:
        """The card as it stands after the action."""
        fresh = await showing.by_occasion(self.showing.occasion.id)
        return show_card(desk, fresh or self.showing, self.key, replace(face, fragment=self.fragment))


async def pressed(request: AnyRequest, desk: Desk) -> Pressed:
    """Read a press; a forged, foreign or missing key raises `Gone` and changes nothing."""
    arrived = steady_ms()
    key, stale, form = await press_in(request, desk.settings, now=desk.now() // 1000)
    found = await showing.by_occasion(key.occasion_id) if key.occasion_id else None
    if found is None or not is_theirs(found, key):
        raise Gone
    return Pressed(
        key=key,
        stale=stale,
        form=form,
        showing=narrowed(found, key),
        fragment=is_fragment(request),
        desk=desk,
        steady_at=arrived,
    )


def is_theirs(seen: Showing, key: Press) -> bool:
    """A ticket opened before the provider was asked: its customer is compared as soon as the true one is known."""
    known = seen.occasion.customer_id
    return known is None or not key.customer or customer_mark(known) == key.customer

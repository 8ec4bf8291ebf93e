"""Status: the card asks how it stands; nothing is changed by it but that a card is seen for the first time."""

from litestar import Response, post
from litestar.di import NamedDependency
from msgspec.structs import replace

from widget.core.refusal import Gone
from widget.desk import Desk
from widget.storage import returns, showing
from widget.upsell.after import come_back
from widget.upsell.face import Face, show_card, show_page
from widget.upsell.first_look import first_look
from widget.upsell.pressing import is_theirs
from widget.upsell.tongue import in_their_tongue
from widget.web.htmx import is_fragment
from widget.web.pressing import press_in
from widget.web.requests import AnyRequest


@post("/upsell/status", name="upsell.status", status_code=200)
async def status(request: AnyRequest, desk: NamedDependency[Desk]) -> Response[str]:
    """The card of now, or of a return whose checkout may have been paid meanwhile."""
    key, _, form = await press_in(request, desk.settings, now=desk.now() // 1000)
    asked = int(form["polls"]) if form.get("polls", "").isdecimal() else 0
    face = Face(polls=min(asked, 999) + 1, fragment=is_fragment(request))
    if key.occasion_id:
        seen = await showing.by_occasion(key.occasion_id)
    else:
        back = await returns.find(key.return_id)
        if back is None:
            raise Gone
        seen = await come_back(back, "", desk)
        if seen is None:
            return show_page(desk, key, face)
        key = replace(key, occasion_id=seen.occasion.id)
    if seen is None or seen.occasion.state == "absent" or not is_theirs(seen, key):
        raise Gone
    key = in_their_tongue(seen, key)
    return show_card(desk, await first_look(seen, key, desk), key, face)

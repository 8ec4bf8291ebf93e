"""The first look at a card: what came since it was prepared counts, and that it was seen is kept."""

from msgspec.structs import replace

from widget.core.presentation import CardState
from widget.desk import Desk
from widget.storage import fairness, occasions, offers, showing
from widget.storage.presentations import Presentation
from widget.storage.showing import Showing
from widget.upsell.face import face_of, narrowed
from widget.web.press_keys import Press

# A merchant's page never waits longer for us than a second (issue of trust: their page, their sale).
PREPARED_WITHIN_S = 0.8
_UNDECIDED = frozenset({CardState.OPEN, CardState.PREPARING})


async def first_look(seen: Showing, key: Press, desk: Desk) -> Showing:
    """What is due; prepared anew where a no, a purchase, a cap or the shopper's language came in between."""
    if seen.braked and face_of(seen, desk.now()).state in _UNDECIDED:
        return _withheld(seen)
    due = narrowed(seen, key).presentation
    unseen = due is not None and due.opened_at is None and face_of(seen, desk.now()).state is CardState.OPEN
    if not unseen and not _nothing_yet(seen):
        return seen
    now = desk.now()
    late = await _language_is_news(seen, key)
    if not late and (due is None or await fairness.first_seen(due.id, locale=key.locale, at=now)):
        return _as_seen(seen, due, now)
    if await occasions.ask_again(seen.occasion.id, locale=key.locale or None, at=now):
        desk.nudge()
        await desk.wait_for(f"prepare:{seen.occasion.id}", seconds=PREPARED_WITHIN_S)
    fresh = await showing.by_occasion(seen.occasion.id) or seen
    due = narrowed(fresh, key).presentation
    if due is None or due.opened_at is not None:
        return fresh
    if await fairness.first_seen(due.id, locale=key.locale, at=now):
        return _as_seen(fresh, due, now)
    return replace(fresh, presentation=None, quote=None)  # overtaken once more: not shown this time


def _withheld(seen: Showing) -> Showing:
    """While nothing can be sold nothing is offered (F-47): not counted as seen, there again once the brake is off."""
    return replace(seen, presentation=None, quote=None, occasion=replace(seen.occasion, state="empty"))


def _nothing_yet(seen: Showing) -> bool:
    """Prepared, and no step of a chain is due: nothing was chosen."""
    return seen.occasion.state == "empty" and seen.presentation is None and bool(seen.occasion.id)


async def _language_is_news(seen: Showing, key: Press) -> bool:
    """It was prepared before anybody could say in which language, and offers there ask for one."""
    if seen.occasion.locale is not None or not key.locale:
        return False
    _, line_up = await offers.line_up()
    return "locale" in line_up.needs(seen.occasion.placement)


def _as_seen(seen: Showing, due: Presentation | None, now: int) -> Showing:
    return replace(seen, presentation=replace(due, opened_at=due.opened_at or now)) if due else seen

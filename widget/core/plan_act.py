"""What a subscriber asks beside a change of plan, and how a subscription shows that it was done."""

from collections.abc import Callable

from msgspec import Struct

from widget.core.subscription import Subscription
from widget.core.watching import MINUTE_MS, PLAN_HORIZON_MS, SECOND_MS

# While nobody knows whether it was done: soon, then rarely, and not longer than a change of plan is looked for.
_PACE = ((20 * SECOND_MS, 3 * SECOND_MS), (5 * MINUTE_MS, 30 * SECOND_MS), (PLAN_HORIZON_MS, 5 * MINUTE_MS))

_SHOWS: dict[str, Callable[[Subscription], bool]] = {
    "undo": lambda now: now.scheduled is None,
    "cancel": lambda now: now.ending or now.status == "cancelled",
    "keep": lambda now: not now.ending and now.status != "cancelled",
    "pause": lambda now: now.status == "paused",
    "resume": lambda now: now.status != "paused",
}


class Lost(Struct, frozen=True):
    """An act nobody knows the end of; `pressed_at` in epoch ms."""

    kind: str
    subscription_id: str
    customer_id: str
    pressed_at: int


def shows(kind: str, subscription: Subscription) -> bool:
    """Whether the subscription is as this act leaves it; of what leaves no trace this is never said."""
    return kind in _SHOWS and _SHOWS[kind](subscription)


def look_again(pressed_at: int, now: int) -> int | None:
    """When to read once more (epoch ms); None once it is looked for no longer."""
    return next((now + pause for age, pause in _PACE if now - pressed_at < age), None)

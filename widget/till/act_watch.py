"""An act of a subscriber whose answer was lost: never asked again, told as done once the subscription shows it."""

from typing import Protocol

from widget.core.plan_act import Lost, look_again, shows
from widget.core.subscription import Subscription
from widget.provider.asks import Asks


class LostActs(Protocol):
    """Where acts are written down; storage.plan_acts keeps them for real."""

    async def lost(self, act_id: str) -> Lost | None: ...

    async def ended(self, act_id: str, state: str, code: str | None, *, at: int) -> None: ...


async def watch_act(acts: LostActs, asks: Asks, act_id: str, *, now: int) -> int | None:
    """Read the subscription; returns when to look again (epoch ms), None where there is nothing more to know."""
    act = await acts.lost(act_id)
    if act is None:
        return None
    found = await asks.subscription(act.subscription_id)
    if isinstance(found, Subscription) and found.customer_id == act.customer_id and shows(act.kind, found):
        await acts.ended(act_id, "done", None, at=now)
        return None
    return look_again(act.pressed_at, now)

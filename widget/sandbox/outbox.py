"""News for the merchant: an event is noted here when it happens and delivered by the postman."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

from widget.sandbox.things import Event
from widget.sandbox.world import World

Kind = Literal["Payment", "Subscription", "Refund", "Dispute"]


def announce(world: World, event_type: str, kind: Kind, thing_id: str, payment_id: str | None = None) -> None:
    """Note an event, e.g. `announce(world, "subscription.active", "Subscription", sub_id)`.

    `payment_id` goes into the data of `subscription.renewed` only. The rest of the data is the state at delivery.
    """
    box = world.postbox
    if box.target is None:
        return
    now = world.now()
    event = Event(
        world.new_id("msg"), event_type, kind, thing_id, now, now + timedelta(seconds=box.delay), payment_id, box.copies
    )
    event.order = world.toss() if box.shuffle else 0.0
    event.outcome = "dropped" if box.drop else "waiting"
    world.events.append(event)

"""One webhook message on the wire: the state at delivery, signed as Standard Webhooks asks."""

from __future__ import annotations

import base64
import hashlib
import hmac
import time

import msgspec

from widget.sandbox.lists import JSONObject, iso
from widget.sandbox.subscription_view import show_subscription
from widget.sandbox.things import Event
from widget.sandbox.views import show_dispute, show_payment, show_refund
from widget.sandbox.world import BUSINESS_ID, World


def render(world: World, event: Event) -> bytes:
    """The raw body: `timestamp` is the time of the event, `data` the state now."""
    data: JSONObject = {"payload_type": event.kind, **_data(world, event)}
    body = {"business_id": BUSINESS_ID, "type": event.type, "timestamp": iso(event.timestamp), "data": data}
    return msgspec.json.encode(body)


def sign(event_id: str, body: bytes, secret: str) -> dict[str, str]:
    """Headers of one delivery. The signature's time is the real one: receivers allow five minutes only."""
    stamp = str(int(time.time()))
    key = base64.b64decode(secret.removeprefix("whsec_"))
    mac = hmac.new(key, f"{event_id}.{stamp}.".encode() + body, hashlib.sha256).digest()
    return {
        "content-type": "application/json",
        "webhook-id": event_id,
        "webhook-timestamp": stamp,
        "webhook-signature": "v1," + base64.b64encode(mac).decode(),
    }


def _data(world: World, event: Event) -> JSONObject:
    match event.kind:
        case "Payment":
            return show_payment(world, world.payments[event.thing_id])
        case "Refund":
            return show_refund(world, world.refunds[event.thing_id])
        case "Dispute":
            return show_dispute(world, world.disputes[event.thing_id])
        case "Subscription":
            subscription = world.subscriptions[event.thing_id]
            extra = {"past_due_ends_at": iso(subscription.past_due_ends_at), "payment_id": event.payment_id}
            return {**show_subscription(world, subscription), **extra}

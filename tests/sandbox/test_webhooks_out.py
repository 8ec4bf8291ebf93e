"""What Mara's endpoint is sent: signed, repeated until acknowledged, with the state at delivery."""

from __future__ import annotations

import json
from typing import Any

from dodopayments import AsyncDodoPayments
from httpx import AsyncClient
from standardwebhooks import Webhook

from widget.sandbox.world import World

SECRET = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="


async def buy(http: AsyncClient, **more: object) -> dict[str, Any]:
    asked = {"customer_id": "cus_nadia", "product_id": "pdt_course", **more}
    return (await http.post("/_sandbox/purchases", json=asked)).json()


async def flush(http: AsyncClient) -> None:
    assert (await http.post("/_sandbox/webhooks/flush")).json()["done"]


def told(inbox: Any) -> list[dict[str, Any]]:
    return [json.loads(body) for _, body in inbox.letters]


async def test_every_message_is_signed_as_standard_webhooks_asks(http: AsyncClient, inbox: Any) -> None:
    await buy(http)
    await flush(http)
    headers, body = inbox.letters[0]
    Webhook(SECRET).verify(body, headers)
    assert headers["webhook-id"].startswith("msg_")


async def test_the_signature_matches_the_known_vector() -> None:
    from datetime import UTC, datetime

    signature = Webhook(SECRET).sign("msg_1", datetime.fromtimestamp(1776330000, UTC), '{"type":"test"}')
    assert signature == "v1,1yB6klhf+nIg5nVNK+rOEQSlU9xUk32pNmwdJU48CNU="


async def test_every_kind_of_event_loads_in_the_sdk(dodo: AsyncDodoPayments, http: AsyncClient, inbox: Any) -> None:
    payment = await buy(http)
    await buy(http, product_id="pdt_basic")
    await buy(http, outcome="failed")
    waiting = await buy(http, outcome="processing")
    await http.post("/_sandbox/settle", json={"payment_id": waiting["payment_id"], "status": "cancelled"})
    await http.post("/_sandbox/refunds", json={"payment_id": payment["payment_id"], "amount": 100})
    await http.post("/_sandbox/refunds", json={"payment_id": payment["payment_id"], "amount": 1, "status": "failed"})
    for status in ("opened", "challenged", "won", "lost", "accepted", "cancelled", "expired"):
        await http.post("/_sandbox/disputes", json={"payment_id": payment["payment_id"], "status": status})
    await flush(http)
    types = set()
    for headers, body in inbox.letters:
        event = dodo.webhooks.unwrap(body.decode(), headers=headers, key=SECRET)
        assert event.type == json.loads(body)["type"]
        assert event.data is not None
        types.add(event.type)
    assert types >= {
        "payment.succeeded", "payment.failed", "payment.processing", "payment.cancelled", "refund.succeeded",
        "refund.failed", "dispute.opened", "dispute.won", "dispute.lost", "subscription.active", "subscription.renewed",
    }  # fmt: skip


async def test_data_is_the_state_at_delivery_and_timestamp_the_time_of_the_event(http: AsyncClient, inbox: Any) -> None:
    await http.post("/_sandbox/webhooks", json={"delay": 300})
    payment = await buy(http, outcome="processing")
    await http.post("/_sandbox/clock", json={"advance_seconds": 100})
    await http.post("/_sandbox/settle", json={"payment_id": payment["payment_id"], "status": "succeeded"})
    await http.post("/_sandbox/clock", json={"advance_seconds": 200})
    await flush(http)
    first = told(inbox)[0]
    assert first["type"] == "payment.processing"
    assert first["data"]["status"] == "succeeded"
    assert first["data"]["payload_type"] == "Payment"
    assert first["timestamp"] < first["data"]["updated_at"]


async def test_a_message_not_acknowledged_comes_again_with_the_same_id(
    http: AsyncClient, inbox: Any, world: World
) -> None:
    inbox.status = 503
    await buy(http)
    await flush(http)
    assert len(inbox.letters) == 2  # the first retry is at once
    for wait in (5, 300, 1800, 7200, 18_000, 36_000, 36_000):
        seen = len(inbox.letters)
        await http.post("/_sandbox/clock", json={"advance_seconds": wait + 1})
        await flush(http)
        assert len(inbox.letters) == seen + 1
    await http.post("/_sandbox/clock", json={"advance_days": 3})
    await flush(http)
    assert len(inbox.letters) == 9
    assert len({headers["webhook-id"] for headers, _ in inbox.letters}) == 1
    assert world.events[0].outcome == "given up"


async def test_copies_are_duplicates_with_one_id(http: AsyncClient, inbox: Any) -> None:
    await http.post("/_sandbox/webhooks", json={"copies": 3})
    await buy(http)
    await flush(http)
    assert len(inbox.letters) == 3
    assert len({headers["webhook-id"] for headers, _ in inbox.letters}) == 1


async def test_dropped_messages_are_listed_and_never_sent(http: AsyncClient, inbox: Any) -> None:
    await http.post("/_sandbox/webhooks", json={"drop": True})
    await buy(http)
    await flush(http)
    assert inbox.letters == []
    deliveries = (await http.get("/_sandbox/webhooks")).json()["deliveries"]
    assert [d["outcome"] for d in deliveries] == ["dropped"]


async def test_shuffled_messages_come_in_another_order(http: AsyncClient, inbox: Any, world: World) -> None:
    await http.post("/_sandbox/webhooks", json={"shuffle": True, "delay": 0.05})
    for _ in range(4):
        await buy(http, product_id="pdt_basic")
    await flush(http)
    came = [headers["webhook-id"] for headers, _ in inbox.letters]
    assert sorted(came) == sorted(event.event_id for event in world.events)
    assert came != [event.event_id for event in world.events]


async def test_a_quiet_purchase_sends_nothing(http: AsyncClient, inbox: Any) -> None:
    await buy(http, webhook=False)
    await flush(http)
    assert inbox.letters == []


async def test_the_secret_is_never_shown(http: AsyncClient) -> None:
    assert SECRET not in (await http.get("/_sandbox/webhooks")).text
    assert SECRET not in (await http.post("/_sandbox/webhooks", json={})).text

"""Receive: 2xx means it is on our disk; everything malformed is 4xx and changes nothing."""

import asyncio
import json
import time
from datetime import UTC, datetime

import pytest
from standardwebhooks import Webhook

from widget.storage import attention, events, known, tallies
from widget.storage.database import rows
from widget.webhooks.verify import genuine

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def letter(body: bytes, *, webhook_id: str = "msg_1") -> dict[str, str]:
    at = datetime.now(UTC).replace(microsecond=0)
    signature = Webhook(SECRET).sign(webhook_id, at, body.decode("utf-8", "surrogateescape"))
    return {"webhook-id": webhook_id, "webhook-timestamp": str(int(at.timestamp())), "webhook-signature": signature}


def event(kind: str = "something.new", **data: object) -> bytes:
    stamp = datetime.now(UTC).isoformat()
    return json.dumps({"business_id": "bus_EncoreSandbox", "type": kind, "timestamp": stamp, "data": data}).encode()


async def applied(webhook_id: str):
    for _ in range(200):
        found = await events.find(webhook_id)
        if found is not None and found.state != "kept":
            return found
        await asyncio.sleep(0.02)  # the worker applies it; bounded by the range
    raise AssertionError("not applied")


@pytest.mark.case("F-72")
async def test_an_unknown_kind_is_kept_and_left_alone(stage):
    body = event()
    answer = await stage.encore.post("/webhooks/dodo", content=body, headers=letter(body))
    assert (answer.status_code, answer.json()) == (200, {"status": "kept"})
    assert (await applied("msg_1")).state == "ignored"


@pytest.mark.case("F-64")
async def test_the_same_id_eight_times_at_once_is_one_event(stage):
    body = event()
    headers = letter(body)
    answers = await asyncio.gather(
        *(stage.encore.post("/webhooks/dodo", content=body, headers=headers) for _ in range(8))
    )
    assert {answer.status_code for answer in answers} == {200}
    assert len(await rows("SELECT id FROM kept_event")) == 1


@pytest.mark.parametrize("damage", ["body", "signature", "time", "id", "none"])
@pytest.mark.case("F-67")
async def test_what_is_not_genuine_is_refused_and_not_kept(stage, damage):
    body = event()
    headers = letter(body)
    if damage == "body":
        body += b" "
    elif damage == "signature":
        headers["webhook-signature"] = "v1," + "A" * 43 + "="
    elif damage == "time":
        headers["webhook-timestamp"] = str(int(time.time()) - 3_600)
    elif damage == "id":
        headers["webhook-id"] = "msg_2"
    else:
        headers = {}
    answer = await stage.encore.post("/webhooks/dodo", content=body, headers=headers)
    assert answer.status_code == 401
    assert await rows("SELECT id FROM kept_event") == []


@pytest.mark.parametrize(
    "body",
    [
        b"not json",
        b"[]",
        b"null",
        b"{}",
        b'{"type": 5}',
        b'{"type":"a\\u0000b","business_id":"b"}',
        b'{"type":"a","business_id":"\\u0000","timestamp":"0001-01-01T00:00:00"}',
        b"[" * 20_000 + b"]" * 20_000,
        b'{"type":"payment.succeeded"}',
    ],
)
async def test_a_genuine_body_that_cannot_be_read_is_kept_and_parked_never_a_500(stage, body):
    answer = await stage.encore.post("/webhooks/dodo", content=body, headers=letter(body))
    assert answer.status_code == 200
    assert (await applied("msg_1")).state in {"parked", "ignored"}


async def test_a_body_over_the_limit_is_413(stage):
    body = event(filler="x" * 600_000)
    answer = await stage.encore.post("/webhooks/dodo", content=body, headers=letter(body))
    assert answer.status_code == 413
    assert await rows("SELECT id FROM kept_event") == []


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
async def test_other_methods_are_405(stage, method):
    assert (await stage.encore.request(method, "/webhooks/dodo")).status_code == 405


async def test_a_payload_that_lies_moves_nothing_because_the_state_is_read(stage):
    card = await stage.open(await stage.purchase("cus_omar"))
    refused = await (await card.press("accept")).settled()
    assert refused.state == "refused"
    (row,) = await rows("SELECT payment_id FROM charge")
    body = event("payment.succeeded", payment_id=row["payment_id"], status="succeeded", total_amount=1900)
    await stage.encore.post("/webhooks/dodo", content=body, headers=letter(body, webhook_id="msg_lie"))
    assert (await applied("msg_lie")).state == "applied"
    assert (await refused.press("status")).state == "refused"


@pytest.mark.case("F-62")
async def test_an_event_about_a_payment_that_is_not_there_is_tried_again_later(stage):
    body = event("payment.succeeded", payment_id="pay_nobody")
    await stage.encore.post("/webhooks/dodo", content=body, headers=letter(body))
    for _ in range(100):
        found = await events.find("msg_1")
        if found is not None and found.tries:
            break
        await asyncio.sleep(0.02)  # the worker tries it; bounded by the range
    assert (found.state, found.error) == ("kept", "payment is not there")


@pytest.mark.case("F-112")
async def test_a_refund_of_an_upsell_is_a_fact_beside_the_charge_which_stays_taken(stage):
    await (await (await stage.open(await stage.purchase())).press("accept")).settled()
    (mine,) = await stage.ours()
    await stage.control("refunds", {"payment_id": mine["payment_id"]})
    for _ in range(100):
        facts = await rows("SELECT kind, status, amount FROM money_fact")
        if facts:
            break
        await asyncio.sleep(0.02)  # the webhook is on its way; bounded by the range
    assert facts == [{"kind": "refund", "status": "succeeded", "amount": 1900}]
    assert (await rows("SELECT fate FROM charge"))[0]["fate"] == "taken"


async def test_news_of_another_business_is_held_and_not_applied_and_a_person_is_told(stage):
    """F-74."""
    await stage.open(await stage.purchase())
    ours = await known.value(known.BUSINESS)
    assert ours
    body = event("payment.succeeded", payment_id="pay_of_rex").replace(b"bus_EncoreSandbox", b"bus_rex")
    answer = await stage.encore.post("/webhooks/dodo", content=body, headers=letter(body))
    assert (answer.status_code, answer.json()) == (202, {"status": "quarantined"})
    assert (await events.find("msg_1")).state == "quarantined"
    assert await rows("SELECT id FROM job WHERE id = 'apply:msg_1'") == []
    assert [(row["name"], row["subject"]) for row in await attention.unresolved()] == [("foreign_event", "bus_rex")]


@pytest.mark.parametrize(
    ("name", "secret", "age_s"), [("refused", "whsec_b3RoZXJvdGhlcm90aGVyb3RoZXI=", 0), ("late", SECRET, 900)]
)
async def test_what_is_refused_is_counted_by_what_is_wrong_with_it(stage, name, secret, age_s):
    body, at = event(), datetime.fromtimestamp(int(time.time()) - age_s, UTC)
    headers = {"webhook-id": "msg_1", "webhook-timestamp": str(int(at.timestamp()))}
    headers["webhook-signature"] = Webhook(secret).sign("msg_1", at, body.decode())
    assert (await stage.encore.post("/webhooks/dodo", content=body, headers=headers)).status_code == 401
    assert [(row["name"], row["times"]) for row in await rows("SELECT name, times FROM tally")] == [
        (f"webhook.{name}", 1)
    ]


async def test_a_flood_of_refused_webhooks_costs_a_statement_a_second(database):
    counted = tallies.Tallies()
    for number in range(5_000):
        await counted.add("webhook.refused", at=1_000_000 + number // 10)
    assert await tallies.of("webhook.refused", since=1_000_000) == 1
    await counted.add("webhook.refused", at=1_002_000)
    assert await tallies.of("webhook.refused", since=1_000_000) == 5_001


def test_a_secret_that_is_not_the_first_is_noticed():
    """F-70."""
    body = event()
    headers = {name: [value] for name, value in letter(body).items()}
    assert not genuine(body, headers, (SECRET, OLD)).by_old_secret
    assert genuine(body, headers, (OLD, SECRET)).by_old_secret


OLD = "whsec_b2xkc2VjcmV0b2xkc2VjcmV0b2xkc2VjcmV0"

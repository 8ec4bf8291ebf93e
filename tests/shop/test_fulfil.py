"""The shop believes what Encore signed, delivers once, and takes back what was refunded."""

import json
import time

import httpx
import pytest
from standardwebhooks import Webhook

from tests.shop.test_orders import CONFIG
from tests.stage import Alive
from widget.outgoing import signed
from widget.shop.config import ShopConfig
from widget.shop.server import create_app

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


@pytest.fixture
async def shop():
    app = create_app(
        ShopConfig(CONFIG.encore_url, CONFIG.signing_key, CONFIG.dodo_url, "sandbox", events_secret=SECRET)
    )
    async with (
        Alive(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=CONFIG.public_url) as client,
    ):
        yield client


async def tell(client: httpx.AsyncClient, event_id: str, kind: str, *, secret: str = SECRET) -> int:
    body = json.dumps({"type": kind, "timestamp": "2026-11-27T09:00:00.000Z", "data": {"payment_id": "pay_1"}})
    headers = signed([Webhook(secret)], event_id, body, int(time.time() * 1000))
    return (await client.post("/encore-events", content=body, headers=headers)).status_code


async def test_what_was_paid_is_delivered_once_and_what_was_refunded_is_taken_back(shop, capsys):
    assert [await tell(shop, "evt_1", "encore.offer.paid") for _ in range(3)] == [200, 200, 200]
    assert capsys.readouterr().out == "encore.offer.paid pay_1\n"
    assert await tell(shop, "evt_2", "encore.offer.refunded") == 200
    assert await tell(shop, "evt_3", "encore.something.new") == 200


async def test_what_somebody_else_signed_delivers_nothing(shop, capsys):
    assert (
        await tell(shop, "evt_1", "encore.offer.paid", secret="whsec_" + "b2xkc2VjcmV0b2xkc2VjcmV0b2xkc2VjcmV0") == 401
    )
    assert capsys.readouterr().out == ""


async def test_a_shop_without_a_secret_believes_nothing():
    app = create_app(CONFIG)
    async with (
        Alive(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=CONFIG.public_url) as client,
    ):
        assert await tell(client, "evt_1", "encore.offer.paid") == 401

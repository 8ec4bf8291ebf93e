"""The merchant's API: bearer keys, clear refusals by name, and nothing for a stranger."""

import json
import re

import pytest

API_KEY = "merchant-api-key-for-tests"
AUTH = {"authorization": f"Bearer {API_KEY}"}


async def test_a_ticket_made_by_the_api_opens_the_offer(stage):
    payment = await stage.purchase()
    made = await stage.encore.post(
        "/api/v1/tickets",
        json={"audience": "encore/offer", "customer_id": "cus_nadia", "payment_id": payment["payment_id"]},
        headers=AUTH,
    )
    assert made.status_code == 201
    assert (await stage.get(made.json()["ticket"])).status == 200


@pytest.mark.parametrize("path", ["/api/v1/tickets", "/api/v1/returns"])
@pytest.mark.parametrize(
    "header",
    [
        {},
        {"authorization": "Bearer wrong"},
        {"authorization": f"Basic {API_KEY}"},
        {"authorization": "Bearer Secret(hidden)"},
    ],
)
async def test_without_a_key_of_ours_nothing_is_said_and_nothing_made(stage, path, header):
    answer = await stage.encore.post(path, json={}, headers=header)
    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == "unauthorized"


@pytest.mark.parametrize(
    ("body", "field"),
    [({}, "audience"), ({"audience": "x", "customer_id": "c"}, "audience"), ({"audience": "encore/offer"}, "customer_id"),
     ({"audience": "encore/offer", "customer_id": "c c", "payment_id": "p"}, "customer_id"),
     ({"audience": "encore/offer", "customer_id": "c"}, "payment_id"), ({"audience": "encore/plans", "customer_id": "c"}, "subscription_id"),
     ({"audience": "encore/offer", "customer_id": "c", "payment_id": "p", "amount": 1}, "amount")],
)  # fmt: skip
async def test_a_wrong_field_is_named(stage, body, field):
    answer = await stage.encore.post("/api/v1/tickets", json=body, headers=AUTH)
    assert answer.status_code == 400
    assert field in json.dumps(answer.json())


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b"\xff", b'"x"'])
async def test_a_body_that_is_no_object_is_a_400(stage, body):
    headers = AUTH | {"content-type": "application/json"}
    answer = await stage.encore.post("/api/v1/tickets", content=body, headers=headers)
    assert answer.status_code == 400


async def test_a_return_url_wakes_only_for_the_checkout_that_carries_its_mark(stage):
    made = (
        await stage.encore.post("/api/v1/returns", json={"next": "http://shop.localhost:8402/done"}, headers=AUTH)
    ).json()
    path = made["return_url"].removeprefix("http://127.0.0.1:8400")
    foreign = await stage.purchase()
    asleep = await stage.encore.get(f"{path}?payment_id={foreign['payment_id']}&status=succeeded")
    assert 'data-state="preparing"' in asleep.text
    assert "Workbook" not in asleep.text
    ours = await stage.purchase("cus_rex", metadata=made["metadata"])
    for _ in range(50):
        awake = await stage.encore.get(f"{path}?payment_id={ours['payment_id']}")
        if 'data-state="open"' in awake.text:
            break
    assert "Workbook" in awake.text
    assert 'href="http://shop.localhost:8402/done"' in awake.text


@pytest.mark.parametrize(
    "onward",
    ["https://evil.example/", "//evil.example", "javascript:alert(1)", "http://shop.localhost:8402@evil.example/", "x"],
)
async def test_nobody_is_sent_on_to_a_strange_place(stage, onward):
    answer = await stage.encore.post("/api/v1/returns", json={"next": onward}, headers=AUTH)
    assert (answer.status_code, answer.json()["error"]["field"]) == (400, "next")
    buy = await stage.encore.get("/buy/pdt_course", params={"next": onward})
    assert buy.status_code == 400
    assert "ENCORE_RETURN_ORIGINS" in buy.text


async def test_a_buy_link_leads_to_the_checkout_and_back_to_the_offer(stage):
    answer = await stage.encore.get("/buy/pdt_course", params={"next": "http://shop.localhost:8402/thanks"})
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("http://127.0.0.1:8401/checkout/session/cks_")
    (made,) = await stage.requests("POST /checkouts")
    ticket = re.search(r"/after/([\w-]+)", made["body"]["return_url"])[1]
    before = await stage.encore.get(f"/after/{ticket}?status=succeeded&payment_id=pay_x")
    assert 'data-state="preparing"' in before.text


@pytest.mark.parametrize("product", ["pdt_nothing", "pdt_archived", "x" * 100, "a b"])
async def test_a_buy_link_for_nothing_is_a_404(stage, product):
    assert (await stage.encore.get(f"/buy/{product}")).status_code == 404


async def test_a_head_request_makes_no_checkout(stage):
    await stage.encore.head("/buy/pdt_course")
    assert await stage.requests("POST /checkouts") == []


async def test_an_unknown_return_ticket_looks_like_any_other_404(stage):
    answer = await stage.encore.get("/after/nobody")
    assert (answer.status_code, answer.text) == (404, (await stage.encore.get("/nothing")).text)


async def test_the_api_is_described(stage):
    described = (await stage.encore.get("/docs/openapi.json")).json()
    assert described["openapi"].startswith("3.")
    assert {"/api/v1/tickets", "/api/v1/returns"} <= set(described["paths"])


async def test_health_and_numbers(stage):
    assert (await stage.encore.get("/health/live")).json() == {"status": "live"}
    assert (await stage.encore.get("/health/ready")).json() == {"status": "ready"}
    assert (await stage.encore.head("/health/ready")).status_code == 200
    await (await (await stage.open(await stage.purchase())).press("accept")).settled()
    numbers = (await stage.encore.get("/metrics")).text
    assert 'encore_charges{fate="taken"} 1.0' in numbers

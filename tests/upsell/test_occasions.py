"""In the app: the merchant's server says that something happened, and the next slot for that customer shows it."""

import asyncio
import time

import pytest

from tests.stage import API_KEY, Card
from widget.core.offers_file import read
from widget.storage import offers
from widget.storage.database import rows
from widget.web import tickets

OFFERS = """
[[offer]]
name = "more-room"
product = "pdt_brushes"
placement = "in_app"
priority = 10
quiet_days = 30
[offer.texts]
headline = "More room"
[offer.rule]
occasions = ["limit_near"]

[[offer]]
name = "any-time"
product = "pdt_workbook"
placement = "sidebar"
[offer.texts]
headline = "The workbook"
"""


@pytest.fixture
async def app(stage):
    await offers.apply(OFFERS, read(OFFERS), by="mara", at=int(time.time() * 1000))
    await stage.purchase()
    return stage


async def tell(stage, *, auth: str = API_KEY, **fields):
    body = {"customer_id": "cus_nadia", "name": "limit_near", "idempotency_key": "k1", "data": {"used": 0.9}} | fields
    return await stage.encore.post("/api/v1/occasions", json=body, headers={"authorization": f"Bearer {auth}"})


async def slot(stage, *, customer: str = "cus_nadia", placement: str = "in_app", ticket: str | None = None) -> Card:
    made = ticket or tickets.mint_offer(
        stage.settings.signing_keys, customer_id=customer, payment_id=None, placement=placement, now=int(time.time())
    )
    card = await stage.get(made)
    return await card.settled(while_in={"preparing"}) if card.status == 200 else card


async def test_the_next_slot_shows_what_the_occasion_brings_and_one_click_buys_it(app):
    told = await tell(app)
    assert told.status_code == 201
    assert set(told.json()) == {"id", "expires_at"}
    card = await slot(app)
    assert (card.state, "More room" in card.text) == ("open", True)
    paid = await (await card.press("accept")).settled()
    assert paid.state == "paid"
    (mine,) = await app.ours()
    assert (mine["product_ids"], mine["amount"], mine["customer_id"]) == (["pdt_brushes"], 2900, "cus_nadia")
    assert (await slot(app)).state == "empty"


async def test_a_page_without_an_occasion_shows_nothing_where_offers_ask_for_one(app):
    assert (await slot(app)).state == "empty"
    assert (await slot(app)).state == "empty"


async def test_a_slot_needs_no_occasion_where_the_offer_asks_for_none(app):
    card = await slot(app, placement="sidebar")
    assert (card.state, "The workbook" in card.text) == ("open", True)
    again = await slot(app, placement="sidebar")
    assert again.state == "open"
    await again.press("decline")
    assert (await slot(app, placement="sidebar")).state == "empty"


async def test_a_moment_comes_before_a_slot_that_was_opened_after_it(app):
    """A page that was on its way when the moment was told of must not hide it."""
    await tell(app)
    await slot(app, placement="sidebar")
    await rows("UPDATE occasion SET placement = 'in_app', asked_at = asked_at + 5000 WHERE name = '' RETURNING id")
    assert "More room" in (await slot(app)).text


async def test_two_pages_opened_at_once_are_one_slot(app):
    cards = await asyncio.gather(*(slot(app, placement="sidebar") for _ in range(5)))
    opened = [card for card in cards if card.state == "open"]
    assert opened
    answers = await asyncio.gather(*(card.press("accept") for card in opened))
    assert {(await answer.settled()).state for answer in answers} == {"paid"}
    assert len(await app.ours()) == 1


async def test_told_twice_is_told_once_and_something_else_under_the_same_key_is_refused(app):
    first, second = await tell(app), await tell(app)
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json() == second.json()
    other = await tell(app, data={"used": 0.5})
    assert (other.status_code, other.json()["error"]["code"]) == (409, "conflict")
    assert other.json()["error"]["field"] == "idempotency_key"
    another = await tell(app, customer_id="cus_rex")
    assert another.status_code == 201


async def test_what_no_longer_holds_is_not_shown(app):
    told = (await tell(app)).json()
    card = await slot(app)
    assert card.state == "open"
    headers = {"authorization": f"Bearer {API_KEY}"}
    for _ in range(2):
        gone = await app.encore.delete(f"/api/v1/occasions/{told['id']}", headers=headers)
        assert gone.status_code == 204
    assert (await slot(app)).state == "empty"
    late = await card.press("accept")
    assert late.state == "closed"
    assert await app.ours() == []
    assert (await app.encore.delete("/api/v1/occasions/occ_nothing", headers=headers)).status_code == 404


async def test_a_purchase_is_no_moment_and_cannot_be_withdrawn(app):
    payment = await app.purchase("cus_rex")
    await app.open(payment)
    (row,) = await rows("SELECT id FROM occasion WHERE payment_id = {}", payment["payment_id"])
    answer = await app.encore.delete(f"/api/v1/occasions/{row['id']}", headers={"authorization": f"Bearer {API_KEY}"})
    assert answer.status_code == 404


async def test_a_no_is_remembered_for_the_quiet_period(app):
    await tell(app)
    await (await slot(app)).press("decline")
    await tell(app, idempotency_key="k2")
    assert (await slot(app)).state == "empty"


async def test_what_is_owned_is_not_offered(app):
    await app.purchase("cus_nadia", "pdt_brushes")
    await tell(app)
    assert (await slot(app)).state == "empty"


async def test_a_customer_without_a_purchase_is_offered_nothing(app):
    assert (await tell(app, customer_id="cus_otto")).status_code == 201
    assert (await slot(app, customer="cus_otto")).state == "empty"


async def test_another_customer_sees_nothing_of_it(app):
    await app.purchase("cus_rex")
    await tell(app)
    assert (await slot(app, customer="cus_rex")).state == "empty"


async def test_the_same_ticket_goes_on_with_what_it_showed(app):
    await tell(app)
    ticket = tickets.mint_offer(
        app.settings.signing_keys, customer_id="cus_nadia", payment_id=None, placement="in_app", now=int(time.time())
    )
    card = await slot(app, ticket=ticket)
    await (await card.press("accept")).settled()
    assert (await slot(app, ticket=ticket)).state == "paid"


async def test_an_occasion_that_ran_out_shows_nothing(app):
    await tell(app)
    await rows("UPDATE occasion SET ends_at = 1 WHERE told_as IS NOT NULL RETURNING id")
    assert (await slot(app)).state == "empty"


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"customer_id": "not an id"}, "customer_id"),
        ({"name": "Limit Near"}, "name"),
        ({"idempotency_key": ""}, "idempotency_key"),
        ({"placement": "post_purchase"}, "placement"),
        ({"expires_in_minutes": 0}, "expires_in_minutes"),
        ({"data": {str(n): n for n in range(21)}}, "data"),
        ({"data": {"long": "x" * 5000}}, "data"),
        ({"data": {"nested": {"no": 1}}}, "data"),
        ({"surprise": 1}, "surprise"),
    ],
)
async def test_bad_input_is_named(app, fields, field):
    answer = await tell(app, **fields)
    assert answer.status_code == 400, answer.text
    error = answer.json()["error"]
    assert error["code"] == "invalid"
    assert field in str(error)


async def test_without_the_key_nothing_is_told_and_nothing_is_said(app):
    answer = await tell(app, auth="wrong")
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "unauthorized")
    assert (await slot(app)).state == "empty"

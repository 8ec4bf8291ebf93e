"""Show: whoever comes first, webhook or shopper; a stranger learns nothing."""

import time

import pytest

from tests.plans import quiet
from widget.web import tickets


async def test_a_prepared_offer_is_shown_without_a_call_to_the_provider(stage):
    payment = await stage.purchase()
    await stage.open(payment)
    await quiet(stage)  # what the offers name is read in the background
    before = len((await stage.sandbox.get("/_sandbox/requests")).json())
    card = await stage.get(stage.ticket(payment))
    assert card.state == "open"
    assert len((await stage.sandbox.get("/_sandbox/requests")).json()) == before


async def test_the_shopper_may_come_before_the_webhook(stage):
    payment = await stage.purchase(webhook=False)
    card = await stage.open(payment)
    assert card.state == "open"


@pytest.mark.case("F-66")
async def test_a_webhook_that_comes_after_the_press_changes_nothing(stage):
    await stage.control("webhooks", {"drop": True})
    payment = await stage.purchase()
    paid = await (await (await stage.open(payment)).press("accept")).settled()
    assert paid.state == "paid"
    assert len(await stage.ours()) == 1


@pytest.mark.case("F-61")
async def test_with_every_webhook_three_times_and_shuffled_there_is_one_charge(stage):
    await stage.control("webhooks", {"copies": 3, "shuffle": True})
    paid = await (await (await stage.open(await stage.purchase())).press("accept")).settled()
    assert paid.state == "paid"
    assert len(await stage.ours()) == 1


async def test_a_payment_still_processing_shows_that_it_is_being_prepared(stage):
    payment = await stage.purchase(outcome="processing")
    card = await stage.get(stage.ticket(payment))
    assert card.state == "preparing"


async def test_a_failed_payment_brings_no_offer(stage):
    payment = await stage.purchase(outcome="failed")
    card = await stage.open(payment)
    assert card.state == "empty"


async def test_who_owns_it_already_is_not_offered_it(stage):
    await stage.purchase(product="pdt_workbook")
    card = await stage.open(await stage.purchase())
    assert "workbook" not in card.text.lower() or card.state == "empty"


async def test_an_upsell_payment_does_not_bring_an_offer_itself(stage):
    await (await (await stage.open(await stage.purchase())).press("accept")).settled()
    (mine,) = await stage.ours()
    payment = {"payment_id": mine["payment_id"], "customer": {"customer_id": "cus_nadia"}}
    assert (await stage.open(payment)).state == "empty"


@pytest.mark.parametrize("about", ["foreign", "unknown", "tampered", "old", "plans", "empty", "garbage", "long"])
@pytest.mark.case("F-104")
async def test_every_wrong_ticket_gets_one_and_the_same_404(stage, about):
    payment = await stage.purchase()
    await stage.open(payment)  # known by now; until then a ticket that may be right is told to wait
    right = stage.ticket(payment)
    now = int(time.time())
    wrong = {
        "foreign": stage.ticket(payment, customer="cus_rex"),
        "unknown": stage.ticket({"payment_id": "pay_nobody", "customer": {"customer_id": "cus_nadia"}}),
        "tampered": right[:-2] + ("AA" if not right.endswith("AA") else "BB"),
        "old": stage.ticket(payment, at=now - 3_600),
        "plans": tickets.mint_plans(
            stage.settings.signing_keys, customer_id="cus_nadia", subscription_id="sub_1", now=now
        ),
        "empty": "x",
        "garbage": "a.b.c",
        "long": right + "A" * 4000,
    }[about]
    answer = (await stage.get(wrong)).answer
    missing = (await stage.encore.get("/there/is/nothing")).text
    assert answer.status_code == 404
    assert answer.text == missing


@pytest.mark.case("F-106")
async def test_a_ticket_opened_in_time_stays_readable(stage):
    payment = await stage.purchase()
    ticket = stage.ticket(payment)
    await stage.get(ticket)
    assert (await stage.get(ticket)).status == 200


async def test_the_ticket_may_be_posted_into_the_frame(stage):
    payment = await stage.purchase()
    await stage.open(payment)
    form = {
        "ticket": stage.ticket(payment),
        "origin": "http://shop.localhost:8402",
        "page": "http://shop.localhost:8402/thanks",
    }
    answer = await stage.encore.post("/embed/offer", data=form)
    assert 'data-parent-origin="http://shop.localhost:8402"' in answer.text


async def test_a_page_that_is_not_allowed_gets_no_messages(stage):
    payment = await stage.purchase()
    await stage.open(payment)
    form = {"ticket": stage.ticket(payment), "origin": "https://evil.example", "page": "https://evil.example/"}
    answer = await stage.encore.post("/embed/offer", data=form)
    assert 'data-parent-origin=""' in answer.text
    assert "evil" not in answer.text


@pytest.mark.parametrize("action", ["accept", "decline", "status", "method", "checkout"])
@pytest.mark.parametrize("key", ["", "x", "a.b.c"])
async def test_a_press_without_a_key_of_ours_changes_nothing(stage, action, key):
    answer = await stage.post(action, {"key": key})
    assert answer.status == 404


async def test_a_press_from_another_site_changes_nothing(stage):
    card = await stage.open(await stage.purchase())
    answer = await stage.encore.post(
        "/upsell/accept",
        data={"key": card.key},
        headers={"origin": "https://evil.example", "sec-fetch-site": "cross-site"},
    )
    assert answer.status_code == 404
    assert await stage.ours() == []

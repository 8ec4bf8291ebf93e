"""When an answer is lost nobody is charged twice: unknown is left by reading, never by sending."""

import asyncio

import pytest

from widget.storage.database import rows

CHECKOUTS = "POST /checkouts"


async def sent(stage) -> int:
    """How many charging calls reached the provider."""
    return len([row for row in await stage.requests(CHECKOUTS) if (row["body"] or {}).get("confirm")])


@pytest.mark.parametrize("fault", ["hang_after", "drop_after", "garbage"])
@pytest.mark.case("F-23", "F-63", "F-76")
async def test_an_answer_lost_after_the_charge_ends_as_paid_by_reading(stage, fault):
    await stage.control("webhooks", {"drop": True})
    card = await stage.open(await stage.purchase())
    await stage.control("faults", {"operation": CHECKOUTS, "fault": fault, "times": 1})
    working = await card.press("accept")
    assert working.state in {"working", "paid"}
    assert (await working.settled()).state == "paid"
    assert len(await stage.ours()) == 1
    assert await sent(stage) == 1


@pytest.mark.case("F-26")
async def test_a_500_after_the_charge_ends_as_paid(stage):
    card = await stage.open(await stage.purchase())
    await stage.control(
        "faults", {"operation": CHECKOUTS, "fault": "status", "status": 500, "executed": True, "times": 1}
    )
    assert (await (await card.press("accept")).settled()).state == "paid"
    assert len(await stage.ours()) == 1
    assert await sent(stage) == 1


@pytest.mark.parametrize("fault", ["hang_before", "drop_before"])
@pytest.mark.case("F-04", "F-15", "F-22")
async def test_while_it_is_unknown_there_is_no_other_way_to_pay_and_no_second_call(stage, fault):
    card = await stage.open(await stage.purchase())
    await stage.control("faults", {"operation": CHECKOUTS, "fault": fault, "times": 1})
    working = await card.press("accept")
    assert working.state == "working"
    assert "You will not be charged twice" in working.text
    assert not any("Pay" in button or "checkout" in button for button in working.buttons)
    for action in ("accept", "checkout", "decline"):
        again = await card.press(action)
        assert again.state == "working"
    assert await sent(stage) == 1
    assert await stage.ours() == []


@pytest.mark.parametrize(("status", "code"), [(429, "TOO_MANY_REQUESTS")])
@pytest.mark.case("F-28")
async def test_a_rate_limit_means_not_charged_and_the_shopper_may_press_again(stage, status, code):
    card = await stage.open(await stage.purchase())
    await stage.control(
        "faults",
        {"operation": CHECKOUTS, "fault": "status", "status": status, "code": code, "message": "slow down", "times": 1},
    )
    again = await card.press("accept")
    assert again.state == "open"
    assert "You were not charged" in again.text
    assert (await (await again.press("accept")).settled()).state == "paid"
    assert len(await stage.ours()) == 1


@pytest.mark.case("F-27")
async def test_a_4xx_from_a_box_in_the_middle_is_not_believed(stage):
    card = await stage.open(await stage.purchase())
    await stage.control(
        "faults", {"operation": CHECKOUTS, "fault": "garbage", "status": 404, "kind": "html", "times": 1}
    )
    assert (await card.press("accept")).state in {"working", "paid"}


@pytest.mark.case("F-57", "F-58", "F-111")
async def test_a_price_that_rose_is_shown_and_nothing_is_charged(stage):
    card = await stage.open(await stage.purchase())
    await rows("UPDATE quote SET amount = 1800, subtotal = 1800 WHERE product_id = 'pdt_workbook' RETURNING id")
    asked = await card.press("accept")
    assert asked.state == "open"
    assert "The price has changed" in asked.text
    assert await stage.ours() == []
    paid = await (await asked.press("accept")).settled()
    assert paid.state == "paid"
    assert (await stage.ours())[0]["amount"] == 1900


@pytest.mark.case("F-80")
async def test_a_price_that_fell_is_taken_gladly(stage):
    card = await stage.open(await stage.purchase())
    await rows("UPDATE quote SET amount = 2500, subtotal = 2500 WHERE product_id = 'pdt_workbook' RETURNING id")
    assert (await (await card.press("accept")).settled()).state == "paid"
    assert (await stage.ours())[0]["amount"] == 1900


async def test_a_quote_past_its_time_is_shown_again_before_anything_is_charged(stage):
    card = await stage.open(await stage.purchase())
    await rows("UPDATE quote SET expires_at = 1 RETURNING id")
    asked = await card.press("accept")
    assert asked.state == "open"
    assert await stage.ours() == []
    assert (await (await asked.press("accept")).settled()).state == "paid"


@pytest.mark.case("F-09")
async def test_an_offer_past_its_time_is_closed_kindly(stage):
    card = await stage.open(await stage.purchase())
    await rows("UPDATE presentation SET closes_at = 1 RETURNING id")
    closed = await card.press("accept")
    assert closed.state == "closed"
    assert "Nothing was charged" in closed.text
    assert await stage.ours() == []


@pytest.mark.case("F-60")
async def test_who_bought_it_elsewhere_meanwhile_is_not_charged(stage):
    card = await stage.open(await stage.purchase())
    await stage.purchase(product="pdt_workbook")
    for _ in range(100):
        if await rows("SELECT id FROM purchase WHERE product_id = 'pdt_workbook'"):
            break
        await asyncio.sleep(0.02)  # the webhook is on its way; bounded by the range
    closed = await card.press("accept")
    assert closed.state == "closed"
    assert "already have this" in closed.text
    assert await stage.ours() == []


@pytest.mark.case("F-56")
async def test_a_product_taken_off_sale_closes_the_card_and_charges_nothing(stage):
    card = await stage.open(await stage.purchase())
    await stage.control(
        "faults",
        {"operation": "POST /checkouts/preview", "fault": "status", "status": 410, "code": "PRODUCT_IS_DELETED",
         "message": "gone", "times": 5},
    )  # fmt: skip
    closed = await card.press("accept")
    assert closed.state == "closed"
    assert await stage.ours() == []


@pytest.mark.case("F-47")
async def test_a_provider_that_cannot_be_asked_charges_nothing_and_the_card_stays_open(stage):
    card = await stage.open(await stage.purchase())
    await stage.control(
        "faults", {"operation": "POST /checkouts/preview", "fault": "status", "status": 503, "times": 10}
    )
    again = await card.press("accept")
    assert again.state == "open"
    assert "You were not charged" in again.text
    assert await stage.ours() == []


@pytest.mark.case("F-33")
async def test_the_bank_asks_and_the_truth_comes_by_itself(stage):
    card = await stage.open(await stage.purchase("cus_uma"))
    action = await (await card.press("accept")).settled(while_in={"working"})
    assert action.state == "action"
    assert "/checkout/" in action.html
    assert (await action.press("accept")).state == "action"
    assert (await action.press("checkout")).state == "action"
    (row,) = await rows("SELECT payment_id FROM charge")
    await stage.control("settle", {"payment_id": row["payment_id"], "status": "succeeded"})
    assert (await action.settled(while_in={"action", "working"})).state == "paid"
    assert len(await stage.ours()) == 1


async def test_a_bank_that_says_no_leads_to_the_hosted_checkout(stage):
    card = await stage.open(await stage.purchase("cus_uma"))
    action = await (await card.press("accept")).settled(while_in={"working"})
    (row,) = await rows("SELECT payment_id FROM charge")
    await stage.control(
        "settle", {"payment_id": row["payment_id"], "status": "failed", "error_code": "AUTHENTICATION_FAILURE"}
    )
    refused = await action.settled(while_in={"action", "working"})
    assert refused.state == "refused"
    assert "bank" in refused.text


async def test_when_the_bank_gives_no_link_the_shopper_is_told_plainly(stage):
    card = await stage.open(await stage.purchase("cus_ulla"))
    action = await (await card.press("accept")).settled(while_in={"working"})
    assert action.state == "action"
    assert "message from your bank" in action.text


@pytest.mark.case("F-53")
async def test_another_saved_method_can_be_picked_and_is_the_one_charged(stage):
    card = await stage.open(await stage.purchase("cus_otto"))
    assert "Mastercard" in card.text
    picked = await card.press("method", method="pm_otto_mastercard")
    assert picked.state == "open"
    await (await picked.press("accept")).settled()
    (call,) = [row for row in await stage.requests(CHECKOUTS) if row["body"].get("confirm")]
    assert call["body"]["payment_method_id"] == "pm_otto_mastercard"


@pytest.mark.case("F-54")
async def test_somebody_elses_method_is_never_charged(stage):
    card = await stage.open(await stage.purchase())
    picked = await card.press("method", method="pm_rex_mastercard")
    await (await picked.press("accept", method="pm_rex_mastercard")).settled()
    (call,) = [row for row in await stage.requests(CHECKOUTS) if row["body"].get("confirm")]
    assert call["body"]["payment_method_id"] == "pm_nadia_visa"


async def test_the_history_of_a_charge_holds_together(stage):
    from widget.storage import history

    await (await (await stage.open(await stage.purchase())).press("accept")).settled()
    (row,) = await rows("SELECT id FROM charge")
    lines = await history.of(row["id"])
    assert [line["event"] for line in lines][:2] == ["intended", "claimed"]
    assert lines[-1]["fate"] == "taken"
    assert history.intact(row["id"], lines)
    assert not history.intact(row["id"], lines[1:])

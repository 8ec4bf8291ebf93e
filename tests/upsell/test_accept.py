"""Accept: one press, one charge, exactly the amount that stood on the button."""

import asyncio

import pytest


async def test_the_button_shows_the_exact_amount_and_the_ledger_shows_the_same(stage):
    payment = await stage.purchase()
    card = await stage.open(payment)
    assert card.state == "open"
    assert any("$19.00" in button for button in card.buttons)
    paid = await (await card.press("accept")).settled()
    assert paid.state == "paid"
    (mine,) = await stage.ours()
    assert (mine["amount"], mine["currency"], mine["product_ids"]) == (1900, "USD", ["pdt_workbook"])
    assert mine["customer_id"] == "cus_nadia"


async def test_tax_of_the_billing_country_is_on_the_button_and_in_the_ledger(stage):
    card = await stage.open(await stage.purchase("cus_otto"))
    assert any("$22.61" in button for button in card.buttons)
    await (await card.press("accept")).settled()
    (mine,) = await stage.ours()
    assert mine["amount"] == 2261


@pytest.mark.case("F-01")
async def test_second_press_does_not_charge_again(stage):
    card = await stage.open(await stage.purchase())
    await (await card.press("accept")).settled()
    again = await (await card.press("accept")).settled()
    assert again.state == "paid"
    assert len(await stage.ours()) == 1


@pytest.mark.case("F-10")
async def test_twenty_presses_at_once_charge_once(stage):
    card = await stage.open(await stage.purchase())
    answers = await asyncio.gather(*(card.press("accept") for _ in range(20)))
    assert {answer.status for answer in answers} == {200}
    assert {(await answer.settled()).state for answer in answers} == {"paid"}
    assert len(await stage.ours()) == 1
    assert len([r for r in await stage.requests("POST /checkouts") if r["body"].get("confirm")]) == 1


async def test_a_press_makes_one_moving_call_and_one_read_before_it(stage):
    card = await stage.open(await stage.purchase())
    before = len(await stage.requests("POST /checkouts/preview"))
    await (await card.press("accept")).settled()
    assert len(await stage.requests("POST /checkouts/preview")) == before + 1
    (sent,) = await stage.requests("POST /checkouts")
    assert sent["body"]["payment_method_id"] == "pm_nadia_visa"
    assert sent["body"]["billing_address"]["country"] == "US"
    assert sent["body"]["metadata"]["encore_charge"].startswith("chg_")


async def test_a_press_works_without_javascript(stage):
    card = await stage.open(await stage.purchase())
    answer = await card.press("accept", htmx=False)
    assert "<html" in answer.html
    assert (await answer.settled()).state == "paid"
    assert len(await stage.ours()) == 1

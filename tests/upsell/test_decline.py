"""Decline: one press, the next offer of the chain or goodbye, remembered."""

import asyncio

import pytest


async def test_a_no_leads_to_the_next_offer_and_that_can_be_accepted(stage):
    card = await stage.open(await stage.purchase())
    following = await card.press("decline")
    assert following.state == "open"
    assert any("$29.00" in button for button in following.buttons)
    paid = await (await following.press("accept")).settled()
    assert paid.state == "paid"
    (mine,) = await stage.ours()
    assert (mine["product_ids"], mine["amount"]) == (["pdt_brushes"], 2900)


async def test_a_no_to_everything_ends_kindly_and_charges_nothing(stage):
    card = await stage.open(await stage.purchase())
    last = await (await card.press("decline")).press("decline")
    assert last.state == "declined"
    assert await stage.ours() == []


async def test_an_old_no_of_a_second_tab_only_shows_what_is_due(stage):
    card = await stage.open(await stage.purchase())
    following = await card.press("decline")
    again = await card.press("decline")
    assert again.state == "open"
    assert again.text == following.text


@pytest.mark.case("F-14")
async def test_an_old_yes_of_a_second_tab_charges_nothing_that_was_not_shown_there(stage):
    card = await stage.open(await stage.purchase())
    await card.press("decline")
    late = await card.press("accept")
    assert late.state == "open"
    assert await stage.ours() == []


async def test_a_declined_offer_is_not_shown_to_the_customer_again_in_the_quiet_period(stage):
    first = await stage.open(await stage.purchase())
    await (await first.press("decline")).press("decline")
    second = await stage.open(await stage.purchase())
    assert second.state == "empty"


@pytest.mark.case("F-13")
async def test_of_a_yes_and_a_no_at_once_exactly_one_happens(stage):
    card = await stage.open(await stage.purchase())
    await asyncio.gather(card.press("accept"), card.press("decline"))
    now = await (await card.press("status")).settled()
    taken = await stage.ours()
    assert (now.state, len(taken)) in {("paid", 1), ("open", 0)}

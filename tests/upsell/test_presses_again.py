"""Presses that come again in other ways: another device, a page loaded anew, an old button, a form sent twice."""

import asyncio
import contextlib

import pytest

from tests.stage import Card

CHECKOUTS = "POST /checkouts"


async def sent(stage) -> int:
    return len([row for row in await stage.requests(CHECKOUTS) if (row["body"] or {}).get("confirm")])


async def left(stage) -> None:
    """Until the call has left; bounded."""
    for _ in range(1_000):
        if await sent(stage):
            return
        await asyncio.sleep(0.01)
    raise AssertionError("nothing was sent")


@pytest.mark.case("F-03")
async def test_a_phone_and_a_laptop_end_on_the_same_outcome(stage):
    """Each opened the offer with a ticket of its own, so neither has the other's key."""
    payment = await stage.purchase()
    phone, laptop = await stage.open(payment), await stage.open(payment)
    assert phone.key != laptop.key
    answers = await asyncio.gather(phone.press("accept"), laptop.press("accept"))
    assert {(await answer.settled()).state for answer in answers} == {"paid"}
    assert (len(await stage.ours()), await sent(stage)) == (1, 1)


@pytest.mark.case("F-05")
async def test_a_reload_during_the_charge_shows_that_it_is_being_looked_at_and_then_the_outcome(stage):
    payment = await stage.purchase()
    card = await stage.open(payment)
    await stage.control("faults", {"operation": CHECKOUTS, "fault": "hang_before", "times": 1})
    pressing = asyncio.create_task(card.press("accept"))
    await left(stage)
    assert (await stage.get(stage.ticket(payment))).state == "working"
    assert (await pressing).state == "working"
    assert (await stage.get(stage.ticket(payment))).state == "working"
    assert await sent(stage) == 1


@pytest.mark.case("F-07")
async def test_the_old_button_of_a_restored_page_shows_the_outcome_of_the_first_press(stage):
    """The browser brought back the page as it was, with its old key; nothing of it was kept to be stored."""
    card = await stage.open(await stage.purchase())
    assert "no-store" in card.answer.headers["cache-control"]
    await (await card.press("accept")).settled()
    assert (await card.press("accept")).state == "paid"
    assert (await card.press("decline")).state == "paid"
    assert (len(await stage.ours()), await sent(stage)) == (1, 1)


@pytest.mark.case("F-08")
async def test_the_same_form_sent_again_without_a_script_charges_once(stage):
    card = await stage.open(await stage.purchase())
    for _ in range(3):
        assert (await (await card.press("accept", htmx=False)).settled()).state == "paid"
    assert (len(await stage.ours()), await sent(stage)) == (1, 1)


@pytest.mark.case("F-12")
async def test_a_shopper_who_leaves_during_the_charge_cancels_nothing(stage):
    payment = await stage.purchase()
    card = await stage.open(payment)
    await stage.control("faults", {"operation": CHECKOUTS, "fault": "slow", "seconds": 0.3, "times": 1})
    pressing = asyncio.create_task(card.press("accept"))
    await left(stage)
    pressing.cancel()  # the tab is closed: the server's handler is cancelled with it
    with contextlib.suppress(asyncio.CancelledError):
        await pressing
    again = await stage.get(stage.ticket(payment))
    assert (await again.settled()).state == "paid"
    assert (len(await stage.ours()), await sent(stage)) == (1, 1)


@pytest.mark.case("F-109")
@pytest.mark.parametrize("field", ["customer_id", "customer", "payment_method_id", "method_id", "charge_id"])
async def test_a_customer_named_in_the_body_changes_nothing(stage, field):
    card = await stage.open(await stage.purchase())
    value = "pm_rex_mastercard" if "method" in field else "cus_rex"
    paid: Card = await (await card.press("accept", **{field: value})).settled()
    assert paid.state == "paid"
    (mine,) = await stage.ours()
    assert (mine["customer_id"], mine["amount"]) == ("cus_nadia", 1900)


async def test_a_press_that_moved_nothing_does_not_say_so_of_another_one_that_did(stage):
    """A press that waits in vain loaded its card before the other one was sent."""
    payment = await stage.purchase()
    waiting, other = await stage.open(payment), await stage.open(payment)
    desk = stage.app.state.desk
    level = desk.level

    class NeverLevel:
        async def reached(self) -> bool:
            desk.level = level
            assert (await (await other.press("accept")).settled()).state == "paid"
            return False

    desk.level = NeverLevel()
    answer = await waiting.press("accept")
    assert answer.state == "paid"
    assert "not charged" not in answer.text
    assert await sent(stage) == 1

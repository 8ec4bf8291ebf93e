"""A subscriber changes plan: sees exactly what it costs first, and pays that once."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from tests.plans import at_dodo, changes, family, open_panel, quiet, subscribe


async def in_a_month_of_thirty_days(stage):
    """On the first of the next such month, so that fifteen days are half of it whenever this runs."""
    days = ((ahead, datetime.now(UTC) + timedelta(days=ahead)) for ahead in range(1, 366))
    ahead = next(ahead for ahead, day in days if day.day == 1 and day.month in {4, 6, 9, 11})
    await stage.control("clock", {"advance_days": ahead})


async def test_an_upgrade_takes_exactly_the_sum_on_the_button(stage):
    await in_a_month_of_thirty_days(stage)
    await family(stage)
    subscription = await subscribe(stage)
    await stage.control("clock", {"advance_days": 15})
    panel = await open_panel(stage, subscription)
    assert panel.state == "choices"
    assert "Basic" in panel.text
    assert "$50.00 more every month" in panel.text
    quote = await panel.choose("pdt_pro")
    assert quote.state == "quote"
    assert quote.button("Pay $25.00 now")
    assert await changes(stage) == []
    done = await (await quote.confirm()).settled()
    assert done.state == "changed"
    (paid,) = await changes(stage)
    assert (paid["amount"], paid["currency"], paid["status"]) == (2500, "USD", "succeeded")
    assert (await at_dodo(stage, subscription))["product_id"] == "pdt_pro"


async def test_opening_asks_once_and_confirming_twice(stage):
    await family(stage)
    subscription = await subscribe(stage)
    await open_panel(stage, subscription)
    await quiet(stage)  # the mirror is full now
    before = len((await stage.sandbox.get("/_sandbox/requests")).json())
    panel = await open_panel(stage, subscription)
    asked = [
        (row["method"], row["path"])
        for row in (await stage.sandbox.get("/_sandbox/requests")).json()[before:]
        if not row["path"].startswith("/customers/")  # their methods and language are read in the background
    ]
    assert asked == [("GET", f"/subscriptions/{subscription}")]
    quote = await panel.choose("pdt_pro")
    before = len((await stage.sandbox.get("/_sandbox/requests")).json())
    await quote.confirm()
    asked = [row for row in (await stage.sandbox.get("/_sandbox/requests")).json()[before:] if row["method"] == "POST"]
    assert [row["path"] for row in asked] == [
        f"/subscriptions/{subscription}/change-plan/preview",
        f"/subscriptions/{subscription}/change-plan",
    ]
    assert {k: v for k, v in asked[1]["body"].items() if k != "metadata"} == asked[0]["body"]
    assert asked[1]["body"]["on_payment_failure"] == "prevent_change"


async def test_twenty_presses_at_once_change_once(stage):
    await family(stage)
    subscription = await subscribe(stage)
    quote = await (await open_panel(stage, subscription)).choose("pdt_pro")
    answers = await asyncio.gather(*(quote.confirm() for _ in range(20)))
    assert {answer.status for answer in answers} == {200}
    assert {(await answer.settled()).state for answer in answers} == {"changed"}
    assert len(await changes(stage)) == 1
    assert len(await stage.requests(f"POST /subscriptions/{subscription}/change-plan")) == 1


async def test_two_quotes_in_two_tabs_are_one_change(stage):
    await family(stage)
    subscription = await subscribe(stage, product="pdt_lite")
    one = await (await open_panel(stage, subscription)).choose("pdt_basic")
    other = await (await open_panel(stage, subscription)).choose("pdt_pro")
    answers = await asyncio.gather(one.confirm(), other.confirm())
    assert {(await answer.settled()).status for answer in answers} == {200}
    assert len(await stage.requests(f"POST /subscriptions/{subscription}/change-plan")) == 1
    assert len(await changes(stage)) == 1


async def test_a_downgrade_waits_for_the_next_bill_and_can_be_undone(stage):
    await family(stage)
    subscription = await subscribe(stage, product="pdt_pro")
    quote = await (await open_panel(stage, subscription)).choose("pdt_basic")
    assert quote.state == "quote"
    assert quote.button("$0.00 due now")
    assert "Shared studio" in quote.text  # what is lost is said before
    done = await (await quote.confirm()).settled()
    assert done.state == "scheduled"
    assert (await at_dodo(stage, subscription))["scheduled_change"]["product_id"] == "pdt_basic"
    panel = await open_panel(stage, subscription)
    assert "You move to Basic on" in panel.text
    undone = await panel.press("undo")
    assert "You stay on Pro" in undone.text
    assert (await at_dodo(stage, subscription))["scheduled_change"] is None
    assert await changes(stage) == []


async def test_a_scheduled_change_happens_when_its_day_comes(stage):
    await family(stage)
    subscription = await subscribe(stage, product="pdt_pro")
    quote = await (await open_panel(stage, subscription)).choose("pdt_basic")
    await (await quote.confirm()).settled()
    await stage.control("clock", {"advance_days": 32})
    panel = await open_panel(stage, subscription)
    assert "Basic" in panel.text
    assert (await at_dodo(stage, subscription))["product_id"] == "pdt_basic"
    answer = await stage.encore.get("/metrics")
    assert 'encore_attention_open{name="taken_twice"} 0.0' in answer.text


@pytest.mark.case("F-86")
async def test_a_scheduled_downgrade_is_replaced_by_an_upgrade_now(stage):
    await family(stage)
    subscription = await subscribe(stage)
    await (await (await (await open_panel(stage, subscription)).choose("pdt_lite")).confirm()).settled()
    quote = await (await open_panel(stage, subscription)).choose("pdt_pro")
    assert "your move to Lite" in quote.text
    assert (await (await quote.confirm()).settled()).state == "changed"
    now = await at_dodo(stage, subscription)
    assert (now["product_id"], now["scheduled_change"]) == ("pdt_pro", None)


async def test_a_downgrade_now_gives_the_credit_that_was_shown(stage):
    await in_a_month_of_thirty_days(stage)
    await family(stage, 'effective_on_downgrade = "immediately"\nproration_on_downgrade = "prorated_immediately"')
    subscription = await subscribe(stage, product="pdt_pro")
    await stage.control("clock", {"advance_days": 15})
    quote = await (await open_panel(stage, subscription)).choose("pdt_lite")
    assert quote.button("$30.00 credit")
    assert "not paid out to the card" in quote.text
    done = await (await quote.confirm()).settled()
    assert done.state == "changed"
    assert await changes(stage) == []
    assert (await at_dodo(stage, subscription))["product_id"] == "pdt_lite"


@pytest.mark.case("F-83")
async def test_a_refused_card_keeps_the_old_plan_and_another_card_makes_it_good(stage):
    await family(stage)
    subscription = await subscribe(stage, "cus_omar")
    await stage.control("clock", {"advance_days": 15})
    quote = await (await open_panel(stage, subscription, "cus_omar")).choose("pdt_pro")
    refused = await (await quote.confirm()).settled()
    assert refused.state == "refused"
    assert "You keep Basic" in refused.text
    assert (await at_dodo(stage, subscription))["product_id"] == "pdt_basic"
    answer = await refused.press("method", new="yes")
    assert answer.status == 303
    assert answer.answer.headers["location"].startswith("http://127.0.0.1:8401/")


async def test_a_saved_card_can_take_the_place_of_another(stage):
    await family(stage)
    subscription = await subscribe(stage, "cus_otto", payment_method_id="pm_otto_mastercard")
    panel = await open_panel(stage, subscription, "cus_otto")
    changed = await panel.press("method", method="pm_otto_visa")
    assert "payment method was changed" in changed.text
    assert (await at_dodo(stage, subscription))["payment_method_id"] == "pm_otto_visa"


async def test_the_bank_asks_and_the_panel_says_so(stage):
    await family(stage)
    subscription = await subscribe(stage, "cus_uma")
    quote = await (await open_panel(stage, subscription, "cus_uma")).choose("pdt_pro")
    asked = await (await quote.confirm()).settled()
    assert asked.state == "action"
    assert "bank" in asked.text
    assert (await at_dodo(stage, subscription))["product_id"] == "pdt_basic"


async def test_an_answer_that_never_comes_is_settled_by_looking(stage):
    await family(stage)
    subscription = await subscribe(stage)
    quote = await (await open_panel(stage, subscription)).choose("pdt_pro")
    await stage.control(
        "faults", {"operation": "POST /subscriptions/{id}/change-plan", "fault": "drop_after", "times": 1}
    )
    done = await (await quote.confirm()).settled()
    assert done.state == "changed"
    assert len(await changes(stage)) == 1


@pytest.mark.case("F-79")
async def test_a_dearer_preview_is_shown_and_nothing_is_taken(stage):
    await family(stage)
    subscription = await subscribe(stage)
    quote = await (await open_panel(stage, subscription)).choose("pdt_pro")
    product = await stage.sandbox.get("/products/pdt_pro", headers={"authorization": "Bearer sandbox"})
    assert product.status_code == 200
    await stage.control("products", {"product_id": "pdt_pro", "price": 9000})
    again = await quote.confirm()
    assert again.state == "quote"
    assert "The price has changed" in again.text
    assert await changes(stage) == []
    assert await stage.requests(f"POST /subscriptions/{subscription}/change-plan") == []
    assert (await (await again.confirm()).settled()).state == "changed"
    (paid,) = await changes(stage)
    assert f"${paid['amount'] / 100:.2f}" in " ".join(again.buttons)


@pytest.mark.case("F-87")
async def test_seats_and_addons_are_carried_over_changed_and_dropped(stage):
    await family(stage, "seats = { min = 1, max = 20 }")
    subscription = await subscribe(stage)
    panel = await open_panel(stage, subscription)
    quote = await panel.choose("pdt_basic", **{"quantity": "3", "addon:adn_seat": "2"})
    assert quote.state == "quote"
    assert (await (await quote.confirm()).settled()).state == "changed"
    now = await at_dodo(stage, subscription)
    assert (now["quantity"], now["addons"]) == (3, [{"addon_id": "adn_seat", "quantity": 2}])
    quote = await (await open_panel(stage, subscription)).choose("pdt_pro", quantity="3")
    assert (await (await quote.confirm()).settled()).state == "changed"
    now = await at_dodo(stage, subscription)
    assert (now["product_id"], now["quantity"], now["addons"]) == (
        "pdt_pro",
        3,
        [{"addon_id": "adn_seat", "quantity": 2}],
    )


async def test_cancelling_and_keeping(stage):
    await family(stage, "cancel = true")
    subscription = await subscribe(stage)
    asked = await (await open_panel(stage, subscription)).press("cancel")
    assert (asked.state, asked.step) == ("choices", "cancel")
    assert "It is too expensive" in asked.text
    gone = await asked.press("cancel", sure="yes", reason="too_expensive", comment="Tight month")
    assert "Your plan ends on" in gone.text
    now = await at_dodo(stage, subscription)
    assert (now["cancel_at_next_billing_date"], now["cancellation_feedback"]) == (True, "too_expensive")
    kept = await gone.press("keep")
    assert "goes on as before" in kept.text
    assert (await at_dodo(stage, subscription))["cancel_at_next_billing_date"] is False


async def test_pausing_and_resuming(stage):
    await family(stage, "pause = true")
    subscription = await subscribe(stage)
    paused = await (await open_panel(stage, subscription)).press("pause")
    assert "Nothing is charged until you resume it" in paused.text
    assert (await at_dodo(stage, subscription))["status"] == "paused"
    assert not paused.button("Change to Pro")
    resumed = await paused.press("resume")
    assert (await at_dodo(stage, subscription))["status"] == "active"
    assert resumed.button("Change to Pro")


async def test_two_quotes_for_one_plan_pressed_one_after_the_other_are_one_change(stage):
    await family(stage, 'proration_on_upgrade = "full_immediately"')
    subscription = await subscribe(stage)
    one = await (await open_panel(stage, subscription)).choose("pdt_pro")
    other = await (await open_panel(stage, subscription)).choose("pdt_pro")
    assert (await (await one.confirm()).settled()).state == "changed"
    late = await other.confirm()
    assert late.state == "choices"
    assert "what you have already" in late.text
    assert len(await changes(stage)) == 1


async def test_a_quote_from_the_plan_before_is_asked_again(stage):
    await family(stage)
    subscription = await subscribe(stage, product="pdt_lite")
    one = await (await open_panel(stage, subscription)).choose("pdt_basic")
    other = await (await open_panel(stage, subscription)).choose("pdt_pro")
    assert (await (await one.confirm()).settled()).state == "changed"
    again = await other.confirm()
    assert again.state == "quote"
    assert "open for a while" in again.text or "price has changed" in again.text
    assert len(await changes(stage)) == 1

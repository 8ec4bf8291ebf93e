"""Whatever state a subscription is in, the panel says it in a sentence, with a way out where there is one."""

import asyncio
import time

import pytest

from tests.plans import at_dodo, changes, family, open_panel, subscribe
from widget.core.offers_file import read
from widget.storage import offers

DODO = {"authorization": "Bearer sandbox"}


async def patched(stage, subscription: str, **fields) -> None:
    answer = await stage.sandbox.patch(f"/subscriptions/{subscription}", json=fields, headers=DODO)
    assert answer.status_code == 200, answer.text


async def test_on_hold_leads_to_the_provider_where_the_dues_are_shown(stage):
    await family(stage)
    subscription = await subscribe(stage, "cus_omar")
    await stage.control("clock", {"advance_days": 32})  # the renewal fails
    assert (await at_dodo(stage, subscription))["status"] == "on_hold"
    panel = await open_panel(stage, subscription, "cus_omar")
    assert "on hold" in panel.text
    assert panel.button("Use another payment method")
    assert not panel.button("Change to Pro")
    refused = await panel.press("method", method="pm_omar_visa")
    assert "could not be changed" in refused.text  # a saved card would pay the dues unseen
    assert await stage.requests(f"POST /subscriptions/{subscription}/update-payment-method") == []
    answer = await panel.press("method", new="yes")
    assert answer.status == 303


async def test_past_due_says_so(stage):
    await stage.control("settings", {"past_due_grace_days": 3})
    await family(stage)
    subscription = await subscribe(stage, "cus_omar")
    await stage.control("clock", {"advance_days": 32})
    panel = await open_panel(stage, subscription, "cus_omar")
    assert "goes on for now" in panel.text
    assert not panel.button("Change to Pro")


async def test_an_ended_plan_is_closed(stage):
    await family(stage)
    subscription = await subscribe(stage)
    before = await open_panel(stage, subscription)
    await patched(stage, subscription, status="cancelled")
    panel = await open_panel(stage, subscription)
    assert panel.state == "closed"
    assert "has ended" in panel.text
    answer = await before.choose("pdt_pro")
    assert answer.state == "closed"
    assert await changes(stage) == []


async def test_a_plan_that_ends_is_kept_first(stage):
    await family(stage)
    subscription = await subscribe(stage)
    await patched(stage, subscription, cancel_at_next_billing_date=True)
    panel = await open_panel(stage, subscription)
    assert "Your plan ends on" in panel.text
    assert panel.button("Keep my plan")
    assert not panel.button("Change to Pro")
    kept = await panel.press("keep")
    assert kept.button("Change to Pro")


@pytest.mark.case("F-81")
async def test_a_change_that_waits_for_its_payment_elsewhere_is_said(stage):
    """Somebody else (Dodo's portal, a colleague) began a change that waits for its payment."""
    await family(stage)
    subscription = await subscribe(stage)
    began = await stage.sandbox.post(
        f"/subscriptions/{subscription}/change-plan", headers=DODO,
        json={"product_id": "pdt_pro", "quantity": 1, "proration_billing_mode": "difference_immediately",
              "on_payment_failure": "prevent_change", "collect_via_payment_link": True},
    )  # fmt: skip
    assert began.status_code == 200, began.text
    answer = await (await open_panel(stage, subscription)).choose("pdt_pro")
    assert answer.state == "choices"
    assert "waiting for its payment" in answer.text
    assert await changes(stage) == []


async def test_a_product_in_no_family_has_no_other_plan(stage):
    subscription = await subscribe(stage)
    await family(stage)
    await stage.control("products", {"product_id": "pdt_lite", "archived": True})
    metered = await subscribe(stage, "cus_rex", "pdt_metered")
    panel = await open_panel(stage, metered, "cus_rex")
    assert panel.state == "choices"
    assert "billed by use" in panel.text or "no other plan" in panel.text
    assert (await open_panel(stage, subscription)).state == "choices"


async def test_the_family_may_be_a_collection_of_the_provider(stage):
    text = '[[plan_family]]\nname = "plans"\ncollection = "pdc_plans"\n'
    await offers.apply(text, read(text), by="mara", at=int(time.time() * 1000))
    subscription = await subscribe(stage)
    panel = await open_panel(stage, subscription)
    assert panel.button("Change to Pro")
    assert panel.button("Change to Lite")
    assert "Yearly" in panel.text
    quote = await panel.choose("pdt_lite")  # the collection says: at the next billing date
    assert quote.button("$0.00 due now")
    assert (await (await quote.confirm()).settled()).state == "scheduled"


async def test_yearly_is_an_upgrade_and_is_billed_now(stage):
    await family(stage)
    subscription = await subscribe(stage, product="pdt_pro")
    panel = await open_panel(stage, subscription)
    assert "$160.00 less every year" in panel.text
    quote = await panel.choose("pdt_pro_year")
    assert quote.button("Pay $")
    assert (await (await quote.confirm()).settled()).state == "changed"
    (paid,) = await changes(stage)
    assert f"${paid['amount'] / 100:.2f}" in quote.text


async def test_a_code_is_shown_in_the_price_and_survives_in_words(stage):
    await family(stage, "codes = true")
    subscription = await subscribe(stage)
    panel = await open_panel(stage, subscription)
    wrong = await panel.press("preview", code="NOSUCH")
    assert "not valid" in wrong.text
    quote = await panel.choose("pdt_pro", code="THANKS10")
    assert quote.state == "quote"
    assert (await (await quote.confirm()).settled()).state == "changed"
    (paid,) = await changes(stage)
    assert f"${paid['amount'] / 100:.2f}" in quote.text
    assert "THANKS10: 10% off" in (await open_panel(stage, subscription)).text


async def test_what_the_provider_says_in_two_ways_is_not_charged_from_here(stage):
    await stage.control("settings", {"preview_settlement_currency": "EUR"})
    await family(stage)
    subscription = await subscribe(stage)
    quote = await (await open_panel(stage, subscription)).choose("pdt_pro")
    assert quote.state == "quote"
    assert "cannot be shown here" in quote.text
    assert not quote.button("Pay")
    await quote.confirm()
    assert await stage.requests(f"POST /subscriptions/{subscription}/change-plan") == []


@pytest.mark.parametrize("kind", ["plan", "discount", "pause"])
async def test_one_better_offer_before_leaving_and_never_twice_in_a_row(stage, kind):
    about = {"plan": 'plan = "pdt_lite"', "discount": 'code = "THANKS10"', "pause": ""}[kind]
    await family(
        stage, "cancel = true",
        f'[[plan_family.downsell]]\nname = "stay"\nbefore = "cancel"\nkind = "{kind}"\nheadline = "Stay a while"\n{about}',
    )  # fmt: skip
    subscription = await subscribe(stage)
    offered = await (await open_panel(stage, subscription)).press("cancel")
    assert (offered.step, "Stay a while" in offered.text) == ("downsell", True)
    assert offered.button("No thanks, go on to cancel")
    asked = await offered.press("cancel", declined="stay")
    assert asked.step == "cancel"
    again = await (await open_panel(stage, subscription)).press("cancel")
    assert again.step == "cancel"


async def test_a_downsell_is_taken(stage):
    await family(
        stage, "cancel = true",
        '[[plan_family.downsell]]\nname = "stay"\nbefore = "cancel"\nkind = "discount"\nheadline = "Stay"\ncode = "THANKS10"',
    )  # fmt: skip
    subscription = await subscribe(stage)
    offered = await (await open_panel(stage, subscription)).press("cancel")
    quote = await offered.press("preview", product="pdt_basic", code="THANKS10")
    assert quote.state == "quote"
    assert quote.button("$0.00 due")
    assert (await (await quote.confirm()).settled()).state == "changed"
    (held,) = (await at_dodo(stage, subscription))["discounts"]
    assert held["code"] == "THANKS10"


async def test_before_a_downgrade_a_better_plan_is_offered_and_declined_in_one_press(stage):
    await family(
        stage, "",
        '[[plan_family.downsell]]\nname = "basic"\nbefore = "downgrade"\nkind = "plan"\nheadline = "Basic?"\nplan = "pdt_basic"',
    )  # fmt: skip
    subscription = await subscribe(stage, product="pdt_pro")
    offered = await (await open_panel(stage, subscription)).choose("pdt_lite")
    assert offered.step == "downsell"
    quote = await offered.choose("pdt_lite", declined="basic")
    assert quote.state == "quote"
    assert (await (await quote.confirm()).settled()).state == "scheduled"


async def test_the_open_panel_changes_by_itself_when_news_arrives(stage):
    await family(stage)
    subscription = await subscribe(stage)
    panel = await open_panel(stage, subscription)
    await panel.settled()
    still = await panel.press("status", polls="1")
    assert still.status == 204  # nothing typed is lost while nothing changed
    await patched(stage, subscription, cancel_at_next_billing_date=True)
    for _ in range(100):
        now = await panel.press("status", polls="2")
        if now.status == 200:
            break
        await asyncio.sleep(0.05)  # the poll of a browser; bounded by the range
    assert "Your plan ends on" in now.text


async def test_a_trial_says_that_a_change_ends_it_and_is_billed_at_once(stage):
    text = """
[[plan_family]]
name = "tryout"
[[plan_family.plan]]
product = "pdt_tryout"
[[plan_family.plan]]
product = "pdt_pro"
"""
    await offers.apply(text, read(text), by="mara", at=int(time.time() * 1000))
    subscription = await subscribe(stage, product="pdt_tryout")
    panel = await open_panel(stage, subscription)
    assert "in your trial" in panel.text
    quote = await panel.choose("pdt_pro")
    assert quote.button("Pay $80.00 now")  # nothing was paid, so nothing is credited
    assert (await (await quote.confirm()).settled()).state == "changed"
    assert [row["amount"] for row in await changes(stage)] == [8000]

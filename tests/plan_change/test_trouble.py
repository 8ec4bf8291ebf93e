"""Payment trouble: the old plan stays, the truth is told, and there is always a way on."""

import time

import pytest

from tests.plans import at_dodo, changes, family, open_panel, subscribe
from widget.storage import attention, charges, consents, history
from widget.storage.database import rows

PRO = "pdt_pro"


async def payments(stage, subscription: str, kind: str = "plan_change") -> list[dict]:
    answer = await stage.sandbox.get(
        "/payments", params={"subscription_id": subscription}, headers={"authorization": "Bearer sandbox"}
    )
    return [row for row in answer.json()["items"] if row["charge_type"] == kind]


async def test_the_bank_said_yes(stage):
    await family(stage)
    subscription = await subscribe(stage, "cus_uma")
    asked = await (await (await open_panel(stage, subscription, "cus_uma")).choose(PRO)).confirm()
    asked = await asked.settled()
    assert asked.state == "action"
    (payment,) = await payments(stage, subscription)
    await stage.control("settle", {"payment_id": payment["payment_id"], "status": "succeeded"})
    done = await asked.settled(while_in={"action", "working"})
    assert done.state == "changed"
    assert (await at_dodo(stage, subscription))["product_id"] == PRO


async def test_the_bank_said_no(stage):
    await family(stage)
    subscription = await subscribe(stage, "cus_uma")
    asked = await (await (await (await open_panel(stage, subscription, "cus_uma")).choose(PRO)).confirm()).settled()
    (payment,) = await payments(stage, subscription)
    await stage.control(
        "settle", {"payment_id": payment["payment_id"], "status": "failed", "error_code": "AUTHENTICATION_FAILURE"}
    )
    refused = await asked.settled(while_in={"action", "working"})
    assert refused.state == "refused"
    assert "bank could not confirm" in refused.text
    assert (await at_dodo(stage, subscription))["product_id"] == "pdt_basic"


@pytest.mark.case("F-36")
async def test_while_the_bank_asks_nothing_else_can_be_confirmed(stage):
    await family(stage)
    subscription = await subscribe(stage, "cus_uma", "pdt_lite")
    other = await (await open_panel(stage, subscription, "cus_uma")).choose("pdt_basic")
    await (await (await (await open_panel(stage, subscription, "cus_uma")).choose(PRO)).confirm()).settled()
    for panel in (
        await other.confirm(),
        await open_panel(stage, subscription, "cus_uma"),
        await other.choose("pdt_basic"),
    ):
        assert panel.state == "action"
    assert len(await stage.requests(f"POST /subscriptions/{subscription}/change-plan")) == 1


async def test_after_a_refusal_another_saved_card_and_the_same_plan(stage):
    await family(stage)
    subscription = await subscribe(stage, "cus_omar")
    refused = await (await (await (await open_panel(stage, subscription, "cus_omar")).choose(PRO)).confirm()).settled()
    assert refused.state == "refused"
    again = await refused.press("choices")
    assert again.button("Change to Pro")
    quote = await again.choose(PRO)
    assert quote.state == "quote"
    assert await changes(stage) == []


async def test_a_refused_change_is_paid_on_a_page_where_the_business_has_that(stage):
    await family(stage, "payment_links = true")
    subscription = await subscribe(stage, "cus_omar")
    refused = await (await (await (await open_panel(stage, subscription, "cus_omar")).choose(PRO)).confirm()).settled()
    assert refused.button("Pay on a page")
    page = await refused.press("link")
    assert page.state == "action"
    assert "http://127.0.0.1:8401/checkout/pay/" in page.html
    (sent,) = [
        row["body"] for row in await stage.requests(f"POST /subscriptions/{subscription}/change-plan")
        if row["body"].get("collect_via_payment_link")
    ]  # fmt: skip
    assert sent["return_url"].startswith("http://127.0.0.1:8400/plan_change/back/")
    payment = next(row for row in await payments(stage, subscription) if row["status"] != "failed")
    await stage.control("settle", {"payment_id": payment["payment_id"], "status": "succeeded"})
    back = await stage.encore.get(sent["return_url"])
    assert 'data-state="changed"' in back.text or "Pro" in back.text
    assert (await at_dodo(stage, subscription))["product_id"] == PRO
    assert len(await changes(stage)) == 1


async def test_a_page_nobody_paid_on_is_given_up_for_another_choice(stage):
    await family(stage, "payment_links = true")
    subscription = await subscribe(stage, "cus_omar")
    refused = await (await (await (await open_panel(stage, subscription, "cus_omar")).choose(PRO)).confirm()).settled()
    page = await refused.press("link")
    plans = await page.press("choices")
    assert plans.state == "choices"
    quote = await plans.choose("pdt_lite")
    done = await (await quote.confirm()).settled()
    assert done.state == "scheduled"
    assert await changes(stage) == []
    first = next(row for row in await payments(stage, subscription) if row["status"] == "cancelled")
    assert first["metadata"]["encore_charge"].startswith("chg_")


@pytest.mark.case("F-84")
async def test_an_unknown_answer_is_never_a_second_change(stage):
    """The request never arrived; nobody can know that at once, so nothing else may be changed either."""
    await family(stage)
    subscription = await subscribe(stage)
    quote = await (await open_panel(stage, subscription)).choose(PRO)
    await stage.control(
        "faults", {"operation": "POST /subscriptions/{id}/change-plan", "fault": "drop_before", "times": 1}
    )
    panel = await quote.confirm()
    assert panel.state == "working"
    again = await quote.confirm()
    assert again.state == "working"
    assert (await open_panel(stage, subscription)).state == "working"
    assert len(await stage.requests(f"POST /subscriptions/{subscription}/change-plan")) <= 1
    (charge,) = await charges.of_subscription(subscription)
    assert charge.fate in {"unknown", "sending"}


async def test_the_provider_is_silent_and_nothing_is_claimed(stage):
    await family(stage)
    subscription = await subscribe(stage)
    panel = await open_panel(stage, subscription)
    await stage.control(
        "faults",
        {"operation": "POST /subscriptions/{id}/change-plan/preview", "fault": "status", "status": 500, "times": 9},
    )
    answer = await panel.choose(PRO)
    assert answer.state == "choices"
    assert "Nothing was changed" in answer.text
    await stage.control(
        "faults", {"operation": "GET /subscriptions/{id}", "fault": "status", "status": 500, "times": 9}
    )
    stranger = await subscribe(stage, "cus_rex")
    silent = await open_panel(stage, stranger, "cus_rex")
    assert silent.state in {"error", "choices"}
    assert await changes(stage) == []


async def test_renewals_with_our_marks_settle_nothing(stage):
    """The provider copies the marks of a change onto later payments; those are bills, not changes."""
    await family(stage)
    subscription = await subscribe(stage, product=PRO)
    await (await (await (await open_panel(stage, subscription)).choose("pdt_lite")).confirm()).settled()
    for _ in range(3):
        await stage.control("clock", {"advance_days": 32})
    (charge,) = await charges.of_subscription(subscription)
    assert (charge.fate, charge.payment_id, charge.paid.amount) == ("taken", None, 0)
    assert [row["name"] for row in await attention.unresolved()] == []


@pytest.mark.case("F-78")
async def test_a_quote_older_than_its_life_is_shown_anew(stage):
    await family(stage)
    subscription = await subscribe(stage)
    quote = await (await open_panel(stage, subscription)).choose(PRO)
    await rows(
        'UPDATE plan_quote SET body = REPLACE(body, \'"expires_at":\', \'"expires_at":0,"was":\') WHERE subscription_id = {} RETURNING id',
        subscription,
    )
    again = await quote.confirm()
    assert again.state == "quote"
    assert "open for a while" in again.text
    assert await stage.requests(f"POST /subscriptions/{subscription}/change-plan") == []
    assert (await (await again.confirm()).settled()).state == "changed"


async def test_the_consent_record_says_what_stood_on_the_button(stage):
    await family(stage)
    subscription = await subscribe(stage)
    await (await (await (await open_panel(stage, subscription)).choose(PRO)).confirm()).settled()
    (charge,) = await charges.of_subscription(subscription)
    (record,) = await consents.of(charge.id)
    assert "[Pay $" in record.consent.text
    assert "Pro" in record.consent.text
    assert history.intact(charge.id, await history.of(charge.id))
    assert time.time() * 1000 - charge.pressed_at < 60_000

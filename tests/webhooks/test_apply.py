"""Apply: the state is read from the provider, whatever order the bells ring in."""

import asyncio

import pytest

from widget.storage import purchases
from widget.storage.database import rows


async def eventually(question, *, times: int = 500):
    for _ in range(times):
        if found := await question():
            return found
        await asyncio.sleep(0.02)  # a webhook is on its way; bounded by the range
    raise AssertionError("it did not happen")


async def test_a_subscription_is_owned_while_it_runs_and_not_after_it_was_cancelled(stage):
    await stage.purchase(product="pdt_basic")
    await eventually(lambda: purchases.owned("cus_nadia", "pdt_basic"))
    (row,) = await rows("SELECT subscription_id FROM purchase WHERE product_id = 'pdt_basic'")
    headers = {"authorization": "Bearer sandbox"}
    await stage.sandbox.patch(f"/subscriptions/{row['subscription_id']}", json={"status": "cancelled"}, headers=headers)

    async def ended():
        return not await purchases.owned("cus_nadia", "pdt_basic")

    assert await eventually(ended)


async def test_a_changed_plan_moves_what_is_owned(stage):
    await stage.purchase(product="pdt_basic")
    await eventually(lambda: purchases.owned("cus_nadia", "pdt_basic"))
    (row,) = await rows("SELECT subscription_id FROM purchase WHERE product_id = 'pdt_basic'")
    wish = {"product_id": "pdt_pro", "quantity": 1, "proration_billing_mode": "prorated_immediately"}
    headers = {"authorization": "Bearer sandbox"}
    await stage.sandbox.post(f"/subscriptions/{row['subscription_id']}/change-plan", json=wish, headers=headers)
    assert await eventually(lambda: purchases.owned("cus_nadia", "pdt_pro"))
    assert not await purchases.owned("cus_nadia", "pdt_basic")


@pytest.mark.case("F-113")
async def test_a_dispute_is_a_fact_and_is_raised_to_a_person(stage):
    await (await (await stage.open(await stage.purchase())).press("accept")).settled()
    (mine,) = await stage.ours()
    await stage.control("disputes", {"payment_id": mine["payment_id"]})
    (fact,) = await eventually(lambda: rows("SELECT kind, status FROM money_fact"))
    assert fact["kind"] == "dispute"
    (raised,) = await eventually(lambda: rows("SELECT name FROM attention"))
    assert raised["name"] == "dispute"


@pytest.mark.case("F-45")
async def test_a_payment_with_our_mark_that_our_books_do_not_know_is_raised(stage):
    await stage.purchase(metadata={"encore_charge": "chg_of_another_encore"})
    (raised,) = await eventually(lambda: rows("SELECT name FROM attention"))
    assert raised["name"] == "orphan_payment"


async def test_a_product_refunded_in_full_may_be_offered_again(stage):
    payment = await stage.purchase(product="pdt_workbook")
    await eventually(lambda: purchases.owned("cus_nadia", "pdt_workbook"))
    await stage.control("refunds", {"payment_id": payment["payment_id"]})

    async def given_back():
        return not await purchases.owned("cus_nadia", "pdt_workbook")

    assert await eventually(given_back)

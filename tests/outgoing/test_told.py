"""What happens to an offer and a plan is told: the right event, with ids and sums and no personal data."""

import asyncio
import json
from typing import Any

import msgspec

from tests.plans import changes, family, open_panel, subscribe
from widget.core.outgoing import shape_of
from widget.storage import outgoing

PERSONAL = ("@", "nadia@", "Nadia", "Omar", "4242", "Street", "94107", "Visa", "eyJ")
PATIENCE = 200


async def told(kind: str, count: int = 1) -> list[dict[str, Any]]:
    """The data of every event of that kind, once there are so many."""
    for _ in range(PATIENCE):
        bodies = [json.loads(event.body) for event in await outgoing.listed(failed=False, limit=99)]
        found = [body["data"] for body in bodies if body["type"] == kind]
        if len(found) >= count:
            for data in found:
                msgspec.convert(data, shape_of(kind), strict=True)
                assert [mark for mark in PERSONAL if mark in json.dumps(data)] == []
            return found[::-1]
        await asyncio.sleep(0.05)  # until the worker has applied the news; bounded
    raise AssertionError([body["type"] for body in bodies])


async def test_a_paid_offer_its_refund_and_its_dispute_are_told_once_each(stage):
    payment = await stage.purchase()
    card = await stage.open(payment)
    await (await card.press("accept")).settled()
    [paid] = await told("encore.offer.paid")
    [ours] = await stage.ours()
    assert paid["payment_id"] == ours["payment_id"]
    assert paid["amount"] == {"amount": ours["amount"], "currency": ours["currency"]}
    assert paid["product_ids"] == ours["product_ids"]
    assert paid["charge_id"] == ours["metadata"]["encore_charge"]
    assert (paid["customer_id"], paid["quantity"], paid["placement"]) == ("cus_nadia", 1, "post_purchase")
    assert paid["purchase_payment_id"] == payment["payment_id"]
    await stage.control("refunds", {"payment_id": ours["payment_id"]})
    [refunded] = await told("encore.offer.refunded")
    assert refunded["charge_id"] == paid["charge_id"]
    assert refunded["refund"]["amount"] == paid["amount"]
    await stage.control("webhooks", {"copies": 2})
    await stage.control("disputes", {"payment_id": ours["payment_id"]})
    [disputed] = await told("encore.offer.disputed")
    assert disputed["dispute"]["status"] == "dispute_opened"
    [attention] = await told("encore.charge.needs_attention")
    assert (attention["name"], attention["charge_id"]) == ("dispute", paid["charge_id"])
    await asyncio.sleep(0.2)  # the second copies of the webhooks are applied too
    assert len(await told("encore.offer.paid")) == len(await told("encore.offer.disputed")) == 1


async def test_a_refusal_is_told_with_its_code_and_a_no_without_a_charge(stage):
    card = await stage.open(await stage.purchase("cus_omar"))
    refused = await (await card.press("accept")).settled()
    assert refused.state == "refused"
    [told_refusal] = await told("encore.offer.refused")
    assert told_refusal["reason"] == "CARD_DECLINED"
    await refused.press("decline")
    [declined] = await told("encore.offer.declined")
    assert (declined["charge_id"], declined["payment_id"]) == (None, None)
    assert declined["presentation_id"] == told_refusal["presentation_id"]
    about = [event.about for event in (await outgoing.listed(failed=False, limit=9))[::-1]]
    assert about == [declined["presentation_id"]] * 2  # in one line, in this order


async def test_a_plan_that_changed_one_that_is_planned_and_its_undoing_are_told_in_order(stage):
    await family(stage)
    subscription = await subscribe(stage)
    panel = await open_panel(stage, subscription)
    panel = await (await (await panel.choose("pdt_pro")).confirm()).settled()
    assert panel.state == "changed"
    [changed] = await told("encore.plan.changed")
    [ours] = await changes(stage)
    assert (changed["payment_id"], changed["amount"]["amount"]) == (ours["payment_id"], ours["amount"])
    assert (changed["subscription_id"], changed["product_id"]) == (subscription, "pdt_pro")
    panel = await (await (await open_panel(stage, subscription)).choose("pdt_basic")).confirm()
    assert (await panel.settled()).state == "scheduled"
    [scheduled] = await told("encore.plan.scheduled")
    assert (scheduled["effective"], scheduled["product_id"]) == ("next_billing_date", "pdt_basic")
    await (await open_panel(stage, subscription)).press("undo")
    assert await told("encore.plan.change_undone") == [{"subscription_id": subscription, "customer_id": "cus_nadia"}]
    kinds = [
        event.kind for event in (await outgoing.listed(failed=False, limit=9))[::-1] if event.about == subscription
    ]
    assert kinds == ["encore.plan.changed", "encore.plan.scheduled", "encore.plan.change_undone"]

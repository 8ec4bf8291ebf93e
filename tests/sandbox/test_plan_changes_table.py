"""Every mode in every situation, through the SDK: what the preview says is what the ledger then says."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest
from dodopayments import AsyncDodoPayments

from widget.sandbox.server import create_app
from widget.sandbox.things import Addon, AddonLine, Discount, Product
from widget.sandbox.world import World

BASE = "http://sandbox.test"
START = datetime(2026, 4, 1, 9, tzinfo=UTC)  # April has 30 days: half of the cycle is 15
MODES = (
    "prorated_immediately",
    "full_immediately",
    "difference_immediately",
    "do_not_bill",
    "prorated_immediately_keep_cycle",
)
SEATS = [{"addon_id": "adn_seat", "quantity": 2}]
SEATS_JP = [{"addon_id": "adn_seat_jp", "quantity": 3}]

# name: (who, plan and seats before, wanted body, seconds into the cycle)
MID, FIRST, LAST = 15 * 86_400, 60, 30 * 86_400 - 1


def to(product_id, quantity=1, **more):
    """The body of a wish."""
    return {"product_id": product_id, "quantity": quantity, **more}


SITUATIONS = {
    "upgrade": ("cus_nadia", ("pdt_basic", 1, ()), to("pdt_pro"), MID),
    "downgrade": ("cus_nadia", ("pdt_pro", 1, ()), to("pdt_lite"), MID),
    "more seats": ("cus_nadia", ("pdt_basic", 2, ()), to("pdt_basic", 5), MID),
    "fewer seats": ("cus_nadia", ("pdt_basic", 5, ()), to("pdt_basic", 2), MID),
    "add-ons kept": ("cus_nadia", ("pdt_basic", 1, SEATS), to("pdt_pro", addons=SEATS), MID),
    "add-ons dropped": ("cus_nadia", ("pdt_basic", 1, SEATS), to("pdt_pro"), MID),
    "add-ons new": ("cus_nadia", ("pdt_basic", 1, ()), to("pdt_basic", addons=SEATS), MID),
    "taxed": ("cus_otto", ("pdt_basic", 1, SEATS), to("pdt_pro", 3), 11 * 86_400 + 4321),
    "taxed downgrade": ("cus_otto", ("pdt_pro", 3, ()), to("pdt_lite"), 7 * 86_400 + 77),
    "tax inclusive": ("cus_otto", ("pdt_vat", 1, ()), to("pdt_vat_pro"), MID + 999),
    "first day": ("cus_nadia", ("pdt_basic", 1, ()), to("pdt_pro"), FIRST),
    "first day down": ("cus_nadia", ("pdt_pro", 1, ()), to("pdt_basic"), FIRST),
    "last second": ("cus_nadia", ("pdt_basic", 1, ()), to("pdt_pro"), LAST),
    "yen": ("cus_nadia", ("pdt_jp", 1, SEATS_JP), to("pdt_jp_pro", addons=SEATS_JP), 12_345),
    "yen down": ("cus_nadia", ("pdt_jp_pro", 2, ()), to("pdt_jp"), 20 * 86_400 + 5),
    "to yearly": ("cus_nadia", ("pdt_pro", 1, ()), to("pdt_pro_year"), MID),
    "new discount": (
        "cus_nadia", ("pdt_basic", 1, ()), to("pdt_pro", discount_codes=["THANKS10"]), MID,
    ),
    "two discounts": (
        "cus_nadia", ("pdt_basic", 1, ()),
        to("pdt_pro", 2, discount_codes=["FIVEOFF", "THANKS10"]), MID,
    ),
    "discount that stays": ("cus_keep", ("pdt_basic", 1, ()), to("pdt_pro"), MID),
}  # fmt: skip
# due now, worked out by hand: (prorated, full, difference)
BY_HAND = {
    "upgrade": (2500, 8000, 5000),
    "downgrade": (-3000, 2000, -6000),
    "more seats": (4500, 15_000, 9000),
    "fewer seats": (-4500, 6000, -9000),
    "add-ons kept": (2500, 10_000, 5000),
    "add-ons dropped": (1500, 8000, 3000),
    "add-ons new": (1000, 5000, 2000),
    "to yearly": (36_000, 80_000, 72_000),
    "new discount": (2100, 7200, 4200),
    "two discounts": (5475, 13_950, 10_950),
    "discount that stays": (2250, 7200, 4500),
}


@pytest.fixture
def world() -> World:
    world = World(base_url=BASE, seed=7, clock=lambda: START)
    world.settings.final_after = 0.0
    recurring = {"price_kind": "recurring_price", "tax_category": "saas"}
    for product in (
        Product("pdt_jp", "Fude", 980, "JPY", addons=("adn_seat_jp",), **recurring),
        Product("pdt_jp_pro", "Fude Pro", 2345, "JPY", addons=("adn_seat_jp",), **recurring),
        Product("pdt_vat", "Atelier", 1999, "EUR", tax_inclusive=True, **recurring),
        Product("pdt_vat_pro", "Atelier Pro", 4999, "EUR", tax_inclusive=True, **recurring),
    ):
        world.products[product.product_id] = product
    world.addons["adn_seat_jp"] = Addon("adn_seat_jp", "Seki", 333, "JPY")
    world.discounts["STAY10"] = Discount("dsc_stay", "STAY10", "percentage", 1000, preserve_on_plan_change=True)
    return world


@pytest.fixture
async def http(world):
    client = httpx.AsyncClient(transport=httpx.ASGITransport(create_app(world)), base_url=BASE)
    async with client:
        yield client


@pytest.fixture
async def dodo(http):
    return AsyncDodoPayments(
        bearer_token="sandbox", base_url=BASE, http_client=http, max_retries=0, _strict_response_validation=True
    )


async def subscribed(http, world, who, before, seconds):
    """A subscription that is `seconds` into its first cycle."""
    plan, quantity, seats = before
    keeps = who == "cus_keep"
    body = {"customer_id": "cus_nadia" if keeps else who, "product_id": plan, "quantity": quantity}
    if keeps:
        body["discount_codes"] = ["STAY10"]
    paid = (await http.post("/_sandbox/purchases", json=body)).raise_for_status().json()
    subscription = world.subscriptions[paid["subscription_id"]]
    if seats:
        subscription.addons = [AddonLine(**seat) for seat in seats]
    world.offset += timedelta(seconds=seconds)
    return subscription.subscription_id


async def moved(http, subscription_id):
    """The ledger's plan-change movements of this subscription, in order."""
    entries = (await http.get("/_sandbox/ledger")).json()
    return [e["amount"] for e in entries if e["subscription_id"] == subscription_id and e["status"] == "succeeded"][1:]


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("situation", SITUATIONS)
async def test_the_preview_is_what_the_ledger_then_says(dodo: AsyncDodoPayments, http, world, situation, mode):
    who, before, body, seconds = SITUATIONS[situation]
    subscription_id = await subscribed(http, world, who, before, seconds)
    wanted = {**body, "proration_billing_mode": mode, "on_payment_failure": "prevent_change"}

    shown = await dodo.subscriptions.preview_change_plan(subscription_id, **wanted)
    await dodo.subscriptions.change_plan(subscription_id, **wanted)

    summary = shown.immediate_charge.summary
    assert await moved(http, subscription_id) == ([summary.total_amount] if summary.total_amount else [])
    assert (summary.settlement_amount, summary.settlement_currency) == (summary.total_amount, summary.currency)
    after = await dodo.subscriptions.retrieve(subscription_id)
    # a code counts as used only once the change has happened
    assert after.model_dump(exclude={"discounts"}) == shown.new_plan.model_dump(exclude={"discounts"})
    assert world.subscriptions[subscription_id].credits == max(summary.customer_credits, 0)
    payments = (await dodo.payments.list(subscription_id=subscription_id)).items
    changes = [p for p in payments if p.charge_type == "plan_change"]
    assert [(p.total_amount, p.currency) for p in changes] == (
        [(summary.total_amount, summary.currency)] if summary.total_amount else []
    )
    if changes and not summary.customer_credits:
        assert (await dodo.payments.retrieve(changes[0].payment_id)).tax == summary.tax


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("situation", SITUATIONS)
async def test_the_lines_of_a_preview_add_up_to_its_summary(dodo: AsyncDodoPayments, http, world, situation, mode):
    who, before, body, seconds = SITUATIONS[situation]
    subscription_id = await subscribed(http, world, who, before, seconds)
    shown = await dodo.subscriptions.preview_change_plan(subscription_id, **body, proration_billing_mode=mode)
    charge = shown.immediate_charge
    summed = sum(
        line.proration_factor * (line.unit_price * line.quantity + (0 if line.tax_inclusive else line.tax or 0))
        for line in charge.line_items
    )
    # a reader who multiplies is off by the rounding of each line and of its unit price at most
    slack = sum(1.5 + line.quantity / 2 for line in charge.line_items)
    assert abs(summed + charge.summary.customer_credits - charge.summary.settlement_amount) <= slack


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("situation", BY_HAND)
async def test_half_way_through_the_cycle_the_sums_are_those_worked_out_by_hand(
    dodo: AsyncDodoPayments, http, world, situation, mode
):
    who, before, body, seconds = SITUATIONS[situation]
    subscription_id = await subscribed(http, world, who, before, seconds)
    shown = await dodo.subscriptions.preview_change_plan(subscription_id, **body, proration_billing_mode=mode)
    prorated, full, difference = BY_HAND[situation]
    expected = {"full_immediately": full, "difference_immediately": difference, "do_not_bill": 0}.get(mode, prorated)
    summary = shown.immediate_charge.summary
    assert (summary.total_amount, summary.customer_credits) == (max(expected, 0), max(-expected, 0))


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("situation", SITUATIONS)
async def test_a_scheduled_change_costs_nothing_now_and_the_full_price_at_the_date(
    dodo: AsyncDodoPayments, http, world, situation, mode
):
    who, before, body, seconds = SITUATIONS[situation]
    subscription_id = await subscribed(http, world, who, before, seconds)
    wanted = {**body, "proration_billing_mode": mode, "effective_at": "next_billing_date"}
    full = await dodo.subscriptions.preview_change_plan(
        subscription_id, **body, proration_billing_mode="full_immediately"
    )

    shown = await dodo.subscriptions.preview_change_plan(subscription_id, **wanted)
    await dodo.subscriptions.change_plan(subscription_id, **wanted, on_payment_failure="prevent_change")

    charge = shown.immediate_charge
    assert (charge.summary.total_amount, charge.summary.customer_credits, charge.line_items) == (0, 0, [])
    waiting = await dodo.subscriptions.retrieve(subscription_id)
    assert (waiting.product_id, waiting.scheduled_change.product_id) == (before[0], body["product_id"])
    assert waiting.scheduled_change.effective_at == waiting.next_billing_date == charge.effective_at
    assert await moved(http, subscription_id) == []

    await http.post("/_sandbox/clock", json={"advance_days": 30})
    changed = await dodo.subscriptions.retrieve(subscription_id)
    assert (changed.product_id, changed.quantity, changed.scheduled_change) == (
        body["product_id"], body["quantity"], None,
    )  # fmt: skip
    assert await moved(http, subscription_id) == [full.immediate_charge.summary.total_amount]
    assert changed.previous_billing_date == waiting.next_billing_date


@pytest.mark.parametrize(
    ("mode", "next_bill"),
    [
        ("prorated_immediately", START + timedelta(days=45)),
        ("full_immediately", START + timedelta(days=45)),
        ("difference_immediately", START + timedelta(days=45)),
        ("do_not_bill", START + timedelta(days=30)),
        ("prorated_immediately_keep_cycle", START + timedelta(days=30)),
    ],
)
async def test_paying_modes_start_a_new_cycle_and_the_others_keep_the_date(dodo, http, world, mode, next_bill):
    subscription_id = await subscribed(http, world, "cus_nadia", ("pdt_basic", 1, ()), MID)
    await dodo.subscriptions.change_plan(subscription_id, product_id="pdt_pro", quantity=1, proration_billing_mode=mode)
    changed = await dodo.subscriptions.retrieve(subscription_id)
    assert changed.next_billing_date == next_bill
    await http.post("/_sandbox/clock", json={"advance_days": 31})
    assert (await moved(http, subscription_id))[-1] == 8000


async def test_a_switch_keeps_the_date_for_paying_modes_too(dodo, http, world):
    await http.post("/_sandbox/settings", json={"paid_change_keeps_cycle": True})
    subscription_id = await subscribed(http, world, "cus_nadia", ("pdt_basic", 1, ()), MID)
    await dodo.subscriptions.change_plan(
        subscription_id, product_id="pdt_pro", quantity=1, proration_billing_mode="prorated_immediately"
    )
    assert (await dodo.subscriptions.retrieve(subscription_id)).next_billing_date == START + timedelta(days=30)


@pytest.mark.parametrize(
    ("mode", "renewals"), [("difference_immediately", [0, 0, 0, 2000]), ("prorated_immediately", [0, 1000, 2000, 2000])]
)
async def test_the_credit_of_a_downgrade_is_spent_on_later_renewals(dodo, http, world, mode, renewals):
    subscription_id = await subscribed(http, world, "cus_nadia", ("pdt_pro", 1, ()), MID)
    await dodo.subscriptions.change_plan(
        subscription_id, product_id="pdt_lite", quantity=1, proration_billing_mode=mode
    )
    await http.post("/_sandbox/clock", json={"advance_days": 125})
    assert await moved(http, subscription_id) == renewals


async def test_credits_at_hand_are_shown_as_spent_and_make_the_charge_smaller(dodo, http, world):
    subscription_id = await subscribed(http, world, "cus_nadia", ("pdt_pro", 1, ()), MID)
    down = {"product_id": "pdt_lite", "quantity": 1, "proration_billing_mode": "prorated_immediately"}
    await dodo.subscriptions.change_plan(subscription_id, **down)
    up = {"product_id": "pdt_pro", "quantity": 1, "proration_billing_mode": "difference_immediately"}
    summary = (await dodo.subscriptions.preview_change_plan(subscription_id, **up)).immediate_charge.summary
    assert (summary.total_amount, summary.customer_credits) == (3000, -3000)
    await dodo.subscriptions.change_plan(subscription_id, **up)
    assert await moved(http, subscription_id) == [3000]
    assert world.subscriptions[subscription_id].credits == 0


async def test_switches_show_the_total_before_credits_or_settle_in_another_currency(dodo, http, world):
    subscription_id = await subscribed(http, world, "cus_nadia", ("pdt_pro", 1, ()), MID)
    world.subscriptions[subscription_id].credits = 1000
    body = {"product_id": "pdt_pro", "quantity": 2, "proration_billing_mode": "difference_immediately"}
    await http.post("/_sandbox/settings", json={"preview_total_before_credits": True})
    summary = (await dodo.subscriptions.preview_change_plan(subscription_id, **body)).immediate_charge.summary
    assert (summary.total_amount, summary.settlement_amount) == (8000, 7000)
    await http.post(
        "/_sandbox/settings", json={"preview_total_before_credits": False, "preview_settlement_currency": "EUR"}
    )
    summary = (await dodo.subscriptions.preview_change_plan(subscription_id, **body)).immediate_charge.summary
    assert (summary.total_amount, summary.currency, summary.settlement_currency) == (7000, "USD", "EUR")

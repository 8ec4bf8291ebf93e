"""Plan changes through the SDK against the pretend Dodo: the price that is shown is the money that is taken."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from msgspec.structs import replace

from widget.core.answer import Refused, Unknown, Waiting
from widget.core.money import Money
from widget.core.payment import Addon
from widget.core.plan_change import Change, ChangeLine, ChangePreview
from widget.core.plan_family import Collection
from widget.core.subscription import AddonLine, Discount, Scheduled, obstacle
from widget.provider.asks import Declined, NotThere
from widget.provider.dodo import Dodo, open_dodo
from widget.provider.moves import Cancelling, Done, Opened
from widget.sandbox.server import create_app
from widget.sandbox.things import AddonLine as SandboxAddon
from widget.sandbox.things import Discount as SandboxDiscount
from widget.sandbox.things import Product as SandboxProduct
from widget.sandbox.world import World

BASE = "http://sandbox.test"
START = datetime(2026, 4, 1, 9, tzinfo=UTC)  # April has 30 days: half of the cycle is 15
MIDDLE = START + timedelta(days=15)
MAY = START + timedelta(days=30)
MARK = {"encore_charge": "chg_1"}
SEATS = (AddonLine("adn_seat", 2),)
UP = Change("", "pdt_pro", 1, (), "difference_immediately")
DOWN = Change("", "pdt_lite", 1, (), "difference_immediately")
LATER = replace(DOWN, mode="full_immediately", when="next_billing_date")
MODES = (
    "prorated_immediately", "full_immediately", "difference_immediately", "do_not_bill", "prorated_immediately_keep_cycle",
)  # fmt: skip


@pytest.fixture
def world() -> World:
    world = World(base_url=BASE, seed=7, clock=lambda: START)
    world.settings.final_after = 0.0
    world.discounts["STAY10"] = SandboxDiscount("dsc_stay", "STAY10", "percentage", 1000, preserve_on_plan_change=True)
    yen = {"price_kind": "recurring_price", "tax_category": "saas"}
    world.products["pdt_jp"] = SandboxProduct("pdt_jp", "Fude", 980, "JPY", **yen)
    world.products["pdt_jp_pro"] = SandboxProduct("pdt_jp_pro", "Fude Pro", 2345, "JPY", **yen)
    return world


@pytest.fixture
def transport(world) -> httpx.ASGITransport:
    return httpx.ASGITransport(create_app(world))


@pytest.fixture
async def dodo(transport) -> AsyncIterator[Dodo]:
    async with open_dodo(api_key="sandbox", environment=None, base_url=BASE, transport=transport) as dodo:
        yield dodo


@pytest.fixture
async def control(transport):
    async with httpx.AsyncClient(transport=transport, base_url=f"{BASE}/_sandbox/") as client:

        async def tell(what: str, **body: object):
            answer = await (client.post(what, json=body) if body else client.get(what))
            assert answer.status_code == 200, answer.text
            return answer.json()

        yield tell


@pytest.fixture
def subscribed(control, world):
    """The id of a subscription in the middle of its first cycle, to Basic unless said otherwise."""

    async def buy(who="cus_nadia", product_id="pdt_basic", quantity=1, seats=0, days=15, **more) -> str:
        paid = await control("purchases", customer_id=who, product_id=product_id, quantity=quantity, **more)
        subscription = world.subscriptions[paid["subscription_id"]]
        subscription.addons = [SandboxAddon("adn_seat", seats)] if seats else []
        world.offset += timedelta(days=days)
        return subscription.subscription_id

    return buy


async def change(dodo: Dodo, wanted: Change, return_url: str | None = None):
    return await dodo.moves.change_plan(wanted, return_url=return_url, metadata=MARK)


async def charged(control, subscription_id: str) -> list[int]:
    """What the ledger says the customer paid for the subscription after its purchase."""
    entries = [entry for entry in await control("ledger") if entry["subscription_id"] == subscription_id]
    return [entry["amount"] for entry in entries if entry["status"] == "succeeded"][1:]


# (from, to, mode) to what is due now and what is credited, as Dodo's table has it
WORKED = {
    ("pdt_basic", "pdt_pro", "prorated_immediately"): (2500, 0),
    ("pdt_basic", "pdt_pro", "difference_immediately"): (5000, 0),
    ("pdt_basic", "pdt_pro", "full_immediately"): (8000, 0),
    ("pdt_basic", "pdt_pro", "do_not_bill"): (0, 0),
    ("pdt_basic", "pdt_pro", "prorated_immediately_keep_cycle"): (2500, 0),
    ("pdt_pro", "pdt_lite", "prorated_immediately"): (0, 3000),
    ("pdt_pro", "pdt_lite", "difference_immediately"): (0, 6000),
    ("pdt_pro", "pdt_lite", "full_immediately"): (2000, 0),
    ("pdt_pro", "pdt_lite", "do_not_bill"): (0, 0),
    ("pdt_pro", "pdt_lite", "prorated_immediately_keep_cycle"): (0, 3000),
    ("pdt_jp", "pdt_jp_pro", "prorated_immediately"): (683, 0),  # 1173 (2345 / 2, rounded half up) - 490
    ("pdt_jp", "pdt_jp_pro", "difference_immediately"): (1365, 0),
}


@pytest.mark.parametrize("case", WORKED, ids="-".join)
async def test_every_mode_is_previewed_as_documented_and_then_charged_to_the_minor_unit(
    dodo, control, subscribed, case
):
    (before, after, mode), (due, credit) = case, WORKED[case]
    wanted = Change(await subscribed(product_id=before), after, 1, (), mode)
    preview = await dodo.asks.change_preview(wanted)
    currency = "JPY" if "jp" in after else "USD"
    assert isinstance(preview, ChangePreview), preview
    assert (preview.due, preview.credits, preview.credits_currency) == (Money(due, currency), credit, currency)
    assert preview.exact
    keeps = mode in {"do_not_bill", "prorated_immediately_keep_cycle"}
    if keeps:
        assert preview.next_bill_at == MAY
    else:
        assert preview.next_bill_at == datetime(2026, 5, 16, 9, tzinfo=UTC)
    assert await change(dodo, wanted) == Waiting()
    assert await charged(control, wanted.subscription_id) == ([due] if due else [])
    found = await dodo.asks.subscription(wanted.subscription_id)
    assert (found.product_id, found.next_bill_at) == (after, preview.next_bill_at)
    assert found.recurring == preview.recurring


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(("before", "after"), [(2, 5), (5, 2)])
async def test_seats_cost_what_the_preview_says(dodo, control, subscribed, mode, before, after):
    wanted = Change(await subscribed("cus_otto", quantity=before), "pdt_basic", after, (), mode)
    preview = await dodo.asks.change_preview(wanted)
    assert await change(dodo, wanted) == Waiting()
    assert await charged(control, wanted.subscription_id) == ([preview.due.amount] if preview.due.amount else [])
    assert (await dodo.asks.subscription(wanted.subscription_id)).quantity == after


async def test_the_preview_names_every_line_with_its_share_and_its_tax(dodo, subscribed):
    sub = await subscribed("cus_otto", seats=2)
    preview = await dodo.asks.change_preview(Change(sub, "pdt_pro", 1, SEATS, "prorated_immediately"))
    assert (preview.due, preview.tax, preview.credits, preview.exact) == (Money(2975, "USD"), 475, 0, True)
    assert (preview.effective_at, preview.tax_inclusive) == (MIDDLE, False)
    assert preview.recurring == Money(8000, "USD")
    assert sorted(preview.lines, key=lambda line: (line.kind, line.factor)) == [
        ChangeLine("addon", "Extra seat", 2, 1000, -0.5, 380, addon_id="adn_seat"),
        ChangeLine("addon", "Extra seat", 2, 1000, 0.5, 380, addon_id="adn_seat"),
        ChangeLine("subscription", "Basic", 1, 3000, -0.5, 570, product_id="pdt_basic"),
        ChangeLine("subscription", "Pro", 1, 8000, 0.5, 1520, product_id="pdt_pro"),
    ]


async def test_the_payment_of_a_change_carries_our_mark(dodo, subscribed):
    sub = await subscribed()
    assert await change(dodo, replace(UP, subscription_id=sub)) == Waiting()
    lines = await dodo.asks.payments_of("cus_nadia", since=START)
    assert [(line.status, line.total) for line in lines if line.metadata == MARK] == [("succeeded", Money(5000, "USD"))]


async def test_add_ons_that_are_not_named_are_removed_and_named_ones_stay(dodo, subscribed):
    kept, dropped = await subscribed(seats=2), await subscribed("cus_rex", seats=2)
    await change(dodo, replace(UP, subscription_id=kept, addons=SEATS))
    await change(dodo, replace(UP, subscription_id=dropped))
    assert (await dodo.asks.subscription(kept)).addons == SEATS
    assert (await dodo.asks.subscription(dropped)).addons == ()


async def test_discounts_that_last_are_shown_and_codes_replace_or_remove_them(dodo, subscribed):
    sub = await subscribed(discount_codes=["STAY10"])
    stays = Discount("dsc_stay", "STAY10", "percentage", 1000, None, survives_change=True)
    assert (await dodo.asks.subscription(sub)).discounts == (stays,)
    wanted = replace(UP, subscription_id=sub)
    prices = {}
    for codes in (None, (), ("THANKS10",)):
        preview = await dodo.asks.change_preview(replace(wanted, codes=codes))
        prices[codes] = (preview.due.amount, [discount.code for discount in preview.discounts])
    assert prices == {None: (4500, ["STAY10"]), (): (5300, []), ("THANKS10",): (4500, ["THANKS10"])}
    expired = await dodo.asks.change_preview(replace(wanted, codes=("EXPIRED",)))
    assert isinstance(expired, Declined)
    assert expired.code


async def test_a_scheduled_change_costs_nothing_now_is_read_is_replaced_and_is_undone(dodo, control, subscribed):
    sub = await subscribed(product_id="pdt_pro", seats=2)
    later = replace(LATER, subscription_id=sub, addons=SEATS)
    preview = await dodo.asks.change_preview(later)
    assert (preview.due.amount, preview.effective_at, preview.lines) == (0, MAY, ())
    assert await change(dodo, later) == Waiting()
    planned = (await dodo.asks.subscription(sub)).scheduled
    assert planned == Scheduled("pdt_lite", "Lite", 1, SEATS, MAY)
    other = replace(later, product_id="pdt_basic")
    assert await dodo.asks.change_preview(other) == Declined("SCHEDULED_PLAN_CHANGE_EXISTS")
    assert await change(dodo, other) == Refused("SCHEDULED_PLAN_CHANGE_EXISTS")
    other = replace(other, replaces_scheduled=True)
    assert isinstance(await dodo.asks.change_preview(other), ChangePreview)
    assert await change(dodo, other) == Waiting()
    assert (await dodo.asks.subscription(sub)).scheduled.product_id == "pdt_basic"
    assert await dodo.moves.drop_scheduled(sub) == Done()
    assert (await dodo.asks.subscription(sub)).scheduled is None
    assert await dodo.moves.drop_scheduled(sub) == Refused("SCHEDULED_PLAN_CHANGE_NOT_FOUND")
    assert isinstance(await dodo.moves.drop_scheduled("sub_nothing"), Refused)
    assert await charged(control, sub) == []


async def test_a_scheduled_change_happens_when_its_day_comes(dodo, control, subscribed):
    sub = await subscribed(product_id="pdt_pro")
    await change(dodo, replace(LATER, subscription_id=sub))
    await control("clock", advance_days=16)
    found = await dodo.asks.subscription(sub)
    assert (found.product_id, found.scheduled, found.billed_at) == ("pdt_lite", None, MAY)
    assert await charged(control, sub) == [2000]


async def test_a_second_change_while_the_bank_is_asked_is_refused_and_costs_nothing(dodo, control, subscribed):
    sub = await subscribed("cus_uma")
    assert await change(dodo, replace(UP, subscription_id=sub)) == Waiting()
    second = replace(DOWN, subscription_id=sub)
    assert await dodo.asks.change_preview(second) == Declined("PENDING_PLAN_CHANGE_EXISTS")
    assert await change(dodo, second) == Refused("PENDING_PLAN_CHANGE_EXISTS")
    (asked,) = [line for line in await dodo.asks.payments_of("cus_uma", since=START) if line.metadata == MARK]
    assert asked.status == "requires_customer_action"
    assert await charged(control, sub) == []


async def stand_in_the_way(world: World, dodo: Dodo, sub: str, how: str) -> None:
    subscription = world.subscriptions[sub]
    if how == "ending":
        assert await dodo.moves.cancel_at_period_end(sub, Cancelling()) == Done()
    elif how == "paused":
        assert await dodo.moves.pause(sub, paused=True) == Done()
    elif how == "on_demand":
        subscription.on_demand = True
    else:
        subscription.status = {"over": "cancelled"}.get(how, how)


@pytest.mark.parametrize(
    ("how", "code"),
    [
        ("paused", "INACTIVE_SUBSCRIPTION_PLAN_CHANGE_NOT_SUPPORTED"),
        ("on_hold", "INACTIVE_SUBSCRIPTION_PLAN_CHANGE_NOT_SUPPORTED"),
        ("past_due", "INACTIVE_SUBSCRIPTION_PLAN_CHANGE_NOT_SUPPORTED"),
        ("over", "INACTIVE_SUBSCRIPTION_PLAN_CHANGE_NOT_SUPPORTED"),
        ("ending", "PLAN_CHANGE_NOT_ALLOWED_FOR_SCHEDULED_CANCELLATION"),
        ("on_demand", "ON_DEMAND_PLAN_CHANGE_NOT_SUPPORTED"),
    ],
)
async def test_what_stands_in_the_way_is_read_and_refused_by_its_code(dodo, control, world, subscribed, how, code):
    sub = await subscribed()
    await stand_in_the_way(world, dodo, sub, how)
    assert obstacle(await dodo.asks.subscription(sub)) == how
    wanted = replace(UP, subscription_id=sub)
    assert await dodo.asks.change_preview(wanted) == Declined(code)
    assert await change(dodo, wanted) == Refused(code)
    assert await charged(control, sub) == []


async def test_a_plan_that_is_billed_by_use_cannot_be_left(dodo, subscribed):
    sub = await subscribed(product_id="pdt_metered")
    assert await dodo.asks.change_preview(replace(UP, subscription_id=sub)) == Declined("UNSUPPORTED_ACTION")
    assert await change(dodo, replace(UP, subscription_id=sub)) == Refused("UNSUPPORTED_ACTION")


@pytest.mark.parametrize(
    "wanted",
    [
        replace(UP, product_id="pdt_metered"),
        replace(UP, product_id="pdt_nothing"),
        replace(UP, product_id="pdt_course"),
        replace(UP, product_id="pdt_archived"),
        replace(UP, product_id="pdt_jp"),
        replace(UP, quantity=0),
        replace(UP, quantity=-1),
        replace(UP, addons=(AddonLine("adn_nothing", 1),)),
        replace(UP, addons=(AddonLine("adn_seat", 0),)),
        replace(UP, addons=(AddonLine("adn_seat", 1), AddonLine("adn_seat", 1))),
        replace(UP, mode="all_of_it"),
    ],
)
async def test_what_nobody_may_ask_for_is_declined_and_refused_alike(dodo, control, subscribed, wanted):
    wanted = replace(wanted, subscription_id=await subscribed())
    declined = await dodo.asks.change_preview(wanted)
    assert isinstance(declined, Declined), declined
    assert await change(dodo, wanted) == Refused(declined.code)
    assert await charged(control, wanted.subscription_id) == []


async def test_the_subscription_nobody_knows_is_not_there(dodo):
    wanted = replace(UP, subscription_id="sub_nothing")
    assert await dodo.asks.change_preview(wanted) == NotThere()
    assert isinstance(await change(dodo, wanted), Refused)
    assert isinstance(await dodo.moves.cancel_at_period_end("sub_nothing", None), Refused)
    assert isinstance(await dodo.moves.pause("sub_nothing", paused=True), Refused)
    assert isinstance(await dodo.moves.use_method("sub_nothing", "pm_nadia_visa"), Refused)
    assert isinstance(await dodo.moves.enter_method("sub_nothing", return_url=BASE), Refused)


async def test_a_change_by_link_waits_for_the_subscriber_on_the_providers_page(dodo, control, subscribed):
    sub = await subscribed("cus_omar")
    wanted = replace(UP, subscription_id=sub, by_link=True)
    assert (await dodo.asks.change_preview(wanted)).due == Money(5000, "USD")
    first = await change(dodo, wanted, return_url=f"{BASE}/after")
    assert isinstance(first, Waiting)
    assert (first.by_customer, first.status) == (True, "requires_payment_method")
    assert first.link.startswith(f"{BASE}/checkout/pay/{first.payment_id}")
    assert (await dodo.asks.payment(first.payment_id)).metadata == MARK
    assert await change(dodo, wanted, return_url=f"{BASE}/after") == Refused("PENDING_PLAN_CHANGE_EXISTS")
    second = await change(dodo, replace(wanted, drops_link=True), return_url=f"{BASE}/after")
    assert isinstance(second, Waiting)
    assert second.payment_id != first.payment_id
    assert (await dodo.asks.payment(first.payment_id)).status == "cancelled"
    assert (await dodo.asks.subscription(sub)).product_id == "pdt_basic"


async def test_a_business_without_payment_links_refuses_them_and_an_address_travels_only_with_a_link(
    dodo, control, subscribed
):
    await control("settings", plan_change_links=False)
    wanted = replace(UP, subscription_id=await subscribed())
    assert isinstance(await change(dodo, replace(wanted, by_link=True), return_url=f"{BASE}/after"), Refused)
    assert await change(dodo, wanted, return_url=f"{BASE}/after") == Waiting()
    assert await charged(control, wanted.subscription_id) == [5000]


@pytest.mark.parametrize("switch", [{"preview_settlement_currency": "EUR"}, {"preview_total_before_credits": True}])
async def test_an_amount_that_is_said_in_two_ways_is_not_exact(dodo, control, world, subscribed, switch):
    sub = await subscribed()
    world.subscriptions[sub].credits = 700
    await control("settings", **switch)
    preview = await dodo.asks.change_preview(replace(UP, subscription_id=sub))
    assert isinstance(preview, ChangePreview)
    assert not preview.exact
    assert preview.credits == -700


async def test_credits_are_spent_on_the_change_before_the_card_is(dodo, control, world, subscribed):
    sub = await subscribed()
    world.subscriptions[sub].credits = 700
    preview = await dodo.asks.change_preview(replace(UP, subscription_id=sub))
    assert (preview.due.amount, preview.credits, preview.exact) == (4300, -700, True)
    await change(dodo, replace(UP, subscription_id=sub))
    assert await charged(control, sub) == [4300]


async def test_a_refused_card_leaves_the_old_plan(dodo, control, subscribed):
    sub = await subscribed("cus_omar")
    assert await change(dodo, replace(UP, subscription_id=sub)) == Waiting()
    (failed,) = [line for line in await dodo.asks.payments_of("cus_omar", since=START) if line.metadata == MARK]
    assert failed.status == "failed"
    assert (await dodo.asks.subscription(sub)).product_id == "pdt_basic"
    assert await charged(control, sub) == []


async def test_another_saved_card_takes_over_and_costs_nothing(dodo, control, subscribed):
    sub = await subscribed("cus_otto", payment_method_id="pm_otto_visa")
    assert (await dodo.asks.subscription(sub)).method_id == "pm_otto_visa"
    assert await dodo.moves.use_method(sub, "pm_otto_mastercard") == Done()
    assert (await dodo.asks.subscription(sub)).method_id == "pm_otto_mastercard"
    assert isinstance(await dodo.moves.use_method(sub, "pm_rex_mastercard"), Refused)
    assert (await dodo.asks.subscription(sub)).method_id == "pm_otto_mastercard"
    assert await charged(control, sub) == []


async def test_a_new_card_is_entered_on_the_providers_page(dodo, subscribed):
    sub = await subscribed("cus_omar")
    opened = await dodo.moves.enter_method(sub, return_url=f"{BASE}/after")
    assert isinstance(opened, Opened)
    assert opened.url.startswith(f"{BASE}/checkout/pay/")
    assert (await dodo.asks.payment(opened.session_id)).is_card_check


async def test_dues_that_a_saved_card_begins_to_pay_are_never_called_done(dodo, world, subscribed):
    sub = await subscribed()
    await change(dodo, replace(UP, subscription_id=sub, on_failure="apply_change"))
    world.subscriptions[sub].status = "on_hold"
    answer = await dodo.moves.use_method(sub, "pm_nadia_visa")
    assert answer == Unknown("dues are being paid")


async def test_a_pause_and_its_end_are_seen_on_the_subscription(dodo, subscribed):
    sub = await subscribed()
    assert await dodo.moves.pause(sub, paused=True) == Done()
    paused = await dodo.asks.subscription(sub)
    assert (paused.status, paused.paused_at) == ("paused", MIDDLE)
    assert isinstance(await dodo.moves.pause(sub, paused=True), Refused)
    assert await dodo.moves.pause(sub, paused=False) == Done()
    active = await dodo.asks.subscription(sub)
    assert (active.status, active.paused_at) == ("active", None)


async def test_leaving_at_the_end_is_said_with_its_reason_and_can_be_taken_back(dodo, world, subscribed):
    sub = await subscribed()
    assert await dodo.moves.cancel_at_period_end(sub, Cancelling("too_expensive", "Tight month")) == Done()
    assert (await dodo.asks.subscription(sub)).ending
    kept = world.subscriptions[sub]
    assert (kept.cancellation_feedback, kept.cancellation_comment) == ("too_expensive", "Tight month")
    assert await dodo.moves.cancel_at_period_end(sub, None) == Done()
    assert not (await dodo.asks.subscription(sub)).ending
    assert isinstance(await dodo.moves.cancel_at_period_end(sub, Cancelling("because")), Refused)
    assert not (await dodo.asks.subscription(sub)).ending


async def test_a_subscription_is_read_with_everything_a_panel_shows(dodo, subscribed):
    sub = await subscribed("cus_otto", quantity=3, seats=2, payment_method_id="pm_otto_visa")
    found = await dodo.asks.subscription(sub)
    assert (found.id, found.customer_id, found.product_id, found.status) == (sub, "cus_otto", "pdt_basic", "active")
    assert (found.quantity, found.addons, found.currency) == (3, SEATS, "USD")
    assert (found.recurring, found.count, found.interval) == (Money(9000, "USD"), 1, "Month")
    assert (found.created_at, found.billed_at, found.next_bill_at) == (START, START, MAY)
    assert (found.has_method, found.method_id, found.ending, found.scheduled) == (True, "pm_otto_visa", False, None)
    assert (found.on_demand, found.metered, found.tax_inclusive, found.discounts) == (False, False, False, ())
    assert obstacle(found) is None


async def test_plans_add_ons_and_collections_are_read(dodo):
    plan, by_use, book = [await dodo.asks.product(f"pdt_{name}") for name in ("pro", "metered", "workbook")]
    assert (plan.addons, plan.metered, by_use.metered, book.addons) == (("adn_seat",), False, True, ())
    assert await dodo.asks.addon("adn_seat") == Addon(
        "adn_seat", "Extra seat", Money(1000, "USD"), "One more person in the studio."
    )
    assert await dodo.asks.collection("pdc_plans") == Collection(
        "pdc_plans",
        "Plans",
        (("Monthly", ("pdt_lite", "pdt_basic", "pdt_pro")), ("Yearly", ("pdt_pro_year",))),
        proration_on_upgrade="prorated_immediately",
        effective_on_upgrade="immediately",
        effective_on_downgrade="next_billing_date",
    )
    assert await dodo.asks.addon("adn_nothing") == NotThere()
    assert await dodo.asks.collection("pdc_nothing") == NotThere()

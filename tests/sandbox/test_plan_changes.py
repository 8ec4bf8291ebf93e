"""Plan changes as events: refused, asked by the bank, pending, scheduled, by link; and what Mara hears of it."""

import json

import dodopayments
import pytest

UP = {"product_id": "pdt_pro", "quantity": 1, "proration_billing_mode": "difference_immediately"}
DOWN = {"product_id": "pdt_lite", "quantity": 1, "proration_billing_mode": "difference_immediately"}
PREVENT, APPLY = {"on_payment_failure": "prevent_change"}, {"on_payment_failure": "apply_change"}
NULLS = {"payment_id": None, "payment_link": None, "client_secret": None, "expires_on": None}


@pytest.fixture
def subscribe(http):
    """A subscription of somebody, to Basic unless said otherwise, without its own news."""

    async def buy(who="cus_nadia", product_id="pdt_basic", **more):
        body = {"customer_id": who, "product_id": product_id, "webhook": False, **more}
        return (await http.post("/_sandbox/purchases", json=body)).raise_for_status().json()["subscription_id"]

    return buy


@pytest.fixture
def news(http, inbox):
    """The types of all webhooks so far, in the order of their sending."""

    async def read():
        await http.post("/_sandbox/webhooks/flush")
        return [json.loads(body)["type"] for _, body in inbox.letters]

    return read


async def last_payment(dodo, subscription_id):
    return await dodo.payments.retrieve((await dodo.payments.list(subscription_id=subscription_id)).items[0].payment_id)


async def refusal(awaitable) -> tuple[int, str]:
    with pytest.raises(dodopayments.APIStatusError) as caught:
        await awaitable
    assert set(caught.value.body) == {"code", "message"}
    return caught.value.status_code, caught.value.body["code"]


async def test_a_paid_upgrade_answers_with_four_nulls_and_is_told_by_two_events(dodo, subscribe, news):
    sub = await subscribe()
    answer = await dodo.subscriptions.change_plan(sub, **UP, **PREVENT, metadata={"encore_charge": "chg_1"})
    assert answer.model_dump() == NULLS
    paid = await last_payment(dodo, sub)
    assert (paid.status, paid.charge_type, paid.total_amount) == ("succeeded", "plan_change", 5000)
    assert paid.metadata == {"encore_charge": "chg_1"}
    assert paid.product_cart is None
    assert [p.proration_factor for p in paid.service_periods] == ["1"]
    assert await news() == ["payment.succeeded", "subscription.plan_changed", "subscription.updated"]


async def test_a_payment_without_metadata_takes_that_of_the_subscription(dodo, subscribe):
    sub = await subscribe(metadata={"from": "the shop"})
    await dodo.subscriptions.change_plan(sub, **UP)
    assert (await last_payment(dodo, sub)).metadata == {"from": "the shop"}


async def test_a_refused_charge_under_prevent_change_leaves_the_old_plan_active(dodo, subscribe, news):
    sub = await subscribe("cus_omar")
    await dodo.subscriptions.change_plan(sub, **UP, **PREVENT)
    failed = await last_payment(dodo, sub)
    assert (failed.status, failed.error_code) == ("failed", "CARD_DECLINED")
    left = await dodo.subscriptions.retrieve(sub)
    assert (left.status, left.product_id) == ("active", "pdt_basic")
    assert await news() == ["payment.failed"]
    await dodo.subscriptions.change_plan(sub, **DOWN)
    assert (await dodo.subscriptions.retrieve(sub)).product_id == "pdt_lite"


@pytest.mark.parametrize("named", [APPLY, {}], ids=["said", "by default"])
async def test_a_refused_charge_under_apply_change_gives_the_plan_and_puts_it_on_hold(dodo, subscribe, news, named):
    sub = await subscribe("cus_omar")
    await dodo.subscriptions.change_plan(sub, **UP, **named)
    left = await dodo.subscriptions.retrieve(sub)
    assert (left.status, left.product_id) == ("on_hold", "pdt_pro")
    assert set(await news()) == {
        "subscription.plan_changed", "subscription.updated", "payment.failed", "subscription.on_hold",
    }  # fmt: skip


async def test_a_failed_payment_gives_the_credits_back(dodo, subscribe, world):
    sub = await subscribe("cus_omar")
    world.subscriptions[sub].credits = 700
    await dodo.subscriptions.change_plan(sub, **UP, **PREVENT)
    assert (await last_payment(dodo, sub)).total_amount == 4300
    assert world.subscriptions[sub].credits == 700


async def test_the_bank_is_asked_and_the_change_waits_for_its_answer(dodo, http, subscribe, news):
    sub = await subscribe("cus_uma")
    await dodo.subscriptions.change_plan(sub, **UP, **PREVENT)
    asked = await last_payment(dodo, sub)
    assert asked.status == "requires_customer_action"
    assert (await dodo.subscriptions.retrieve(sub)).product_id == "pdt_basic"
    assert await refusal(dodo.subscriptions.change_plan(sub, **DOWN)) == (409, "PENDING_PLAN_CHANGE_EXISTS")
    assert await refusal(dodo.subscriptions.preview_change_plan(sub, **DOWN)) == (409, "PENDING_PLAN_CHANGE_EXISTS")
    assert await news() == []
    await http.post(asked.payment_link, data={"answer": "confirm"})
    assert (await dodo.subscriptions.retrieve(sub)).product_id == "pdt_pro"
    await dodo.subscriptions.preview_change_plan(sub, **DOWN)


async def test_an_unanswered_bank_ends_the_pending_change_after_fifteen_minutes(dodo, http, subscribe):
    sub = await subscribe("cus_ulla")
    await dodo.subscriptions.change_plan(sub, **UP, **PREVENT)
    assert (await last_payment(dodo, sub)).payment_link is None
    await http.post("/_sandbox/clock", json={"advance_seconds": 901})
    assert (await last_payment(dodo, sub)).error_code == "AUTHENTICATION_TIMEOUT"
    assert (await dodo.subscriptions.retrieve(sub)).product_id == "pdt_basic"
    await dodo.subscriptions.preview_change_plan(sub, **UP)


async def test_a_second_change_while_the_first_is_processed_is_a_conflict(dodo, http, subscribe, world):
    world.settings.final_after = 60.0
    sub = await subscribe()
    await dodo.subscriptions.change_plan(sub, **UP, **PREVENT)
    assert (await last_payment(dodo, sub)).status == "processing"
    assert await refusal(dodo.subscriptions.change_plan(sub, **UP, **PREVENT)) == (409, "PENDING_PLAN_CHANGE_EXISTS")
    again = {**UP, "cancel_scheduled_change_plan": True, "cancel_older_payment_link": True}
    assert await refusal(dodo.subscriptions.change_plan(sub, **again)) == (409, "PENDING_PLAN_CHANGE_EXISTS")
    await http.post("/_sandbox/clock", json={"advance_seconds": 61})
    assert (await dodo.subscriptions.retrieve(sub)).product_id == "pdt_pro"
    assert len((await dodo.payments.list(subscription_id=sub)).items) == 2


async def test_tims_answer_never_comes_but_his_plan_has_changed(dodo, subscribe, world):
    world.settings.hang_s = 0.3
    sub = await subscribe("cus_tim")
    with pytest.raises(dodopayments.APITimeoutError):
        await dodo.with_options(timeout=0.05).subscriptions.change_plan(sub, **UP, **PREVENT)
    assert (await dodo.subscriptions.retrieve(sub)).product_id == "pdt_pro"


async def test_a_downgrade_charges_nothing_and_makes_no_payment(dodo, subscribe, news):
    sub = await subscribe()
    await dodo.subscriptions.change_plan(sub, **DOWN, **PREVENT)
    assert (await dodo.subscriptions.retrieve(sub)).product_id == "pdt_lite"
    assert len((await dodo.payments.list(subscription_id=sub)).items) == 1
    assert await news() == ["subscription.plan_changed", "subscription.updated"]


async def test_add_ons_left_out_of_a_change_are_removed(dodo, subscribe):
    sub = await subscribe()
    seats = [{"addon_id": "adn_seat", "quantity": 2}]
    await dodo.subscriptions.change_plan(sub, **UP, addons=seats)
    assert [a.model_dump() for a in (await dodo.subscriptions.retrieve(sub)).addons] == seats
    await dodo.subscriptions.change_plan(sub, **DOWN)
    assert (await dodo.subscriptions.retrieve(sub)).addons == []


async def test_an_empty_list_of_codes_removes_the_discounts_and_none_keeps_the_lasting_ones(dodo, subscribe, world):
    world.discounts["THANKS10"].preserve_on_plan_change = True
    sub = await subscribe(discount_codes=["THANKS10", "FIVEOFF"])
    shown = await dodo.subscriptions.preview_change_plan(sub, **UP)
    assert [d.code for d in shown.new_plan.discounts] == ["THANKS10"]
    shown = await dodo.subscriptions.preview_change_plan(sub, **UP, discount_codes=[])
    assert shown.new_plan.discounts is None
    assert await refusal(dodo.subscriptions.preview_change_plan(sub, **UP, discount_codes=["EXPIRED"])) == (
        422, "DISCOUNT_CODE_EXPIRED",
    )  # fmt: skip


# scheduled


LATER = {**DOWN, "effective_at": "next_billing_date"}


async def test_a_scheduled_change_is_shown_can_be_undone_and_is_told_as_updated(dodo, http, subscribe, news):
    sub = await subscribe()
    answer = await dodo.subscriptions.change_plan(sub, **LATER, addons=[{"addon_id": "adn_seat", "quantity": 1}])
    assert answer.model_dump() == NULLS
    waiting = (await dodo.subscriptions.retrieve(sub)).scheduled_change
    assert (waiting.product_name, waiting.addons[0].name) == ("Lite", "Extra seat")
    assert await dodo.subscriptions.cancel_change_plan(sub) is None
    assert (await dodo.subscriptions.retrieve(sub)).scheduled_change is None
    assert await refusal(dodo.subscriptions.cancel_change_plan(sub)) == (404, "SCHEDULED_PLAN_CHANGE_NOT_FOUND")
    assert await refusal(dodo.subscriptions.cancel_change_plan("sub_nobody")) == (422, "NOT_FOUND")
    assert await news() == ["subscription.updated", "subscription.updated"]
    await http.post("/_sandbox/clock", json={"advance_days": 32})
    assert (await dodo.subscriptions.retrieve(sub)).product_id == "pdt_basic"


async def test_a_second_schedule_is_a_conflict_unless_it_replaces_the_first(dodo, subscribe):
    sub = await subscribe()
    await dodo.subscriptions.change_plan(sub, **LATER)
    for body in (LATER, UP):
        assert await refusal(dodo.subscriptions.preview_change_plan(sub, **body)) == (
            409, "SCHEDULED_PLAN_CHANGE_EXISTS",
        )  # fmt: skip
    await dodo.subscriptions.change_plan(sub, **{**LATER, "product_id": "pdt_pro"}, cancel_scheduled_change_plan=True)
    assert (await dodo.subscriptions.retrieve(sub)).scheduled_change.product_id == "pdt_pro"
    await dodo.subscriptions.change_plan(sub, **UP, cancel_scheduled_change_plan=True)
    now = await dodo.subscriptions.retrieve(sub)
    assert (now.product_id, now.scheduled_change) == ("pdt_pro", None)


async def test_a_replacing_change_that_fails_leaves_the_schedule_in_place(dodo, subscribe):
    sub = await subscribe("cus_omar")
    await dodo.subscriptions.change_plan(sub, **LATER)
    await dodo.subscriptions.change_plan(sub, **UP, **PREVENT, cancel_scheduled_change_plan=True)
    left = await dodo.subscriptions.retrieve(sub)
    assert (left.product_id, left.scheduled_change.product_id) == ("pdt_basic", "pdt_lite")


async def test_a_scheduled_change_comes_with_one_payment_and_tells_of_plan_and_renewal(dodo, http, subscribe, news):
    sub = await subscribe()
    await dodo.subscriptions.change_plan(sub, **LATER, metadata={"why": "downsell"})
    await http.post("/_sandbox/clock", json={"advance_days": 31})
    paid = await last_payment(dodo, sub)
    assert (paid.charge_type, paid.total_amount, paid.metadata) == ("plan_change", 2000, {"why": "downsell"})
    assert len((await dodo.payments.list(subscription_id=sub)).items) == 2
    assert (await news())[1:] == [
        "payment.succeeded", "subscription.plan_changed", "subscription.renewed", "subscription.updated",
    ]  # fmt: skip


async def test_a_scheduled_payment_that_fails_drops_the_change_and_the_old_plan_renews(dodo, http, subscribe):
    sub = await subscribe("cus_omar")
    await dodo.subscriptions.change_plan(sub, **LATER, **PREVENT)
    await http.post("/_sandbox/clock", json={"advance_days": 31})
    left = await dodo.subscriptions.retrieve(sub)
    assert (left.product_id, left.scheduled_change, left.status) == ("pdt_basic", None, "on_hold")
    kinds = [p.charge_type for p in (await dodo.payments.list(subscription_id=sub)).items]
    assert kinds == ["renewal", "plan_change", "new"]


async def test_a_scheduled_payment_that_fails_under_apply_change_changes_and_holds(dodo, http, subscribe):
    sub = await subscribe("cus_omar")
    await dodo.subscriptions.change_plan(sub, **LATER, **APPLY)
    await http.post("/_sandbox/clock", json={"advance_days": 31})
    left = await dodo.subscriptions.retrieve(sub)
    assert (left.product_id, left.status) == ("pdt_lite", "on_hold")


# payment links

LINK = {**UP, **PREVENT, "collect_via_payment_link": True, "return_url": "https://encore.test/back?x=1"}
CARD = {"card_number": "4242 4242 4242 4242", "expiry": "06/32", "cvc": "123", "payment_method": "new"}


async def test_a_link_is_paid_on_its_page_and_only_then_the_plan_changes(dodo, http, subscribe):
    sub = await subscribe("cus_omar")
    link = await dodo.subscriptions.change_plan(sub, **LINK)
    assert None not in link.model_dump().values()
    assert (await dodo.subscriptions.retrieve(sub)).product_id == "pdt_basic"
    assert await refusal(dodo.subscriptions.change_plan(sub, **UP)) == (409, "PENDING_PLAN_CHANGE_EXISTS")
    assert "Pay $50.00" in (await http.get(link.payment_link)).text
    left = await http.post(link.payment_link, data=CARD)
    assert left.headers["location"] == (
        f"https://encore.test/back?x=1&subscription_id={sub}&payment_id={link.payment_id}"
        "&status=succeeded&email=omar%40example.com"
    )
    assert (await dodo.subscriptions.retrieve(sub)).product_id == "pdt_pro"
    assert "This is done" in (await http.get(link.payment_link)).text
    await http.post(link.payment_link, data=CARD)
    assert len((await dodo.payments.list(subscription_id=sub)).items) == 2


async def test_a_declined_link_fails_and_a_new_one_can_be_asked_for(dodo, http, subscribe):
    sub = await subscribe()
    link = await dodo.subscriptions.change_plan(sub, **LINK)
    left = await http.post(link.payment_link, data={**CARD, "card_number": "4000000000000002"})
    assert "status=failed" in left.headers["location"]
    assert (await dodo.subscriptions.retrieve(sub)).product_id == "pdt_basic"
    assert (await dodo.subscriptions.change_plan(sub, **LINK)).payment_id != link.payment_id


async def test_a_link_asks_the_bank_when_the_card_says_so(dodo, http, subscribe):
    sub = await subscribe()
    link = await dodo.subscriptions.change_plan(sub, **LINK)
    asked = await http.post(link.payment_link, data={**CARD, "card_number": "4000000000003220"})
    back = await http.post(asked.headers["location"], data={"answer": "confirm"})
    assert f"payment_id={link.payment_id}&status=succeeded" in back.headers["location"]
    assert (await dodo.subscriptions.retrieve(sub)).product_id == "pdt_pro"


async def test_an_older_open_link_can_be_replaced_and_is_then_dead(dodo, http, subscribe):
    sub = await subscribe()
    older = await dodo.subscriptions.change_plan(sub, **LINK)
    newer = await dodo.subscriptions.change_plan(sub, **LINK, cancel_older_payment_link=True)
    assert (await dodo.payments.retrieve(older.payment_id)).status == "cancelled"
    await http.post(older.payment_link, data=CARD)
    assert (await dodo.subscriptions.retrieve(sub)).product_id == "pdt_basic"
    await http.post(newer.payment_link, data=CARD)
    assert (await dodo.subscriptions.retrieve(sub)).product_id == "pdt_pro"


async def test_a_link_nobody_pays_is_dropped_after_a_day(dodo, http, subscribe):
    sub = await subscribe()
    link = await dodo.subscriptions.change_plan(sub, **LINK)
    await http.post("/_sandbox/clock", json={"advance_days": 1, "advance_seconds": 5})
    assert (await dodo.payments.retrieve(link.payment_id)).status == "cancelled"
    await dodo.subscriptions.preview_change_plan(sub, **UP)


async def test_mistakes_on_the_link_page_are_named_and_charge_nothing(dodo, http, subscribe):
    sub = await subscribe()
    link = await dodo.subscriptions.change_plan(sub, **LINK)
    wrong = await http.post(link.payment_link, data={**CARD, "cvc": "", "card_number": "12"})
    assert wrong.status_code == 422
    assert "This is not a card number" in wrong.text
    assert (await dodo.payments.retrieve(link.payment_id)).status == "requires_payment_method"
    foreign = await http.post(link.payment_link, data={"payment_method": "pm_rex_mastercard"})
    assert foreign.status_code == 422
    assert (await http.get("/checkout/pay/pay_nobody")).status_code == 404


async def test_a_change_that_costs_nothing_issues_no_link(dodo, subscribe):
    sub = await subscribe()
    answer = await dodo.subscriptions.change_plan(sub, **{**LINK, "product_id": "pdt_lite"})
    assert answer.model_dump() == NULLS
    assert (await dodo.subscriptions.retrieve(sub)).product_id == "pdt_lite"


# refusals

SEAT = {"addon_id": "adn_seat", "quantity": 1}
REFUSED = {
    "unknown product": ({"product_id": "pdt_nothing"}, 422, "INVALID_REQUEST_PARAMETERS"),
    "archived product": ({"product_id": "pdt_archived"}, 410, "PRODUCT_IS_DELETED"),
    "one-time product": ({"product_id": "pdt_course"}, 422, "INVALID_REQUEST_PARAMETERS"),
    "usage-based product": ({"product_id": "pdt_metered"}, 422, "UNSUPPORTED_ACTION"),
    "no quantity at all": ({"quantity": 0}, 422, "INVALID_QUANTITY"),
    "foreign add-on": ({"addons": [{"addon_id": "adn_x", "quantity": 1}]}, 422, "MISSING_ADDON_IDS"),
    "add-on twice": ({"addons": [SEAT, SEAT]}, 422, "DUPLICATE_ADDON_IDS_IN_REQUEST"),
    "add-on of nothing": ({"addons": [{**SEAT, "quantity": 0}]}, 422, "INVALID_QUANTITY"),
    "unknown code": ({"discount_codes": ["NOPE"]}, 422, "INVALID_DISCOUNT_CODE"),
    "both kinds of codes": ({"discount_codes": [], "discount_code": "FIVEOFF"}, 422, "INVALID_REQUEST_BODY"),
    "return without link": ({"return_url": "https://a.test/"}, 422, "INVALID_REQUEST_PARAMETERS"),
    "return to nowhere": (
        {**PREVENT, "collect_via_payment_link": True, "return_url": "a"},
        422,
        "INVALID_REQUEST_BODY",
    ),
    "link with apply": ({"collect_via_payment_link": True}, 422, "INVALID_REQUEST_PARAMETERS"),
    "unknown mode": ({"proration_billing_mode": "guess"}, 422, "INVALID_REQUEST_BODY"),
    "unknown moment": ({"effective_at": "yesterday"}, 422, "INVALID_REQUEST_BODY"),
    "unknown failure": ({"on_payment_failure": "shrug"}, 422, "INVALID_REQUEST_BODY"),
    "text for a number": ({"quantity": "1"}, 422, "INVALID_REQUEST_BODY"),
    "half a seat": ({"quantity": 1.5}, 422, "INVALID_REQUEST_BODY"),
    "less than nothing": ({"quantity": -1}, 422, "INVALID_REQUEST_BODY"),
    "too many": ({"quantity": 2**31}, 422, "INVALID_REQUEST_BODY"),
    "too many codes": ({"discount_codes": ["A"] * 21}, 422, "INVALID_REQUEST_BODY"),
    "bad metadata": ({"metadata": {"a b": "c"}}, 422, "INVALID_REQUEST_BODY"),
}


@pytest.mark.parametrize("call", ["preview_change_plan", "change_plan"])
@pytest.mark.parametrize("name", REFUSED)
async def test_a_wrong_wish_is_refused_by_name_and_changes_nothing(dodo, subscribe, news, name, call):
    sub = await subscribe()
    change, status, code = REFUSED[name]
    before = await dodo.subscriptions.retrieve(sub)
    assert await refusal(getattr(dodo.subscriptions, call)(sub, **{**UP, **change})) == (status, code)
    assert await dodo.subscriptions.retrieve(sub) == before
    assert await news() == []


@pytest.mark.parametrize("missing", ["product_id", "quantity", "proration_billing_mode"])
async def test_a_missing_field_is_named(http, subscribe, missing):
    sub = await subscribe()
    body = {name: value for name, value in UP.items() if name != missing}
    answer = await http.post(
        f"/subscriptions/{sub}/change-plan", json=body, headers={"authorization": "Bearer sandbox"}
    )
    assert (answer.status_code, answer.json()["code"]) == (422, "INVALID_REQUEST_BODY")
    assert missing in answer.json()["message"]


@pytest.mark.parametrize(
    ("state", "code"),
    [
        ({"status": "on_hold"}, "INACTIVE_SUBSCRIPTION_PLAN_CHANGE_NOT_SUPPORTED"),
        ({"status": "past_due"}, "INACTIVE_SUBSCRIPTION_PLAN_CHANGE_NOT_SUPPORTED"),
        ({"status": "paused"}, "INACTIVE_SUBSCRIPTION_PLAN_CHANGE_NOT_SUPPORTED"),
        ({"status": "pending"}, "INACTIVE_SUBSCRIPTION_PLAN_CHANGE_NOT_SUPPORTED"),
        ({"status": "cancelled"}, "INACTIVE_SUBSCRIPTION_PLAN_CHANGE_NOT_SUPPORTED"),
        ({"on_demand": True}, "ON_DEMAND_PLAN_CHANGE_NOT_SUPPORTED"),
        ({"product_id": "pdt_metered"}, "UNSUPPORTED_ACTION"),
        ({"cancel_at_next_billing_date": True}, "PLAN_CHANGE_NOT_ALLOWED_FOR_SCHEDULED_CANCELLATION"),
    ],
)
async def test_a_subscription_that_may_not_change_says_why(dodo, subscribe, world, state, code):
    sub = await subscribe()
    for name, value in state.items():
        setattr(world.subscriptions[sub], name, value)
    assert await refusal(dodo.subscriptions.change_plan(sub, **UP)) == (422, code)
    assert await refusal(dodo.subscriptions.preview_change_plan(sub, **UP)) == (422, code)


async def test_another_currency_is_refused(dodo, subscribe, world):
    sub = await subscribe()
    world.subscriptions[sub].currency = "EUR"
    assert await refusal(dodo.subscriptions.change_plan(sub, **UP)) == (422, "UNSUPPORTED_CURRENCY")


async def test_without_the_capability_links_are_forbidden(dodo, subscribe, world):
    world.settings.plan_change_links = False
    assert await refusal(dodo.subscriptions.change_plan(await subscribe(), **LINK)) == (403, "UNSUPPORTED_ACTION")


async def test_a_switch_lets_only_full_changes_be_scheduled(dodo, subscribe, world):
    world.settings.next_billing_date_needs_full = True
    sub = await subscribe()
    assert await refusal(dodo.subscriptions.change_plan(sub, **LATER)) == (
        422, "INVALID_PRORATION_MODE_WITH_NEXT_BILLING_DATE",
    )  # fmt: skip
    await dodo.subscriptions.change_plan(sub, **{**LATER, "proration_billing_mode": "full_immediately"})


async def test_an_unknown_subscription_is_not_found(dodo):
    assert await refusal(dodo.subscriptions.change_plan("sub_nobody", **UP)) == (404, "NOT_FOUND")
    assert await refusal(dodo.subscriptions.preview_change_plan("sub_nobody", **UP)) == (404, "NOT_FOUND")


# trials


@pytest.mark.parametrize(("mode", "due"), [("prorated_immediately", 8000), ("do_not_bill", 0)])
async def test_a_change_ends_an_unpaid_trial(dodo, http, world, mode, due):
    answer = await dodo.checkout_sessions.create(
        product_cart=[{"product_id": "pdt_basic", "quantity": 1}], customer={"customer_id": "cus_nadia"}, confirm=True,
        payment_method_id="pm_nadia_visa", billing_address={"country": "US"},
        subscription_data={"trial_period_days": 14},
    )  # fmt: skip
    first = await dodo.payments.retrieve(answer.payment_id)
    assert first.total_amount == 0
    wanted = {**UP, "proration_billing_mode": mode}
    shown = await dodo.subscriptions.preview_change_plan(first.subscription_id, **wanted)
    assert shown.immediate_charge.summary.total_amount == due
    await dodo.subscriptions.change_plan(first.subscription_id, **wanted)
    assert (await last_payment(dodo, first.subscription_id)).total_amount == due
    assert world.subscriptions[first.subscription_id].trial_ends_at is None

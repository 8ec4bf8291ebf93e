"""A subscription's life: bought, renewed, cancelled, paused, held for want of money, and revived."""

import json
from datetime import UTC, datetime, timedelta

import dodopayments
import httpx
import pytest

from widget.sandbox.things import Discount

CARD = {"card_number": "4242 4242 4242 4242", "expiry": "06/32", "cvc": "123", "payment_method": "new"}


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


@pytest.fixture
def days_pass(http):
    async def advance(days):
        (await http.post("/_sandbox/clock", json={"advance_days": days})).raise_for_status()

    return advance


@pytest.fixture
def on_demand(dodo):
    """An on-demand subscription of somebody, started at the checkout."""

    async def start(who="cus_nadia"):
        answer = await dodo.checkout_sessions.create(
            product_cart=[{"product_id": "pdt_basic", "quantity": 1}],
            customer={"customer_id": who},
            confirm=True,
            payment_method_id=f"pm_{who[4:]}_visa",
            billing_address={"country": "US"},
            subscription_data={"on_demand": {"mandate_only": True}},
        )
        return (await dodo.payments.retrieve(answer.payment_id)).subscription_id

    return start


async def refusal(awaitable) -> tuple[int, str]:
    with pytest.raises(dodopayments.APIStatusError) as caught:
        await awaitable
    assert set(caught.value.body) == {"code", "message"}
    return caught.value.status_code, caught.value.body["code"]


async def payments_of(dodo, subscription_id):
    """Newest first."""
    return (await dodo.payments.list(subscription_id=subscription_id, page_size=100)).items


async def test_a_purchase_of_a_plan_starts_a_subscription_and_tells_of_it(dodo, http, news):
    paid = (await http.post("/_sandbox/purchases", json={"customer_id": "cus_nadia", "product_id": "pdt_basic"})).json()
    assert (paid["charge_type"], paid["product_cart"], paid["total_amount"]) == ("new", None, 3000)
    sub = await dodo.subscriptions.retrieve(paid["subscription_id"])
    assert (sub.status, sub.product_id, sub.payment_method_id) == ("active", "pdt_basic", "pm_nadia_visa")
    assert sub.recurring_pre_tax_amount == 3000
    assert set(await news()) == {"payment.succeeded", "subscription.active", "subscription.renewed"}


@pytest.mark.parametrize("who", ["cus_nadia", "cus_omar", "cus_uma", "cus_tim", "cus_otto", "cus_lena"])
async def test_everyone_with_a_saved_method_can_have_a_subscription(dodo, subscribe, who):
    sub = await dodo.subscriptions.retrieve(await subscribe(who))
    assert (sub.status, sub.customer.customer_id, sub.has_payment_method) == ("active", who, True)


async def test_a_refused_first_payment_means_that_it_never_started(dodo, http):
    body = {"customer_id": "cus_nadia", "product_id": "pdt_basic", "outcome": "failed"}
    paid = (await http.post("/_sandbox/purchases", json=body)).json()
    assert (await dodo.subscriptions.retrieve(paid["subscription_id"])).status == "failed"


async def test_lists_filter_by_everything_dodo_filters_by(dodo, subscribe):
    basic, pro = await subscribe(), await subscribe("cus_rex", "pdt_pro")
    await dodo.subscriptions.update(pro, cancel_at_next_billing_date=True)

    async def listed(**by):
        return [item.subscription_id for item in (await dodo.subscriptions.list(**by)).items]

    assert await listed() == [pro, basic]
    assert await listed(page_size=1) == [pro]
    assert await listed(page_size=1, page_number=1) == [basic]
    assert await listed(customer_id="cus_rex") == [pro]
    assert await listed(product_id="pdt_basic") == [basic]
    assert await listed(cancel_at_next_billing_date=True) == [pro]
    assert await listed(status="on_hold") == []
    assert await listed(brand_id="brnd_other") == []
    assert await listed(created_at_gte=datetime.now(UTC) + timedelta(hours=1)) == []
    assert (await refusal(dodo.subscriptions.list(status="sleeping")))[0] == 422


async def test_a_list_shows_fewer_fields_than_the_subscription_itself(dodo, subscribe):
    await subscribe()
    item = (await dodo.subscriptions.list()).items[0].model_dump()
    assert item["product_name"] == "Basic"
    assert not {"addons", "brand_id", "expires_at", "meters", "cancellation_feedback"} & set(item)


# renewals


async def test_each_billing_date_takes_one_renewal_and_moves_the_dates(dodo, subscribe, days_pass, news):
    sub = await subscribe()
    first = await dodo.subscriptions.retrieve(sub)
    await days_pass(100)
    later = await dodo.subscriptions.retrieve(sub)
    renewals = [p for p in await payments_of(dodo, sub) if p.charge_type == "renewal"]
    assert [p.total_amount for p in renewals] == [3000, 3000, 3000]
    assert renewals[-1].created_at == first.next_billing_date
    assert later.previous_billing_date == renewals[0].created_at
    assert later.previous_billing_date < datetime.now(UTC) + timedelta(days=100) < later.next_billing_date
    assert sorted(await news()) == sorted(["payment.succeeded", "subscription.renewed", "subscription.updated"] * 3)


async def test_renewed_names_the_payment_that_paid_for_it(dodo, subscribe, days_pass, http, inbox):
    sub = await subscribe()
    await days_pass(31)
    await http.post("/_sandbox/webhooks/flush")
    letters = [json.loads(body) for _, body in inbox.letters]
    renewed = next(letter for letter in letters if letter["type"] == "subscription.renewed")
    assert renewed["data"]["payment_id"] == (await payments_of(dodo, sub))[0].payment_id


async def test_renewals_wait_for_the_payment_that_takes_its_time(dodo, subscribe, days_pass, world):
    sub = await subscribe()
    world.settings.final_after = 0.4
    await days_pass(63)
    assert [p.status for p in await payments_of(dodo, sub)] == ["succeeded"] * 3


async def test_a_renewal_is_taxed_and_counts_add_ons_and_discounts(dodo, subscribe, days_pass, world):
    world.discounts["TWICE"] = Discount("dsc_twice", "TWICE", "percentage", 5000, subscription_cycles=2)
    sub = await subscribe("cus_otto", discount_codes=["TWICE"], quantity=2)
    await days_pass(95)
    # half price for two cycles: 30 a seat, two seats, 19 % on top
    assert [p.total_amount for p in await payments_of(dodo, sub)] == [7140, 7140, 3570, 3570]


async def test_a_refused_renewal_puts_the_subscription_on_hold(dodo, subscribe, days_pass, news):
    sub = await subscribe("cus_omar")
    await days_pass(95)
    assert (await dodo.subscriptions.retrieve(sub)).status == "on_hold"
    assert [p.status for p in await payments_of(dodo, sub)] == ["failed", "succeeded"]
    assert await news() == ["payment.failed", "subscription.on_hold", "subscription.updated"]


async def test_with_a_grace_period_it_is_past_due_first(dodo, subscribe, days_pass, world, news):
    world.settings.past_due_grace_days = 3
    sub = await subscribe("cus_omar")
    due = (await dodo.subscriptions.retrieve(sub)).next_billing_date
    await days_pass((due - datetime.now(UTC)).days + 1)
    assert (await dodo.subscriptions.retrieve(sub)).status == "past_due"
    await days_pass(3)
    assert (await dodo.subscriptions.retrieve(sub)).status == "on_hold"
    assert "subscription.past_due" in await news()


async def test_a_renewal_that_asks_the_bank_fails_when_nobody_answers(dodo, subscribe, days_pass):
    sub = await subscribe("cus_uma")
    await days_pass(32)
    assert (await payments_of(dodo, sub))[0].status == "failed"
    assert (await dodo.subscriptions.retrieve(sub)).status == "on_hold"


async def test_a_trial_is_free_until_its_end_and_then_renews(dodo, days_pass):
    answer = await dodo.checkout_sessions.create(
        product_cart=[{"product_id": "pdt_basic", "quantity": 1}],
        customer={"customer_id": "cus_nadia"},
        confirm=True,
        payment_method_id="pm_nadia_visa",
        billing_address={"country": "US"},
        subscription_data={"trial_period_days": 14},
    )
    sub = (await dodo.payments.retrieve(answer.payment_id)).subscription_id
    await days_pass(13)
    assert [p.total_amount for p in await payments_of(dodo, sub)] == [0]
    await days_pass(2)
    assert [p.total_amount for p in await payments_of(dodo, sub)] == [3000, 0]


async def test_a_moved_billing_date_renews_then_and_not_before(dodo, subscribe, days_pass):
    sub = await subscribe()
    await dodo.subscriptions.update(sub, next_billing_date=datetime.now(UTC) + timedelta(days=3))
    await days_pass(2)
    assert len(await payments_of(dodo, sub)) == 1
    await days_pass(2)
    assert len(await payments_of(dodo, sub)) == 2


async def test_a_period_that_is_over_expires(dodo, subscribe, days_pass, world, news):
    sub = await subscribe()
    world.subscriptions[sub].expires_at = world.subscriptions[sub].next_billing_date
    await days_pass(40)
    assert (await dodo.subscriptions.retrieve(sub)).status == "expired"
    assert "subscription.expired" in await news()


# cancel, pause


async def test_a_cancellation_at_the_end_can_be_undone_until_then(dodo, subscribe, days_pass, news):
    sub = await subscribe()
    ending = await dodo.subscriptions.update(
        sub, cancel_at_next_billing_date=True, cancellation_feedback="too_expensive", cancellation_comment="Tight month"
    )
    assert (ending.status, ending.cancel_at_next_billing_date) == ("active", True)
    assert (ending.cancelled_by.actor_type, ending.cancellation_feedback) == ("api_key", "too_expensive")
    kept = await dodo.subscriptions.update(sub, cancel_at_next_billing_date=False)
    assert (kept.cancel_at_next_billing_date, kept.cancelled_by, kept.cancellation_comment) == (False, None, None)
    assert await news() == ["subscription.updated", "subscription.updated"]
    await days_pass(31)
    assert (await dodo.subscriptions.retrieve(sub)).status == "active"


async def test_a_cancellation_at_the_end_ends_without_another_charge(dodo, subscribe, days_pass, news):
    sub = await subscribe()
    await dodo.subscriptions.update(sub, cancel_at_next_billing_date=True, cancel_reason="cancelled_by_customer")
    await days_pass(31)
    over = await dodo.subscriptions.retrieve(sub)
    assert (over.status, over.cancelled_at is not None) == ("cancelled", True)
    assert len(await payments_of(dodo, sub)) == 1
    assert (await news())[1:] == ["subscription.cancelled", "subscription.updated"]


async def test_cancelled_now_is_over_for_good(dodo, subscribe, days_pass):
    sub = await subscribe()
    over = await dodo.subscriptions.update(sub, status="cancelled", cancellation_feedback="unused")
    assert (over.status, over.cancellation_feedback) == ("cancelled", "unused")
    await days_pass(40)
    assert len(await payments_of(dodo, sub)) == 1
    assert await refusal(dodo.subscriptions.update(sub, metadata={})) == (422, "SUBSCRIPTION_INACTIVE")


async def test_a_pause_bills_nothing_and_moves_the_dates(dodo, subscribe, days_pass, news):
    sub = await subscribe()
    before = await dodo.subscriptions.retrieve(sub)
    paused = await dodo.subscriptions.update(sub, status="paused")
    assert (paused.status, paused.paused_at is not None) == ("paused", True)
    await days_pass(50)
    assert len(await payments_of(dodo, sub)) == 1
    back = await dodo.subscriptions.update(sub, status="active")
    moved = back.next_billing_date - before.next_billing_date
    assert timedelta(days=50) <= moved < timedelta(days=50, minutes=1)
    assert await news() == [
        "subscription.paused", "subscription.updated", "subscription.unpaused", "subscription.updated",
    ]  # fmt: skip
    await days_pass(32)
    assert len(await payments_of(dodo, sub)) == 2


WRONG = {
    "pause with more": ({"status": "paused", "tax_id": "DE1"}, "INVALID_REQUEST_BODY"),
    "resume what runs": ({"status": "active"}, "SUBSCRIPTION_NOT_PAUSED"),
    "a state of Dodo's own": ({"status": "on_hold"}, "INVALID_REQUEST_BODY"),
    "no state at all": ({"status": "asleep"}, "INVALID_REQUEST_BODY"),
    "the old flag": ({"pause": True}, "INVALID_REQUEST_BODY"),
    "feedback without cancelling": ({"cancellation_feedback": "unused"}, "INVALID_REQUEST_BODY"),
    "unknown feedback": (
        {"cancel_at_next_billing_date": True, "cancellation_feedback": "bored"}, "INVALID_REQUEST_BODY",
    ),
    "unknown reason": ({"cancel_at_next_billing_date": True, "cancel_reason": "mood"}, "INVALID_REQUEST_BODY"),
    "a date in the past": ({"next_billing_date": "2020-01-01T00:00:00Z"}, "INVALID_REQUEST_PARAMETERS"),
    "not a date": ({"next_billing_date": "soon"}, "INVALID_REQUEST_BODY"),
    "a shorter period": (
        {"subscription_period_count": 1, "subscription_period_interval": "Day"}, "INVALID_REQUEST_PARAMETERS",
    ),
    "an endless period": ({"subscription_period_count": 9999}, "INVALID_REQUEST_PARAMETERS"),
    "no country": ({"billing": {"country": "XX"}}, "UNSUPPORTED_COUNTRY"),
    "wrong flag": ({"cancel_at_next_billing_date": "yes"}, "INVALID_REQUEST_BODY"),
    "not on demand": (
        {"disable_on_demand": {"next_billing_date": "2099-01-01T00:00:00Z"}}, "SUBSCRIPTION_NOT_ON_DEMAND",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
async def test_a_wrong_update_is_refused_and_changes_nothing(dodo, subscribe, news, name):
    body, code = WRONG[name]
    sub = await subscribe()
    before = await dodo.subscriptions.retrieve(sub)
    assert await refusal(dodo.subscriptions.update(sub, **body)) == (422, code)
    assert await dodo.subscriptions.retrieve(sub) == before
    assert await news() == []


async def test_pausing_needs_an_active_subscription_with_a_method(dodo, subscribe, world):
    sub = await subscribe()
    await dodo.subscriptions.update(sub, status="paused")
    assert await refusal(dodo.subscriptions.update(sub, status="paused")) == (422, "SUBSCRIPTION_ALREADY_PAUSED")
    world.subscriptions[sub].status = "past_due"
    assert await refusal(dodo.subscriptions.update(sub, status="paused")) == (
        422, "SUBSCRIPTION_NOT_ELIGIBLE_FOR_PAUSE",
    )  # fmt: skip
    world.subscriptions[sub].status, world.subscriptions[sub].method_id = "active", None
    assert await refusal(dodo.subscriptions.update(sub, status="paused")) == (
        422, "SUBSCRIPTION_PAUSE_REQUIRES_PAYMENT_METHOD",
    )  # fmt: skip


async def test_facts_can_be_corrected(dodo, subscribe):
    sub = await subscribe()
    after = await dodo.subscriptions.update(
        sub, billing={"country": "DE", "city": "Berlin"}, tax_id="DE123", metadata={"a": "b"},
        customer_name="Nadia N.", customer_business_name="Novak GmbH", subscription_period_count=30,
    )  # fmt: skip
    assert (after.billing.country, after.tax_id, after.metadata) == ("DE", "DE123", {"a": "b"})
    assert (after.customer.name, after.customer_business_name) == ("Nadia N.", "Novak GmbH")
    assert after.subscription_period_count == 30
    assert (await dodo.subscriptions.update(sub, customer_business_name=None)).customer_business_name is None


# payment methods and dues


async def test_another_saved_method_is_used_from_now_on(dodo, subscribe, days_pass, news):
    sub = await subscribe("cus_otto")
    answer = await dodo.subscriptions.update_payment_method(
        sub, payment_method={"type": "existing", "payment_method_id": "pm_otto_mastercard"}
    )
    assert set(answer.model_dump().values()) == {None}
    assert await news() == ["subscription.update_payment_method", "subscription.updated"]
    await days_pass(31)
    assert (await payments_of(dodo, sub))[0].card_last_four == "4444"


async def test_a_new_card_is_left_on_a_page_and_is_no_sale(dodo, http, subscribe, days_pass):
    sub = await subscribe("cus_omar")
    link = await dodo.subscriptions.update_payment_method(
        sub, payment_method={"type": "new", "return_url": "https://encore.test/back"}
    )
    assert "Save this card" in (await http.get(link.payment_link)).text
    left = await http.post(link.payment_link, data=CARD)
    assert left.headers["location"].startswith(f"https://encore.test/back?subscription_id={sub}&payment_id=")
    check = await dodo.payments.retrieve(link.payment_id)
    assert (check.status, check.total_amount, check.is_update_payment_method) == ("succeeded", 0, True)
    kept = (await dodo.customers.retrieve_payment_methods("cus_omar")).items
    assert (await dodo.subscriptions.retrieve(sub)).payment_method_id == kept[-1].payment_method_id
    await days_pass(31)
    assert (await dodo.subscriptions.retrieve(sub)).status == "active"


async def test_a_declined_new_card_leaves_the_old_one(dodo, http, subscribe):
    sub = await subscribe()
    link = await dodo.subscriptions.update_payment_method(sub, payment_method={"type": "new"})
    await http.post(link.payment_link, data={**CARD, "card_number": "4000000000000002"})
    assert (await dodo.payments.retrieve(link.payment_id)).status == "failed"
    assert (await dodo.subscriptions.retrieve(sub)).payment_method_id == "pm_nadia_visa"


async def test_on_hold_another_method_pays_the_dues_and_revives_it(dodo, http, subscribe, days_pass, news):
    sub = await subscribe("cus_omar")
    due = (await dodo.subscriptions.retrieve(sub)).next_billing_date
    await days_pass(33)
    link = await dodo.subscriptions.update_payment_method(sub, payment_method={"type": "new"})
    assert "Pay $30.00" in (await http.get(link.payment_link)).text
    await http.post(link.payment_link, data=CARD)
    revived = await dodo.subscriptions.retrieve(sub)
    assert (revived.status, revived.previous_billing_date) == ("active", due)
    assert (await dodo.payments.retrieve(link.payment_id)).total_amount == 3000
    assert {"subscription.active", "subscription.update_payment_method", "subscription.renewed"} <= set(await news())
    await days_pass(31)
    assert [p.status for p in await payments_of(dodo, sub)] == ["succeeded", "succeeded", "failed", "succeeded"]


async def test_dues_that_are_refused_again_leave_it_on_hold_with_the_same_dues(dodo, subscribe, days_pass):
    sub = await subscribe("cus_omar")
    await days_pass(33)
    for _ in range(2):
        answer = await dodo.subscriptions.update_payment_method(
            sub, payment_method={"type": "existing", "payment_method_id": "pm_omar_visa"}
        )
        tried = await dodo.payments.retrieve(answer.payment_id)
        assert (tried.status, tried.total_amount) == ("failed", 3000)
    assert (await dodo.subscriptions.retrieve(sub)).status == "on_hold"


async def test_dues_of_a_plan_change_revive_the_new_plan(dodo, http, subscribe):
    sub = await subscribe("cus_omar")
    await dodo.subscriptions.change_plan(
        sub, product_id="pdt_pro", quantity=1, proration_billing_mode="difference_immediately"
    )
    link = await dodo.subscriptions.update_payment_method(sub, payment_method={"type": "new"})
    await http.post(link.payment_link, data=CARD)
    revived = await dodo.subscriptions.retrieve(sub)
    assert (revived.status, revived.product_id) == ("active", "pdt_pro")
    assert (await dodo.payments.retrieve(link.payment_id)).total_amount == 5000


async def test_dues_under_way_are_not_charged_a_second_time(dodo, subscribe, days_pass, world):
    sub = await subscribe("cus_omar")
    await days_pass(33)
    world.settings.final_after = 60.0
    world.methods["pm_new"] = world.methods["pm_nadia_visa"].__class__(
        "pm_new", "cus_omar", card=world.methods["pm_nadia_visa"].card
    )
    body = {"type": "existing", "payment_method_id": "pm_new"}
    await dodo.subscriptions.update_payment_method(sub, payment_method=body)
    assert await refusal(dodo.subscriptions.update_payment_method(sub, payment_method=body)) == (
        409, "PREVIOUS_PAYMENT_PENDING",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("body", "refused"),
    [
        ({"type": "existing", "payment_method_id": "pm_rex_mastercard"}, (404, "NOT_FOUND")),
        ({"type": "existing"}, (422, "INVALID_REQUEST_BODY")),
        ({"type": "borrowed"}, (422, "INVALID_REQUEST_BODY")),
        ({"type": "new", "return_url": "nowhere"}, (422, "INVALID_REQUEST_BODY")),
    ],
)
async def test_a_foreign_or_unnamed_method_is_refused(dodo, subscribe, body, refused):
    sub = await subscribe()
    assert await refusal(dodo.subscriptions.update_payment_method(sub, payment_method=body)) == refused
    assert (await dodo.subscriptions.retrieve(sub)).payment_method_id == "pm_nadia_visa"


async def test_what_is_over_takes_no_new_method(dodo, subscribe):
    sub = await subscribe()
    await dodo.subscriptions.update(sub, status="cancelled")
    assert await refusal(dodo.subscriptions.update_payment_method(sub, payment_method={"type": "new"})) == (
        422, "SUBSCRIPTION_INACTIVE",
    )  # fmt: skip


# on demand


async def test_on_demand_subscriptions_are_charged_what_the_merchant_says_and_never_renew(dodo, on_demand, days_pass):
    sub = await on_demand()
    answer = await dodo.subscriptions.charge(sub, product_price=1234, metadata={"order": "7"})
    paid = await dodo.payments.retrieve(answer.payment_id)
    assert (paid.total_amount, paid.charge_type, paid.metadata) == (1234, "on_demand", {"order": "7"})
    await days_pass(70)
    assert [p.total_amount for p in await payments_of(dodo, sub)] == [1234, 0]


async def test_a_refused_on_demand_charge_puts_it_on_hold(dodo, on_demand):
    sub = await on_demand("cus_omar")
    await dodo.subscriptions.charge(sub, product_price=1234)
    assert (await dodo.subscriptions.retrieve(sub)).status == "on_hold"
    assert await refusal(dodo.subscriptions.charge(sub, product_price=1234)) == (422, "SUBSCRIPTION_INACTIVE")


async def test_only_on_demand_subscriptions_can_be_charged_and_only_sensibly(dodo, subscribe, on_demand):
    charge = dodo.subscriptions.charge
    assert await refusal(charge(await subscribe(), product_price=500)) == (422, "SUBSCRIPTION_NOT_ON_DEMAND")
    sub = await on_demand()
    assert await refusal(charge(sub, product_price=-5)) == (422, "INVALID_REQUEST_BODY")
    assert await refusal(charge(sub, product_price=5)) == (422, "TOTAL_PAYMENT_AMOUNT_BELOW_MINIMUM_AMOUNT")
    assert await refusal(charge(sub, product_price=500, product_currency="EUR")) == (422, "UNSUPPORTED_CURRENCY")
    await dodo.subscriptions.update(sub, cancel_at_next_billing_date=True)
    assert await refusal(charge(sub, product_price=500)) == (422, "CHARGE_NOT_ALLOWED_FOR_SCHEDULED_CANCELLATION")


async def test_on_demand_can_be_turned_into_a_plain_subscription(dodo, on_demand, days_pass):
    sub = await on_demand()
    first = datetime.now(UTC) + timedelta(days=5)
    assert (await dodo.subscriptions.update(sub, disable_on_demand={"next_billing_date": first})).on_demand is False
    await days_pass(6)
    assert [p.total_amount for p in await payments_of(dodo, sub)] == [3000, 0]


# around subscriptions


async def test_add_ons_and_families_are_listed_and_read(dodo):
    assert [a.id for a in (await dodo.addons.list()).items] == ["adn_seat"]
    assert (await dodo.addons.retrieve("adn_seat")).price == 1000
    family = await dodo.product_collections.retrieve("pdc_plans")
    shelves = {g.group_name: [p.product_id for p in g.products] for g in family.groups}
    assert shelves == {"Monthly": ["pdt_lite", "pdt_basic", "pdt_pro"], "Yearly": ["pdt_pro_year"]}
    assert (await dodo.product_collections.list()).items[0].products_count == 4
    assert (await dodo.product_collections.list(archived=True)).items == []
    assert await refusal(dodo.addons.retrieve("adn_x")) == (404, "NOT_FOUND")
    assert await refusal(dodo.product_collections.retrieve("pdc_x")) == (404, "NOT_FOUND")


async def test_the_portal_link_leads_to_the_customers_own_subscriptions_for_a_day(dodo, http, subscribe, days_pass):
    await subscribe()
    await subscribe("cus_rex", "pdt_pro")
    link = (await dodo.customers.customer_portal.create("cus_nadia", return_url="https://shop.test/account")).link
    page = await http.get(link)
    assert "Basic" in page.text
    assert "Pro" not in page.text
    assert "https://shop.test/account" in page.text
    await days_pass(1.1)
    assert (await http.get(link)).status_code == 404
    assert await refusal(dodo.customers.customer_portal.create("cus_nobody")) == (404, "NOT_FOUND")


async def test_a_reset_forgets_every_appointment(dodo, http: httpx.AsyncClient, subscribe, days_pass):
    await subscribe()
    await http.post("/_sandbox/reset")
    await days_pass(40)
    assert (await http.get("/_sandbox/ledger")).json() == []

"""Odd answers about subscriptions and their changes: a missing sum is unreadable, never a guess."""

import json
from datetime import UTC, datetime

import httpx
import pytest
import stamina

from widget.core.money import Money
from widget.core.payment import Addon, Product
from widget.core.plan_change import Change, ChangeLine, ChangePreview
from widget.core.plan_family import Collection
from widget.core.subscription import AddonLine, Discount, Scheduled, Subscription
from widget.provider.asks import Declined, NotThere, Unreadable
from widget.provider.dodo import open_dodo

WHEN = "2026-04-16T09:00:00Z"
AT = datetime(2026, 4, 16, 9, tzinfo=UTC)
CHANGE = Change("sub_1", "pdt_pro", 1, (), "prorated_immediately")
BARE = {
    "subscription_id": "sub_1", "customer": {"customer_id": "cus_nadia"}, "product_id": "pdt_basic", "status": "active", "quantity": 1,
}  # fmt: skip
DISCOUNT = {
    "discount_id": "dsc_1", "code": "TEN", "type": "percentage", "amount": 1000, "cycles_remaining": 2, "preserve_on_plan_change": True,
}  # fmt: skip
SCHEDULED = {"product_id": "pdt_lite", "product_name": "Lite", "quantity": 2, "addons": [], "effective_at": WHEN}
LINE = {
    "type": "subscription", "id": "li_new", "product_id": "pdt_pro", "name": "Pro", "currency": "USD", "unit_price": 8000,
    "quantity": 1, "proration_factor": 0.5, "tax_inclusive": False, "tax": 1520, "tax_rate": 19.0,
}  # fmt: skip
METER = {
    "type": "meter", "id": "mtr_1", "name": "Calls", "currency": "USD", "subtotal": 70, "tax": None, "tax_inclusive": True,
    "units_consumed": "7", "chargeable_units": "7", "price_per_unit": "10", "free_threshold": 0, "tax_rate": 0,
}  # fmt: skip
SUMMARY = {
    "currency": "USD", "total_amount": 2975, "tax": 475, "customer_credits": 0, "customer_credits_currency": "USD",
    "settlement_amount": 2975, "settlement_currency": "USD", "settlement_tax": 475,
}  # fmt: skip
PLAN = BARE | {"recurring_pre_tax_amount": 8000, "currency": "USD", "next_billing_date": WHEN}
PREVIEW = {"immediate_charge": {"effective_at": WHEN, "line_items": [LINE], "summary": SUMMARY}, "new_plan": PLAN}
ADDON = {"id": "adn_seat", "name": "Extra seat", "price": 1000, "currency": "USD"}
PLANS = {
    "id": "pdc_1", "name": "Plans", "effective_at_on_upgrade": "immediately", "proration_billing_mode_on_upgrade": "do_not_bill",
    "groups": [
        {"group_name": "Monthly", "status": True, "products": [
            {"product_id": "pdt_basic", "status": True, "is_recurring": True},
            {"product_id": "pdt_off", "status": False, "is_recurring": True},
            {"product_id": "pdt_book", "status": True, "is_recurring": False},
            {"product_id": "pdt_pro", "is_recurring": True},
        ]},
        {"group_name": "Old", "status": False, "products": [{"product_id": "pdt_old", "status": True, "is_recurring": True}]},
        {"group_name": "Empty", "status": True, "products": []},
        {"group_name": None, "status": None, "products": [{"product_id": "pdt_year", "is_recurring": True}]},
    ],
}  # fmt: skip
PRODUCT = {
    "product_id": "pdt_pro", "name": "Pro", "addons": ["adn_seat"],
    "price": {"type": "recurring_price", "price": 8000, "currency": "USD", "payment_frequency_count": 1, "payment_frequency_interval": "Month"},
}  # fmt: skip
WRONG = [5, "x", [], {}, True, 1.5]


@pytest.fixture(autouse=True)
def no_waiting():
    stamina.set_testing(True, attempts=3)
    yield
    stamina.set_testing(False)


class Double:
    """A provider that gives one answer and counts."""

    def __init__(self, body: object, status: int = 200) -> None:
        self.body, self.status, self.asked = body, status, 0

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked += 1
        return httpx.Response(self.status, json=self.body)

    async def ask(self, name: str, *given: object):
        transport = httpx.MockTransport(self)
        async with open_dodo(api_key="k", environment=None, base_url="http://dodo.test", transport=transport) as dodo:
            return await getattr(dodo.asks, name)(*(given or (CHANGE if name == "change_preview" else "x",)))


async def read(name: str, body: object):
    return await Double(body).ask(name)


def bent(whole: dict, path: str, value: object) -> dict:
    """A copy with another value at the end of a dotted path; `...` takes the field away."""
    first, _, rest = path.partition(".")
    if rest:
        inner = whole[first]
        new = [bent(inner[0], rest, value)] if isinstance(inner, list) else bent(inner, rest, value)
        return whole | {first: new}
    return {k: v for k, v in whole.items() if k != first} if value is ... else whole | {first: value}


async def test_a_subscription_with_the_least_is_read_as_if_nothing_else_had_been_said():
    assert await read("subscription", BARE) == Subscription("sub_1", "cus_nadia", "pdt_basic", "active")
    optional = [
        "currency", "addons", "recurring_pre_tax_amount", "payment_frequency_count", "payment_frequency_interval", "created_at",
        "previous_billing_date", "next_billing_date", "trial_period_days", "tax_inclusive", "on_demand", "meters",
        "has_payment_method", "payment_method_id", "cancel_at_next_billing_date", "scheduled_change", "discounts", "paused_at",
    ]  # fmt: skip
    nulls = dict.fromkeys(optional)
    assert await read("subscription", BARE | nulls) == Subscription("sub_1", "cus_nadia", "pdt_basic", "active")


async def test_a_subscription_with_everything_is_read_field_by_field():
    found = await read("subscription", BARE | {
        "quantity": 3, "currency": "KWD", "addons": [{"addon_id": "adn_seat", "quantity": 2}], "recurring_pre_tax_amount": 3000,
        "payment_frequency_count": 2, "payment_frequency_interval": "Week", "created_at": WHEN, "previous_billing_date": WHEN,
        "next_billing_date": WHEN, "trial_period_days": 14, "tax_inclusive": True, "on_demand": True, "meters": [{"meter_id": "mtr_1"}],
        "has_payment_method": False, "payment_method_id": "pm_1", "cancel_at_next_billing_date": True,
        "scheduled_change": SCHEDULED, "discounts": [DISCOUNT], "paused_at": WHEN,
    })  # fmt: skip
    assert found == Subscription(
        "sub_1", "cus_nadia", "pdt_basic", "active", 3, "KWD", (AddonLine("adn_seat", 2),), Money(3000, "KWD"), 2, "Week",
        AT, AT, AT, 14, True, True, True, False, "pm_1", True, Scheduled("pdt_lite", "Lite", 2, (), AT),
        (Discount("dsc_1", "TEN", "percentage", 1000, 2, True),), AT,
    )  # fmt: skip


FULL = PLAN | {
    "addons": [{"addon_id": "adn_seat", "quantity": 2}], "scheduled_change": SCHEDULED | {"addons": [{"addon_id": "a", "quantity": 1}]},
    "discounts": [DISCOUNT],
}  # fmt: skip
ODD_SUBSCRIPTIONS = [
    *[(name, value) for name in ("subscription_id", "customer", "product_id", "status", "quantity") for value in (..., None, [], 1.5)],
    *[(name, "yes") for name in ("tax_inclusive", "on_demand", "has_payment_method", "cancel_at_next_billing_date")],
    *[(name, 1) for name in ("tax_inclusive", "on_demand", "has_payment_method", "cancel_at_next_billing_date")],
    *[(name, "soon") for name in ("created_at", "previous_billing_date", "next_billing_date", "paused_at")],
    *[(name, "5") for name in ("quantity", "recurring_pre_tax_amount", "payment_frequency_count", "trial_period_days")],
    *[(name, 7) for name in ("currency", "payment_frequency_interval", "payment_method_id", "addons", "meters", "discounts")],
    ("currency", "XXX"), ("quantity", True), ("meters", {}),
    *[(f"addons.{name}", value) for name in ("addon_id", "quantity") for value in (..., None, [], 1.5)],
    *[(f"scheduled_change.{name}", value) for name in ("product_id", "quantity", "effective_at") for value in (..., None, [], "")],
    ("scheduled_change.addons.quantity", "2"), ("scheduled_change.product_name", 5), ("scheduled_change", "soon"),
    *[("discounts." + name, value) for name, value in
      [("discount_id", None), ("code", 5), ("type", []), ("amount", "10"), ("cycles_remaining", "few"), ("preserve_on_plan_change", 1)]],
]  # fmt: skip


@pytest.mark.parametrize(("path", "value"), ODD_SUBSCRIPTIONS)
async def test_a_subscription_with_a_field_of_another_type_is_unreadable(path, value):
    assert isinstance(await read("subscription", FULL), Subscription)
    found = await read("subscription", bent(FULL, path, value))
    assert isinstance(found, Unreadable), found
    assert found.cause.startswith("Odd")


async def test_a_preview_is_read_with_its_sum_and_every_kind_of_line():
    addon = LINE | {"type": "addon", "id": "adn_seat", "name": "Extra seat", "proration_factor": -0.5, "tax": None}
    charge = PREVIEW["immediate_charge"] | {"line_items": [LINE, addon, METER]}
    found = await read("change_preview", {"immediate_charge": charge, "new_plan": PLAN | {"discounts": [DISCOUNT]}})
    assert found == ChangePreview(
        due=Money(2975, "USD"), tax=475, credits=0, credits_currency="USD", exact=True, effective_at=AT,
        lines=(
            ChangeLine("subscription", "Pro", 1, 8000, 0.5, 1520, product_id="pdt_pro"),
            ChangeLine("addon", "Extra seat", 1, 8000, -0.5, 0, addon_id="adn_seat"),
            ChangeLine("meter", "Calls", 1, 70, 1.0, 0, tax_inclusive=True),
        ),
        recurring=Money(8000, "USD"), tax_inclusive=False, next_bill_at=AT,
        discounts=(Discount("dsc_1", "TEN", "percentage", 1000, 2, True),),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("path", "value", "exact"),
    [
        ("settlement_amount", 2974, False),
        ("settlement_currency", "EUR", False),
        ("settlement_currency", "XXX", False),  # only compared, never shown
        ("tax", None, True),
        ("customer_credits", -700, True),
        ("customer_credits_currency", "EUR", True),
        ("total_amount", 0, False),
    ],
)
async def test_an_amount_is_exact_only_where_it_is_said_twice_alike(path, value, exact):
    found = await read("change_preview", bent(PREVIEW, f"immediate_charge.summary.{path}", value))
    assert isinstance(found, ChangePreview), found
    assert found.exact is exact


SUMS = ("total_amount", "settlement_amount", "customer_credits")
CURRENCIES = ("currency", "customer_credits_currency")
LINES = ("unit_price", "quantity", "currency", "proration_factor", "type")
ODD_PREVIEWS = [
    *[(f"immediate_charge.summary.{name}", value) for name in SUMS for value in (..., None, "2975", 29.75, True, [2975])],
    *[(f"immediate_charge.summary.{name}", value) for name in CURRENCIES for value in (..., None, "", "XXX", 840)],
    ("immediate_charge.summary.settlement_currency", ...), ("immediate_charge.summary.tax", "much"),
    ("immediate_charge.summary.total_amount", -1),
    *[(f"immediate_charge.line_items.{name}", value) for name in LINES for value in (..., None, "", [], {}, "some")],
    *[("immediate_charge.line_items.product_id", value) for value in (..., None, "", [], {})],
    ("immediate_charge.line_items.currency", "EUR"), ("immediate_charge.line_items.type", "gift"),
    ("immediate_charge.line_items.proration_factor", 10**400),
    ("immediate_charge.line_items.tax", "much"), ("immediate_charge.line_items.tax_inclusive", "perhaps"),
    *[("immediate_charge.line_items", value) for value in (..., None, {}, "x", [5], [[]], ["x"])],
    *[("immediate_charge.effective_at", value) for value in (..., None, "soon", [])],
    *[(name, value) for name in ("immediate_charge", "new_plan") for value in (..., None)],
    *[("immediate_charge", value) for value in WRONG],
    ("immediate_charge.summary", ...), ("immediate_charge.summary", None), ("immediate_charge.summary", "x"),
    ("new_plan.recurring_pre_tax_amount", "80"), ("new_plan.currency", "XXX"), ("new_plan.next_billing_date", "soon"),
    ("new_plan.tax_inclusive", "no"), ("new_plan.discounts", [5]),
]  # fmt: skip


@pytest.mark.parametrize(("path", "value"), ODD_PREVIEWS)
async def test_a_preview_that_does_not_say_everything_is_unreadable_and_never_a_guess(path, value):
    found = await read("change_preview", bent(PREVIEW, path, value))
    assert isinstance(found, Unreadable), found
    assert found.cause.startswith(("Odd", "OverflowError"))


@pytest.mark.parametrize("factor", ["NaN", "Infinity", "-Infinity"])
async def test_a_share_that_is_no_number_is_unreadable(factor):
    text = json.dumps(PREVIEW).replace('"proration_factor": 0.5', f'"proration_factor": {factor}')
    assert factor in text
    transport = httpx.MockTransport(
        lambda _: httpx.Response(200, text=text, headers={"content-type": "application/json"})
    )
    async with open_dodo(api_key="k", environment=None, base_url="http://dodo.test", transport=transport) as dodo:
        assert isinstance(await dodo.asks.change_preview(CHANGE), Unreadable)


@pytest.mark.parametrize("body", [None, [], [PREVIEW], "x", 5, True, {}])
@pytest.mark.parametrize("name", ["change_preview", "subscription", "addon", "collection", "product"])
async def test_what_is_no_object_is_unreadable(name, body):
    assert isinstance(await read(name, body), Unreadable)


@pytest.mark.parametrize("status", [400, 401, 402, 403, 405, 409, 410, 422])
async def test_a_price_the_provider_refuses_is_declined_and_not_asked_again(status):
    double = Double({"code": "PENDING_PLAN_CHANGE_EXISTS", "message": "m"}, status)
    assert await double.ask("change_preview") == Declined("PENDING_PLAN_CHANGE_EXISTS")
    assert double.asked == 1


@pytest.mark.parametrize(
    ("code", "found"), [("NOT_FOUND", NotThere()), ("MISSING_ADDON_IDS", Declined("MISSING_ADDON_IDS"))]
)
async def test_a_404_is_about_the_subscription_unless_its_code_says_otherwise(code, found):
    assert await Double({"code": code, "message": "m"}, 404).ask("change_preview") == found


@pytest.mark.parametrize(("status", "times"), [(409, 1), (422, 1), (404, 1), (408, 3), (429, 3), (500, 3), (503, 3)])
async def test_a_price_that_is_not_refused_by_the_provider_itself_is_unreadable(status, times):
    double = Double({"error": "gateway"}, status)
    assert await double.ask("change_preview") == Unreadable(f"status {status}")
    assert double.asked == times


@pytest.mark.parametrize("status", [429, 500, 503])
async def test_too_much_and_trouble_are_no_refusals_even_in_the_providers_shape(status):
    double = Double({"code": "TOO_MANY_REQUESTS", "message": "m"}, status)
    assert await double.ask("change_preview") == Unreadable(f"status {status}")
    assert double.asked == 3


async def test_a_product_says_which_add_ons_it_may_carry_and_whether_it_is_billed_by_use():
    plan = await read("product", PRODUCT)
    assert isinstance(plan, Product)
    assert (plan.addons, plan.metered) == (("adn_seat",), False)
    assert (await read("product", PRODUCT | {"addons": None})).addons == ()
    price = PRODUCT["price"] | {"type": "usage_based_price", "fixed_price": 5}
    assert (await read("product", PRODUCT | {"price": price})).metered
    for odd in ({}, "adn_seat", [5], [None], 7):
        assert isinstance(await read("product", PRODUCT | {"addons": odd}), Unreadable), odd


async def test_an_add_on_is_its_name_and_price():
    assert await read("addon", ADDON | {"description": "One more"}) == Addon(
        "adn_seat", "Extra seat", Money(1000, "USD"), "One more"
    )
    assert await read("addon", ADDON | {"name": None}) == Addon("adn_seat", "adn_seat", Money(1000, "USD"))


@pytest.mark.parametrize(
    ("name", "value"),
    [("id", None), ("id", 5), ("name", 5), ("price", None), ("price", "1000"), ("price", True), ("currency", "XXX"), ("currency", None), ("description", 5)],
)  # fmt: skip
async def test_an_odd_add_on_is_unreadable(name, value):
    assert isinstance(await read("addon", ADDON | {name: value}), Unreadable)


async def test_a_collection_is_what_is_switched_on_and_recurring_with_the_defaults_it_names():
    assert await read("collection", PLANS) == Collection(
        "pdc_1", "Plans", (("Monthly", ("pdt_basic", "pdt_pro")), ("", ("pdt_year",))),
        proration_on_upgrade="do_not_bill", effective_on_upgrade="immediately",
    )  # fmt: skip


@pytest.mark.parametrize("value", [None, "", "whenever", 5, [], {}, True])
@pytest.mark.parametrize(
    ("field", "attribute"),
    [
        ("effective_at_on_upgrade", "effective_on_upgrade"),
        ("effective_at_on_downgrade", "effective_on_downgrade"),
        ("proration_billing_mode_on_upgrade", "proration_on_upgrade"),
        ("proration_billing_mode_on_downgrade", "proration_on_downgrade"),
    ],
)
async def test_a_default_nobody_knows_is_none(field, attribute, value):
    assert getattr(await read("collection", PLANS | {field: value}), attribute) is None


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("id", None), ("id", 5), ("name", 5), ("groups", {}), ("groups", None), ("groups", "x"), ("groups", [5]), ("groups.products", "x"),
        ("groups.status", "on"), ("groups.group_name", 5), ("groups.products.status", 1), ("groups.products.product_id", None),
        ("groups.products.product_id", 5), ("groups.products.is_recurring", "yes"),
    ],
)  # fmt: skip
async def test_an_odd_collection_is_unreadable(path, value):
    found = await read("collection", bent(PLANS, path, value))
    assert isinstance(found, Unreadable), found

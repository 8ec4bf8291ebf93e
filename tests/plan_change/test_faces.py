"""Each state in the way of a change has its own sentence, and a way out where there is one."""

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from widget.core.money import Money
from widget.core.payment import Product, Recurring
from widget.core.plan_change import Change, ChangeLine, ChangePreview, PlanQuote
from widget.core.plan_family import Plan, PlanFamily, tiers
from widget.core.plan_panel import PanelState
from widget.core.subscription import Discount, Subscription
from widget.plan_change.choices_face import choices
from widget.plan_change.quote_face import confirm_label, quoted
from widget.plan_change.texts import Texts
from widget.storage.standing import Standing

NOW = datetime(2026, 5, 16, 9, tzinfo=UTC)
NOW_MS = int(NOW.timestamp() * 1000)
FAMILY = PlanFamily(name="studio", plan=(Plan("small", features=("Ink",)), Plan("big", features=("Ink", "Oil"))))
TEXTS = Texts("en-US")


def product(name: str, price: int) -> Product:
    money = Money(price, "USD")
    return Product(name, name.title(), "", None, money, tax_inclusive=False, recurring=Recurring(money, 1, "Month"))


def subscription(**more) -> Subscription:
    return Subscription(
        "sub_1", "cus_nadia", "small", more.pop("status", "active"), currency="USD",
        next_bill_at=NOW + timedelta(days=15), billed_at=NOW - timedelta(days=15), method_id="pm_1", **more,
    )  # fmt: skip


def standing(**more) -> Standing:
    return Standing(
        subscription=subscription(**more), read_at=NOW_MS, methods=(), family=FAMILY, collection=None,
        tiers=tiers(FAMILY, None), products={"small": product("small", 1000), "big": product("big", 3000)}, addons={},
        charges=(), downsells={},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("what", "sentence", "way", "free"),
    [
        ({}, "", None, True),
        ({"status": "pending"}, "being set up", None, False),
        ({"status": "paused"}, "paused", "/plan_change/resume", False),
        ({"status": "on_hold"}, "on hold", "/plan_change/method", False),
        ({"status": "past_due"}, "goes on for now", "/plan_change/method", False),
        ({"status": "brand_new_state"}, "at the moment", None, False),
        ({"on_demand": True}, "on demand", None, False),
        ({"metered": True}, "by use", None, False),
        ({"ending": True}, "", "/plan_change/keep", False),
        ({"has_method": False}, "no payment method", "/plan_change/method", True),
    ],
)
@pytest.mark.case("F-82")
def test_what_is_in_the_way_is_said(what, sentence, way, free):
    view = choices(standing(**what), TEXTS, now=NOW_MS)
    assert view.state is PanelState.CHOICES
    assert sentence in view.obstacle
    assert (bool(view.obstacle) or "ending" in what) == bool(what)
    assert way is None or way in {one.action for one in view.ways}
    assert any(option.choose_label for tab in view.tabs for option in tab.options) == free


@pytest.mark.parametrize("status", ["cancelled", "expired", "failed"])
def test_what_is_over_is_closed(status):
    assert choices(standing(status=status), TEXTS, now=NOW_MS).state is PanelState.CLOSED


def test_a_trial_says_that_a_change_ends_it():
    view = choices(standing(trial_days=14, created_at=NOW - timedelta(days=3)), TEXTS, now=NOW_MS)
    assert "trial" in view.message
    over = choices(standing(trial_days=14, created_at=NOW - timedelta(days=15)), TEXTS, now=NOW_MS)
    assert over.message == ""


def test_plans_are_shown_by_what_they_add_and_take_and_by_the_difference():
    (tab,) = choices(standing(), TEXTS, now=NOW_MS).tabs
    small, big = tab.options
    assert (small.current, small.features) == (True, ("Ink",))
    assert (big.adds, big.loses, big.difference, big.more) == (("Oil",), (), "$20.00 more every month", True)


def preview(**more) -> ChangePreview:
    lines = (
        ChangeLine("subscription", "Big", 1, 3000, 0.5, tax=570, product_id="big"),
        ChangeLine("subscription", "Small", 1, 1000, -0.5, tax=190, product_id="small"),
    )
    given = {
        "due": Money(1190, "USD"), "tax": 190, "credits": 0, "credits_currency": "USD", "exact": True,
        "effective_at": NOW, "lines": lines, "recurring": Money(3000, "USD"), "tax_inclusive": False,
        "next_bill_at": NOW + timedelta(days=30),
    }  # fmt: skip
    return ChangePreview(**(given | more))


def quote(change: Change | None = None, **more) -> PlanQuote:
    asked = change or Change("sub_1", "big", 1, (), "prorated_immediately")
    return PlanQuote("pqu_1", "sub_1", "cus_nadia", asked, preview(**more), "upgrade", "Visa ···· 4242", 0, 1)


def test_the_rows_add_up_and_name_what_they_are():
    view = quoted(standing(), quote(), TEXTS)
    assert [(row.label, row.amount, row.kind) for row in view.rows] == [
        ("Big", "$15.00", "line"),
        ("Unused time of Small", "−$5.00", "credit"),
        ("Tax", "$1.90", "tax"),
        ("Total due now", "$11.90", "total"),
    ]
    assert view.confirm.label == "Pay $11.90 now and change"
    assert (view.method, view.next_bill) == (
        "Visa ···· 4242",
        "Then $30.00 plus tax every month, next on June 15, 2026",
    )


def test_credit_that_was_spent_is_a_row_of_its_own():
    view = quoted(standing(), quote(due=Money(690, "USD"), credits=-500), TEXTS)
    assert ("Credit you have", "−$5.00") in [(row.label, row.amount) for row in view.rows]
    assert view.rows[-1].amount == "$6.90"


def test_credit_that_is_granted_says_in_words_where_it_goes():
    lines = (
        ChangeLine("subscription", "Small", 1, 1000, 0.5, product_id="small"),
        ChangeLine("subscription", "Big", 1, 3000, -0.5, product_id="big"),
    )
    given = quote(due=Money(0, "USD"), tax=0, credits=1000, lines=lines)
    view = quoted(standing(), given, TEXTS)
    assert "not paid out to the card" in view.credit_line
    assert confirm_label(given, TEXTS) == "Change now and get $10.00 credit – $0.00 due"
    assert view.method == ""


def test_a_sum_the_lines_do_not_explain_stands_alone():
    view = quoted(standing(), quote(due=Money(9999, "USD")), TEXTS)
    assert [row.kind for row in view.rows] == ["total"]


def test_what_a_discount_takes_off_is_a_row():
    view = quoted(
        standing(), quote(due=Money(1000, "USD"), discounts=(Discount("d", "TEN", "percentage", 1000),)), TEXTS
    )
    assert ("Discounts", "−$1.90") in [(row.label, row.amount) for row in view.rows]
    assert view.next_bill == "Next bill on June 15, 2026"  # the next sum is not ours to say


def test_where_two_sums_are_said_nothing_can_be_pressed():
    view = quoted(standing(), quote(exact=False), TEXTS)
    assert (view.confirm, view.due, view.rows) == (None, "", ())


def test_without_a_method_nothing_can_be_paid_but_one_can_be_added():
    view = quoted(standing(has_method=False), quote(), TEXTS)
    assert view.confirm is None
    assert [way.action for way in view.ways] == ["/plan_change/method"]


def test_a_scheduled_change_names_its_day_on_the_button():
    change = Change("sub_1", "big", 1, (), "full_immediately", when="next_billing_date")
    free = {"due": Money(0, "USD"), "tax": 0, "lines": (), "next_bill_at": NOW + timedelta(days=15)}
    assert confirm_label(quote(change, **free), TEXTS) == "Change on May 31, 2026 – $0.00 due now"
    assert replace(change).scheduled

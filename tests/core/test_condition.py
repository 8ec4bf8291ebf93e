"""Each leaf of a condition against a purchase of Nadia's, with what it saw and what it would need."""

import tomllib
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from msgspec.structs import replace

from widget.core.condition import Condition
from widget.core.condition_facts import Facts
from widget.core.condition_leaves import bucket
from widget.core.condition_outcome import Outcome, evaluate, what_would_change
from widget.core.condition_references import references
from widget.core.subscription import Subscription

NOW = datetime(2026, 11, 21, 12, 30, tzinfo=UTC)  # a Saturday
SALT = "workbook-with-course"
TEAM = Subscription(
    id="sub_1",
    customer_id="cus_nadia",
    product_id="pdt_team",
    status="active",
    quantity=5,
    created_at=NOW - timedelta(days=30, hours=1),
)
OLD = replace(TEAM, id="sub_2", product_id="pdt_basic", status="cancelled", quantity=1, created_at=None)
NADIA = Facts(
    now=NOW,
    customer_id="cus_nadia",
    bought=("pdt_course", "pdt_pen"),
    items=3,
    total=1200,
    currency="USD",
    country="DE",
    method=("wallet", "apple_pay"),
    payment_metadata={"campaign": "spring", "seats": 5.0},
    product_metadata={"pdt_course": {"level": "a1"}, "pdt_pen": {}},
    bought_before=("pdt_brush",),
    past_purchases=2,
    spent={"USD": 5000, "EUR": 100},
    subscriptions=(TEAM, OLD),
    customer_metadata={"tier": "gold", "beta": True},
    locale="de_AT",
    occasion="limit_near",
    occasion_data={"used": 0.9, "plan": "free", "trial": True, "seats": 1},
)


def condition(text: str) -> Condition:
    return msgspec.convert(tomllib.loads(text), Condition)


def asked(text: str, facts: Facts = NADIA) -> Outcome:
    return evaluate(condition(text), facts, SALT)


@pytest.mark.parametrize(
    ("text", "holds", "value"),
    [
        ('bought = ["pdt_pen", "pdt_x"]', True, "pdt_course, pdt_pen"),
        ('bought = ["pdt_brush"]', False, "pdt_course, pdt_pen"),
        ('bought_all = ["pdt_pen", "pdt_course"]', True, "pdt_course, pdt_pen"),
        ('bought_all = ["pdt_pen", "pdt_x"]', False, "pdt_course, pdt_pen"),
        ('not_bought = ["pdt_x"]', True, "pdt_course, pdt_pen"),
        ('not_bought = ["pdt_x", "pdt_pen"]', False, "pdt_course, pdt_pen"),
        ('ever_bought = ["pdt_brush"]', True, "pdt_brush, pdt_course, pdt_pen"),
        ('ever_bought = ["pdt_pen"]', True, "pdt_brush, pdt_course, pdt_pen"),
        ('ever_bought_all = ["pdt_brush", "pdt_pen"]', True, "pdt_brush, pdt_course, pdt_pen"),
        ('never_bought = ["pdt_brush"]', False, "pdt_brush, pdt_course, pdt_pen"),
        ('never_bought = ["pdt_x"]', True, "pdt_brush, pdt_course, pdt_pen"),
        ("total = { at_least = 1200, at_most = 1200 }", True, "1200 USD"),
        ("total = { at_least = 1201 }", False, "1200 USD"),
        ("total = { at_most = 1199 }", False, "1200 USD"),
        ('total = { at_least = 1000, currency = "EUR" }', False, "1200 USD"),
        ('total = { at_least = 1000, currency = "USD" }', True, "1200 USD"),
        ("items = { at_least = 3 }", True, "3"),
        ("items = { at_most = 2 }", False, "3"),
        ('currency = ["EUR", "USD"]', True, "USD"),
        ('currency = ["EUR"]', False, "USD"),
        ('country = ["DE"]', True, "DE"),
        ('country = ["US", "AT"]', False, "DE"),
        ('method = ["card", "apple_pay"]', True, "apple_pay, wallet"),
        ('method = ["card"]', False, "apple_pay, wallet"),
        ('payment_metadata = { key = "campaign", equals = "spring" }', True, "spring"),
        ('payment_metadata = { key = "seats", equals = "5" }', True, "5"),
        ('payment_metadata = { key = "seats", one_of = [4, 6] }', False, "5"),
        ('payment_metadata = { key = "gift", exists = false }', True, "absent"),
        ('product_metadata = { key = "level", one_of = ["a1"] }', True, "pdt_course: a1, pdt_pen: absent"),
        ('product_metadata = { key = "level", equals = "b2" }', False, "pdt_course: a1, pdt_pen: absent"),
        ('customer_metadata = { key = "beta", equals = "true" }', True, "true"),
        ('customer_metadata = { key = "tier", exists = true }', True, "gold"),
        ('customer_metadata = { key = "tier", one_of = ["silver"] }', False, "gold"),
        ('customer = "returning"', True, "returning"),
        ('customer = "first"', False, "returning"),
        ("past_purchases = { at_least = 2 }", True, "2"),
        ('spent = { at_least = 5000, currency = "USD" }', True, "5000 USD"),
        ('spent = { at_least = 101, currency = "EUR" }', False, "100 EUR"),
        ('spent = { at_most = 0, currency = "JPY" }', True, "0 JPY"),
        ('locale = ["de"]', True, "de_AT"),
        ('locale = ["de-at"]', True, "de_AT"),
        ('locale = ["de-DE", "d"]', False, "de_AT"),
        ('occasion = ["limit_near"]', True, "limit_near"),
        ('occasion = ["milestone"]', False, "limit_near"),
        ('occasion_data = { key = "used", at_least = 0.9, below = 1 }', True, "0.9"),
        ('occasion_data = { key = "used", above = 0.9 }', False, "0.9"),
        ('occasion_data = { key = "plan", at_least = 0 }', False, "free"),
        ('occasion_data = { key = "seats", equals = 1.0 }', True, "1"),
        ('occasion_data = { key = "seats", equals = "1" }', False, "1"),
        ('occasion_data = { key = "seats", equals = true }', False, "1"),
        ('occasion_data = { key = "trial", one_of = [1, true] }', True, "true"),
        ('occasion_data = { key = "trial", at_least = 0 }', False, "true"),
        ('occasion_data = { key = "missing", at_most = 5 }', False, "absent"),
        ('time = { days = ["sat"] }', True, "sat 12:30 UTC"),
        ('time = { days = ["mon", "sun"] }', False, "sat 12:30 UTC"),
        ('time = { from = "12:30", to = "12:31" }', True, "sat 12:30 UTC"),
        ('time = { to = "12:30" }', False, "sat 12:30 UTC"),
        ('time = { zone = "Europe/Berlin", from = "13:30" }', True, "sat 13:30 Europe/Berlin"),
        ('time = { zone = "Pacific/Auckland", days = ["sun"], to = "24:00" }', True, "sun 01:30 Pacific/Auckland"),
    ],
)
def test_each_leaf_holds_or_not_and_says_what_it_saw(text, holds, value):
    outcome = asked(text)
    assert (outcome.held, outcome.value, outcome.unknown) == (holds, value, False)


SUBSCRIPTIONS = "pdt_basic cancelled, 1 seats, age unknown; pdt_team active, 5 seats, 30 days"


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("subscribed = {}", True),
        ('subscribed = { product = ["pdt_basic"] }', False),
        ('subscribed = { product = ["pdt_basic"], status = ["cancelled"] }', True),
        ('subscribed = { product = ["pdt_team", "pdt_x"], seats = { at_least = 5 } }', True),
        ("subscribed = { seats = { at_least = 6 } }", False),
        ("subscribed = { days = { at_least = 30, at_most = 30 } }", True),
        ("subscribed = { days = { at_least = 31 } }", False),
    ],
)
def test_one_subscription_must_be_all_of_it(text, holds):
    outcome = asked(text)
    assert (outcome.held, outcome.value) == (holds, SUBSCRIPTIONS)


def test_the_age_of_a_subscription_without_a_date_is_unknown():
    outcome = asked('subscribed = { status = ["cancelled"], days = { at_most = 9 } }')
    assert (outcome.held, outcome.unknown) == (False, True)


def test_a_customer_without_subscriptions_has_none_and_an_unread_one_is_unknown():
    assert asked("subscribed = {}", replace(NADIA, subscriptions=())).value == "none"
    unread = asked("subscribed = {}", replace(NADIA, subscriptions=None))
    assert (unread.value, unread.held, unread.unknown) == ("unknown", False, True)


def test_nobody_is_left_out_of_none_on_the_strength_of_what_could_not_be_read():
    outcome = asked("none = [{ subscribed = {} }]", replace(NADIA, subscriptions=None))
    assert (outcome.held, outcome.unknown) == (False, True)


@pytest.mark.parametrize("tree", ["all", "any"])
def test_what_could_not_be_read_stays_unknown_through_the_trees_within_none(tree):
    unread = replace(NADIA, subscriptions=None)
    outcome = asked(f"none = [{{ {tree} = [{{ subscribed = {{}} }}] }}]", unread)
    assert (outcome.held, outcome.unknown) == (False, True)
    assert asked(f"none = [{{ {tree} = [{{ none = [{{ subscribed = {{}} }}] }}] }}]", unread).unknown


@pytest.mark.parametrize(("past", "customer"), [(0, "first"), (1, "returning"), (2, "returning")])
def test_a_customer_returns_with_the_second_purchase(past, customer):
    facts = replace(NADIA, past_purchases=past)
    assert [asked(f'customer = "{one}"', facts).held for one in ("first", "returning")] == [
        customer == "first",
        customer == "returning",
    ]


def test_any_holds_beside_an_unknown_and_all_fails_beside_one():
    unread = replace(NADIA, subscriptions=None)
    assert asked('any = [{ subscribed = {} }, { country = ["DE"] }]', unread).held
    failed = asked('all = [{ subscribed = {} }, { country = ["US"] }]', unread)
    assert (failed.held, failed.unknown) == (False, False)


def test_what_was_ever_bought_is_unknown_while_the_past_is():
    assert asked('never_bought = ["pdt_x"]', replace(NADIA, bought_before=None)).unknown


def test_an_empty_all_holds_for_everyone():
    assert asked("all = []", Facts()).held


def test_a_node_that_says_several_things_holds_for_nobody():
    outcome = evaluate(Condition(bought=("pdt_pen",), customer="returning"), NADIA, SALT)
    assert (outcome.held, outcome.unknown, what_would_change(outcome)) == (False, True, ())


def test_a_zone_that_this_machine_does_not_know_is_unknown():
    assert asked('time = { zone = "Mars/Base", from = "09:00" }').unknown
    assert asked('time = { zone = "../etc/passwd", from = "09:00" }').unknown


def test_the_same_hour_has_another_distance_to_utc_in_summer():
    summer = replace(NADIA, now=datetime(2026, 7, 21, 12, 30, tzinfo=UTC))
    assert asked('time = { zone = "Europe/Berlin", from = "00:00" }', summer).value == "tue 14:30 Europe/Berlin"


def test_a_share_is_the_same_customers_every_time_and_a_larger_one_keeps_them():
    customers = [f"cus_{number}" for number in range(2000)]
    for percent in (1, 20, 50, 100):
        inside = [one for one in customers if asked(f"share = {percent}", replace(NADIA, customer_id=one)).held]
        assert inside == [one for one in customers if bucket(SALT, one) < percent]
        assert abs(len(inside) - 20 * percent) < 100


def test_the_place_of_a_customer_never_changes():
    """Written down: another number here would deal every running share anew."""
    assert [bucket(SALT, one) for one in ("cus_nadia", "cus_omar", "cus_uma")] == [20, 3, 68]
    assert bucket("another-offer", "cus_nadia") == 58


def test_an_id_that_is_no_text_has_a_place_too():
    assert 0 <= bucket(SALT, "cus_\ud800") < 100


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ('bought = ["pdt_pen"]', ()),
        ("total = { at_least = 2000 }", ("total: 1200 USD, needs at least 2000",)),
        ('total = { at_least = 2000, currency = "USD" }', ("total: 1200 USD, needs at least 2000 USD",)),
        (
            'all = [{ country = ["US"] }, { customer = "first" }, { items = { at_least = 1 } }]',
            ("country: DE, needs US", "customer: returning, needs first"),
        ),
        (
            'any = [{ all = [{ country = ["US"] }, { customer = "first" }] }, { locale = ["fr", "it"] }]',
            ("locale: de_AT, needs one of fr, it",),
        ),
        (
            'none = [{ country = ["DE", "AT"] }, { customer = "first" }, { bought = ["pdt_pen"] }]',
            ("country: DE, must not be one of AT, DE", "bought: pdt_course, pdt_pen, must not be any of pdt_pen"),
        ),
        (
            'none = [{ all = [{ country = ["DE"] }, { customer = "returning" }] }]',
            ("country: DE, must not be DE",),
        ),
        ('none = [{ none = [{ country = ["US"] }] }]', ("country: DE, needs US",)),
        ('all = [{ country = ["US"] }, { any = [{ country = ["US"] }] }]', ("country: DE, needs US",)),
        ("none = [{ all = [] }]", ()),
        (
            'customer_metadata = { key = "tier", one_of = ["silver", "bronze"] }',
            ("customer metadata tier: gold, needs one of bronze, silver",),
        ),
        (
            'subscribed = { product = ["pdt_pro"], seats = { at_least = 2 } }',
            (f"subscribed: {SUBSCRIPTIONS}, needs a subscription (active) to any of pdt_pro with at least 2 seats",),
        ),
    ],
)
def test_what_would_have_to_change_is_said_in_the_fewest_sentences(text, sentences):
    assert what_would_change(asked(text)) == sentences


def test_an_outcome_shows_every_node_with_its_words():
    outcome = asked('all = [{ not_bought = ["pdt_x"] }, { any = [{ share = 100 }, { customer = "first" }] }]')
    assert (outcome.text, outcome.value) == ("all of: 2 conditions", "2 of 2 held")
    assert [part.text for part in outcome.parts] == ["bought: none of pdt_x", "any of: 2 conditions"]
    assert [part.text for part in outcome.parts[1].parts] == ["share: below 100", "customer: first"]
    assert msgspec.json.decode(msgspec.json.encode(outcome), type=Outcome) == outcome


def test_references_name_everything_in_the_tree_once_and_what_must_be_read():
    found = references(
        condition("""
all = [
  { bought = ["pdt_b", "pdt_a"] },
  { any = [{ subscribed = { product = ["pdt_a", "pdt_team"], days = { at_least = 3 } } }, { country = ["DE"] }] },
  { none = [{ customer_metadata = { key = "tier", exists = true } }, { occasion = ["milestone"] }] },
  { spent = { at_least = 1, currency = "EUR" } },
  { total = { at_least = 1, currency = "USD" } },
  { currency = ["USD"] },
]""")
    )
    assert found.products == ("pdt_a", "pdt_b", "pdt_team")
    assert (found.currencies, found.countries) == (("EUR", "USD"), ("DE",))
    assert (found.occasions, found.metadata) == (("milestone",), (("customer_metadata", "tier"),))
    assert found.needs == ("clock", "customer", "history", "occasion", "payment", "subscriptions")


def test_a_share_alone_needs_nothing_to_be_read():
    assert references(condition("share = 5")).needs == ()

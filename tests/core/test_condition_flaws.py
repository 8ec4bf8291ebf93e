"""What is wrong with a condition is told at its place, with what was expected and what was meant."""

import tomllib

import msgspec
import pytest

from widget.core.condition import Condition
from widget.core.condition_flaws import DEEPEST, MOST, flaws, impossible, misfit, read_condition
from widget.core.toml_lines import line_of, lines, spelled


def told(text: str) -> list[tuple[str, str]]:
    condition, found = read_condition(tomllib.loads(text))
    assert (condition is None) is bool(found)
    return [(spelled(flaw.path), flaw.told) for flaw in found]


@pytest.mark.parametrize(
    ("text", "path", "message"),
    [
        ('all = [{ bougt = ["a"] }]', "all[0].bougt", "unknown field; did you mean 'bought'?"),
        ("total = { at_lest = 1 }", "total.at_lest", "unknown field; did you mean 'at_least'?"),
        (
            'all = [{ customer = "first" }, { bought = ["a"], country = ["DE"] }]',
            "all[1]",
            "one condition in each { }; found bought and country; write all = [{ bought = … }, { country = … }]",
        ),
        (
            'bought = ["a"]\nany = [{ country = ["DE"] }]',
            "",
            "one condition in each { }; found any and bought; write all = [{ any = […] }, { bought = … }]",
        ),
        ("any = []", "any", "is empty and never holds; give it conditions or take it out"),
        ("none = []", "none", "is empty and excludes nothing; give it conditions or take it out"),
        (
            'all = { bought = ["a"] }',
            "all",
            'expected a list [ … ], found a table { … }; write all = [{ bought = ["pdt_…"] }, { country = ["DE"] }]',
        ),
        (
            "all = [3]",
            "all[0]",
            'expected a table { … }, found a whole number; write { bought = ["pdt_…"] }',
        ),
        ('bought = "pdt_a"', "bought", 'expected a list [ … ], found text; write bought = ["pdt_…"]'),
        ("bought = []", "bought", "expected 1 to 200 names, found 0"),
        ('bought = ["the course"]', "bought[0]", "expected a product id without spaces, found 'the course'"),
        (
            'all = [{ share = 5 }, { any = [{ total = { at_least = "1000" } }] }]',
            "all[1].any[0].total.at_least",
            'expected a whole number, found text; write total = { at_least = 1000, currency = "USD" }',
        ),
        ("total = {}", "total", "expected at_least, at_most or both"),
        ("items = { at_least = -1 }", "items.at_least", "expected 0 or more, found -1"),
        (
            "total = { at_least = 2, at_most = 1 }",
            "total.at_most",
            "can never hold: nothing is at least 2 and at most 1; swap them",
        ),
        (
            "subscribed = { seats = { at_least = 2, at_most = 1 } }",
            "subscribed.seats.at_most",
            "can never hold: nothing is at least 2 and at most 1; swap them",
        ),
        (
            "subscribed = { status = [] }",
            "subscribed.status",
            "expected at least one status; leave it out for active ones",
        ),
        (
            'total = { at_least = 1, currency = "usd" }',
            "total.currency",
            "expected a currency (ISO 4217), found 'usd'; did you mean 'USD'?",
        ),
        (
            "spent = { at_least = 1 }",
            "spent.currency",
            'is missing; write spent = { at_least = 50000, currency = "USD" }',
        ),
        ("currency = []", "currency", "expected at least one currency"),
        (
            'country = ["DE", "UK"]',
            "country[1]",
            "expected a country of two capital letters (ISO 3166), found 'UK'; did you mean 'GB'?",
        ),
        (
            'country = ["de"]',
            "country[0]",
            "expected a country of two capital letters (ISO 3166), found 'de'; did you mean 'DE'?",
        ),
        (
            'method = ["Apple Pay"]',
            "method[0]",
            "expected a method in small letters, such as card or apple_pay, found 'Apple Pay'; did you mean 'apple_pay'?",
        ),
        ('locale = ["german"]', "locale[0]", "expected a language such as de or pt-BR, found 'german'"),
        ('customer = "frist"', "customer", "'frist' is none of first, returning; did you mean 'first'?"),
        ("share = 0", "share", "can never hold: expected 1 to 100 percent, found 0"),
        ("share = 101", "share", "expected 1 to 100 percent, found 101"),
        ("time = {}", "time", "expected days, from or to"),
        ("time = { days = [] }", "time.days", "expected at least one day; leave it out for every day"),
        (
            'time = { from = "9:00" }',
            "time.from",
            "expected HH:MM between 00:00 and 24:00, found '9:00'; such as \"09:00\"",
        ),
        (
            'time = { from = "22:00", to = "06:00" }',
            "time.to",
            "can never hold: from 22:00 to 06:00 ends before it starts; over midnight: "
            'any = [{ time = { from = "22:00" } }, { time = { to = "06:00" } }]',
        ),
        (
            'time = { zone = "Berlin", days = ["mon"] }',
            "time.zone",
            "expected an IANA time zone, found 'Berlin'; did you mean 'Europe/Berlin'?",
        ),
        (
            'customer_metadata = { key = "tier" }',
            "customer_metadata",
            "expected one of equals, one_of, exists, found none",
        ),
        (
            'customer_metadata = { key = "tier", equals = "gold", exists = true }',
            "customer_metadata",
            "expected one of equals, one_of, exists, found equals and exists",
        ),
        (
            'time = { from = "10:00", to = "10:00" }',
            "time.to",
            "can never hold: from 10:00 to 10:00 ends before it starts; over midnight: "
            'any = [{ time = { from = "10:00" } }, { time = { to = "10:00" } }]',
        ),
        (
            'customer_metadata = { key = "the tier", equals = "a" }',
            "customer_metadata.key",
            "expected 1 to 40 of letters, digits, - and _, found 'the tier'",
        ),
        (
            'customer_metadata = { key = "tier", at_least = 3 }',
            "customer_metadata.at_least",
            'unknown field; write customer_metadata = { key = "tier", equals = "gold" }',
        ),
        (
            'occasion_data = { key = "used", equals = 3, at_least = 2 }',
            "occasion_data",
            "expected one of equals, one_of, exists, at_least, at_most, above or below, found equals and at_least",
        ),
        ('occasion_data = { key = "", equals = 3 }', "occasion_data.key", "expected 1 to 40 characters"),
        ('occasion_data = { key = "used", at_least = nan }', "occasion_data.at_least", "expected a finite number"),
        ('occasion_data = { key = "used", one_of = [] }', "occasion_data.one_of", "expected at least one value"),
        (
            'occasion = ["Limit Near"]',
            "occasion[0]",
            "expected 1 to 64 of a-z, 0-9, - and _, found 'Limit Near'; did you mean 'limit_near'?",
        ),
    ],
)
def test_a_mistake_is_told_where_it_is(text, path, message):
    assert told(text) == [(path, message)]


@pytest.mark.parametrize(
    ("parts", "path", "message"),
    [
        (
            '{ currency = ["USD"] }, { total = { at_least = 1, currency = "EUR" } }',
            "all[1].total",
            "total: at least 1 EUR contradicts currency: USD (all[0].currency)",
        ),
        (
            '{ currency = ["USD", "GBP"] }, { currency = ["EUR"] }',
            "all[1].currency",
            "currency: EUR contradicts currency: one of GBP, USD (all[0].currency)",
        ),
        (
            "{ total = { at_least = 2000 } }, { all = [{ total = { at_most = 1000 } }] }",
            "all[1].all[0].total",
            "total: at most 1000 contradicts total: at least 2000 (all[0].total)",
        ),
        (
            '{ country = ["DE", "AT"] }, { country = ["AT", "CH"] }, { country = ["CH", "DE"] }',
            "all[2].country",
            "country: one of CH, DE contradicts country: one of AT, CH (all[1].country)",
        ),
        (
            '{ bought = ["a"] }, { not_bought = ["a", "b"] }',
            "all[1].not_bought",
            "bought: none of a, b contradicts bought: any of a (all[0].bought)",
        ),
        (
            '{ never_bought = ["b"] }, { bought_all = ["a", "b"] }',
            "all[1].bought_all",
            "bought: all of a, b contradicts ever bought: none of b (all[0].never_bought)",
        ),
        (
            '{ ever_bought = ["b"] }, { none = [{ any = [{ ever_bought = ["b"] }] }] }',
            "all[1].none[0].any[0].ever_bought",
            "ever bought: none of b contradicts ever bought: any of b (all[0].ever_bought)",
        ),
        (
            '{ customer = "first" }, { past_purchases = { at_least = 1 } }',
            "all[1].past_purchases",
            "past purchases: at least 1 contradicts customer: first (all[0].customer)",
        ),
        (
            '{ customer = "first" }, { customer = "returning" }',
            "all[1].customer",
            "customer: returning contradicts customer: first (all[0].customer)",
        ),
        (
            '{ spent = { at_least = 9, currency = "EUR" } }, { spent = { at_most = 8, currency = "EUR" } }',
            "all[1].spent",
            "spent: at most 8 EUR contradicts spent: at least 9 EUR (all[0].spent)",
        ),
        (
            "{ share = 20 }, { none = [{ share = 30 }] }",
            "all[1].none[0].share",
            "share: not below 30 contradicts share: below 20 (all[0].share)",
        ),
        (
            '{ time = { to = "12:00" } }, { time = { from = "12:00" } }',
            "all[1].time",
            "time: from 12:00 UTC contradicts time: to 12:00 UTC (all[0].time)",
        ),
        (
            '{ time = { days = ["mon"] } }, { time = { days = ["sat", "sun"] } }',
            "all[1].time",
            "time: sat, sun UTC contradicts time: mon UTC (all[0].time)",
        ),
        (
            '{ locale = ["de"] }, { locale = ["fr", "it"] }',
            "all[1].locale",
            "locale: one of fr, it contradicts locale: de (all[0].locale)",
        ),
        (
            '{ occasion = ["a"] }, { occasion = ["b"] }',
            "all[1].occasion",
            "occasion: b contradicts occasion: a (all[0].occasion)",
        ),
        (
            '{ occasion_data = { key = "n", equals = 3 } }, { occasion_data = { key = "n", below = 3 } }',
            "all[1].occasion_data",
            "occasion data n: below 3 contradicts occasion data n: 3 (all[0].occasion_data)",
        ),
        (
            '{ customer_metadata = { key = "a", exists = false } }, { customer_metadata = { key = "a", equals = "x" } }',
            "all[1].customer_metadata",
            "customer metadata a: x contradicts customer metadata a: absent (all[0].customer_metadata)",
        ),
        (
            '{ occasion_data = { key = "a", exists = true } }, { occasion_data = { key = "a", exists = false } }',
            "all[1].occasion_data",
            "occasion data a: absent contradicts occasion data a: there (all[0].occasion_data)",
        ),
        (
            '{ occasion_data = { key = "a", exists = false } }, { occasion_data = { key = "a", above = 1 } }',
            "all[1].occasion_data",
            "occasion data a: above 1 contradicts occasion data a: absent (all[0].occasion_data)",
        ),
        (
            "{ subscribed = {} }, { none = [{ subscribed = {} }] }",
            "all[1].none[0].subscribed",
            "the same is asked for (all[0].subscribed)",
        ),
        (
            '{ country = ["DE"] }, { any = [{ country = ["AT"] }, { all = [{ share = 5 }, { country = ["US"] }] }] }',
            "all[1].any",
            "no alternative can hold here; the first: country: AT contradicts country: DE (all[0].country)",
        ),
    ],
)
def test_a_condition_that_can_never_hold_is_refused_with_both_sides(parts, path, message):
    assert told(f"all = [{parts}]") == [(path, f"can never hold: {message}")]
    assert impossible(msgspec.convert(tomllib.loads(f"all = [{parts}]"), Condition))


@pytest.mark.parametrize(
    "parts",
    [
        '{ currency = ["USD"] }, { spent = { at_least = 1, currency = "EUR" } }',
        '{ bought = ["a", "b"] }, { not_bought = ["a"] }',
        '{ ever_bought = ["a"] }, { not_bought = ["a"] }',
        "{ total = { at_least = 5 } }, { total = { at_most = 5 } }",
        "{ share = 30 }, { none = [{ share = 20 }] }",
        '{ locale = ["de"] }, { locale = ["de-AT", "fr"] }',
        '{ locale = ["de-AT", "fr"] }, { locale = ["de"] }',
        '{ spent = { at_least = 9, currency = "EUR" } }, { spent = { at_most = 8, currency = "USD" } }',
        '{ customer = "first" }, { past_purchases = { at_most = 0 } }',
        '{ customer = "returning" }, { past_purchases = { at_most = 1 } }',
        '{ time = { zone = "UTC", to = "12:00" } }, { time = { zone = "Europe/Berlin", from = "12:00" } }',
        '{ product_metadata = { key = "a", equals = 1 } }, { product_metadata = { key = "a", equals = 2 } }',
        '{ method = ["wallet"] }, { method = ["apple_pay"] }',
        '{ occasion_data = { key = "a", equals = 1 } }, { none = [{ occasion_data = { key = "a", equals = true } }] }',
        '{ payment_metadata = { key = "a", equals = 5 } }, { payment_metadata = { key = "a", equals = "5" } }',
        '{ any = [{ country = ["DE"] }] }, { country = ["DE", "AT"] }',
        '{ country = ["DE"] }, { any = [{ country = ["AT"] }, { customer = "first" }] }',
        '{ none = [{ all = [{ share = 5 }, { country = ["DE"] }] }] }, { share = 5 }',
    ],
)
def test_what_could_hold_is_let_through(parts):
    assert told(f"all = [{parts}]") == []


def test_an_alternative_that_can_never_hold_is_told_though_others_can():
    text = 'any = [{ country = ["DE"] }, { all = [{ occasion = ["a"] }, { occasion = ["b"] }] }]'
    assert told(text) == [
        ("any[1].all[1].occasion", "can never hold: occasion: b contradicts occasion: a (any[1].all[0].occasion)")
    ]
    assert not impossible(msgspec.convert(tomllib.loads(text), Condition))


def test_all_mistakes_are_told_at_once():
    found = told('all = [{ share = 0 }, { any = [] }, { country = ["Austria"] }]')
    assert [path for path, _ in found] == ["all[0].share", "all[1].any", "all[2].country[0]"]


def test_a_mistake_leads_to_its_line():
    text = """
[offer.when]
all = [
  { bought = ["pdt_course"] },
  { any = [
    { country = ["DE"] },
    { total = { at_least = 1000, currency = "usd" } },
  ] },
]
"""
    _, (flaw,) = read_condition(tomllib.loads(text)["offer"]["when"])
    assert line_of(("offer", "when", *flaw.path), lines(text)) == 7


def test_a_misfit_found_while_reading_the_whole_file_is_told_in_the_same_words():
    path = ("offer", 3, "when", "all", 0, "total")
    assert misfit(path, "expected object, got int").told == (
        'expected a table { … }, found a whole number; write total = { at_least = 1000, currency = "USD" }'
    )
    assert (
        misfit(("offer", 3, "when"), "expected object, got int").told == "expected a table { … }, found a whole number"
    )


def test_a_tree_may_be_so_deep_and_so_wide_and_no_more():
    def nested(levels: int) -> Condition:
        return Condition(all=(nested(levels - 1),)) if levels else Condition(share=5)

    assert flaws(nested(DEEPEST)) == ()
    assert [flaw.message for flaw in flaws(nested(DEEPEST + 1))] == [f"deeper than {DEEPEST} levels"]
    assert flaws(Condition(all=(Condition(share=5),) * MOST)) == ()
    (flaw,) = flaws(Condition(all=(Condition(share=5),) * (MOST + 1)))
    assert flaw.message == f"has {MOST + 1} conditions, expected at most {MOST}"

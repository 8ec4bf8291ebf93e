"""Rules say for whom, chains say what comes after a no; every part of a rule is checked and recorded."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from widget.core.money import Money
from widget.core.offer import CHAIN_LIMIT, Offer, PurchaseFacts, Rule, Texts, chain, in_order, rule_checks

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
NADIA = PurchaseFacts(products=("pdt_book", "pdt_pen"), total=Money(4900, "USD"), country="US", at=NOW)


def offer(name: str = "workbook", **more) -> Offer:
    return Offer(name=name, product="pdt_workbook", texts=Texts(headline="One more"), **more)


def held(which: Offer, purchase: PurchaseFacts = NADIA) -> dict[str, bool]:
    return {check.name: check.held for check in rule_checks(which, purchase, NOW)}


def test_an_empty_rule_holds_for_everyone():
    assert held(offer()) == {"not_paused": True}


@pytest.mark.parametrize(
    ("rule", "name", "holds", "value"),
    [
        (Rule(bought_any=("pdt_book",)), "bought_any", True, "pdt_book,pdt_pen"),
        (Rule(bought_any=("pdt_other", "pdt_pen")), "bought_any", True, "pdt_book,pdt_pen"),
        (Rule(bought_any=("pdt_other",)), "bought_any", False, "pdt_book,pdt_pen"),
        (Rule(bought_none=("pdt_other",)), "bought_none", True, "pdt_book,pdt_pen"),
        (Rule(bought_none=("pdt_other", "pdt_pen")), "bought_none", False, "pdt_book,pdt_pen"),
        (Rule(currencies=("EUR", "USD")), "currency", True, "USD"),
        (Rule(currencies=("EUR",)), "currency", False, "USD"),
        (Rule(countries=("US",)), "country", True, "US"),
        (Rule(countries=("CA", "MX")), "country", False, "US"),
        (Rule(min_total=4900), "min_total", True, "4900"),
        (Rule(min_total=4901), "min_total", False, "4900"),
        (Rule(max_total=4900), "max_total", True, "4900"),
        (Rule(max_total=4899), "max_total", False, "4900"),
        (Rule(min_total=0), "min_total", True, "4900"),
    ],
)
def test_each_part_of_a_rule_is_checked_with_its_actual_value(rule, name, holds, value):
    checks = {check.name: check for check in rule_checks(offer(rule=rule), NADIA, NOW)}
    assert set(checks) == {"not_paused", name}
    assert (checks[name].held, checks[name].value) == (holds, value)


@pytest.mark.parametrize(
    ("more", "name", "holds"),
    [
        ({"paused": True}, "not_paused", False),
        ({"starts": NOW}, "started", True),
        ({"starts": NOW + HOUR}, "started", False),
        ({"ends": NOW}, "not_ended", False),
        ({"ends": NOW + HOUR}, "not_ended", True),
    ],
)
def test_an_offer_runs_from_its_start_to_just_before_its_end(more, name, holds):
    assert held(offer(**more))[name] is holds


RULES = st.builds(
    Rule,
    bought_any=st.lists(st.sampled_from(["pdt_book", "pdt_x"]), max_size=2).map(tuple),
    bought_none=st.lists(st.sampled_from(["pdt_pen", "pdt_y"]), max_size=2).map(tuple),
    currencies=st.lists(st.sampled_from(["USD", "EUR"]), max_size=2).map(tuple),
    countries=st.lists(st.sampled_from(["US", "DE"]), max_size=2).map(tuple),
    min_total=st.none() | st.integers(0, 10_000),
    max_total=st.none() | st.integers(0, 10_000),
)


@given(RULES)
def test_one_part_that_fails_hides_no_other(rule):
    """Each part alone says the same as among the others, and none is left out."""
    alone = [
        replace(Rule(), **{name: getattr(rule, name)}) for name in Rule.__struct_fields__ if getattr(rule, name)
        not in {None, ()}
    ]  # fmt: skip
    expected = {"not_paused": True}
    for part in alone:
        expected |= held(offer(rule=part))
    assert held(offer(rule=rule)) == expected


def test_the_highest_priority_opens_and_names_settle_ties():
    offers = (
        offer("b", priority=1), offer("a", priority=1), offer("c", priority=5), offer("d", chain_only=True, priority=9),
        offer("e", placement="in_app", priority=9),
    )  # fmt: skip
    assert [o.name for o in in_order(offers, "post_purchase")] == ["c", "a", "b"]
    assert [o.name for o in in_order(offers, "in_app")] == ["e"]
    assert in_order(offers, "nowhere") == ()


def test_a_chain_follows_each_no_and_stops_at_three():
    offers = tuple(offer(name, on_decline=following) for name, following in zip("abcd", "bcd\0", strict=True))
    assert [o.name for o in chain(offers[0], offers)] == ["a", "b", "c"]
    assert [o.name for o in chain(offers[2], offers)] == ["c", "d"]


@pytest.mark.parametrize(("following", "names"), [("a", "a"), ("b", "ab"), ("missing", "a"), (None, "a")])
def test_a_chain_stops_at_a_loop_and_at_a_name_that_is_missing(following, names):
    offers = (offer("a", on_decline=following), offer("b", on_decline="a"))
    assert "".join(o.name for o in chain(offers[0], offers)) == names


@given(st.lists(st.none() | st.sampled_from("abcdef"), min_size=5, max_size=5), st.sampled_from("abcde"))
def test_no_chain_is_longer_than_the_limit_or_shows_an_offer_twice(following, first):
    offers = tuple(offer(name, on_decline=then) for name, then in zip("abcde", following, strict=True))
    head = next(o for o in offers if o.name == first)
    names = [o.name for o in chain(head, offers)]
    assert names[0] == first
    assert len(names) == len(set(names)) <= CHAIN_LIMIT
    for step, then in pairwise(names):
        assert next(o for o in offers if o.name == step).on_decline == then

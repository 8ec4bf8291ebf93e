"""The line-up finds exactly the offers whose rule holds, in order; what is told of the others is bounded."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from widget.core.condition import Condition, Total
from widget.core.condition_facts import Facts
from widget.core.considered import Considered, missing
from widget.core.lineup import TOLD, LineUp
from widget.core.money import Money
from widget.core.offer import Check, Offer, PurchaseFacts, Rule, Texts, chain, in_order, rule_checks

NOW = datetime(2026, 5, 1, tzinfo=UTC)
PRODUCTS = ("pdt_a", "pdt_b", "pdt_c")
some = st.lists(st.sampled_from(PRODUCTS), max_size=2).map(tuple)
countries = st.lists(st.sampled_from(("US", "DE")), max_size=2).map(tuple)
leaves = st.one_of(
    some.map(lambda names: Condition(bought=names)),
    some.map(lambda names: Condition(not_bought=names)),
    countries.map(lambda names: Condition(country=names)),
    st.just(Condition(total=Total(at_least=1000))),
    st.just(Condition()),
)
trees = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda parts: Condition(all=tuple(parts))),
        st.lists(inner, max_size=3).map(lambda parts: Condition(any=tuple(parts))),
        st.lists(inner, max_size=3).map(lambda parts: Condition(none=tuple(parts))),
    ),
    max_leaves=5,
)
rules = st.builds(
    Rule,
    bought_any=some,
    bought_none=some,
    currencies=st.sampled_from(((), ("USD",), ("EUR", "USD"))),
    countries=countries,
    min_total=st.sampled_from((None, 1000)),
    max_total=st.sampled_from((None, 2000)),
    occasions=st.sampled_from(((), ("limit_near",))),
)


@st.composite
def offers(draw):
    return tuple(
        Offer(
            f"offer-{number}",
            "pdt_x",
            Texts("A"),
            rule=draw(rules),
            when=draw(trees),
            priority=draw(st.integers(0, 2)),
            paused=draw(st.booleans()),
            starts=draw(st.sampled_from((None, NOW, datetime(2026, 6, 1, tzinfo=UTC)))),
            ends=draw(st.sampled_from((None, NOW, datetime(2026, 6, 1, tzinfo=UTC)))),
            chain_only=draw(st.booleans()),
            on_decline=draw(st.sampled_from((None, "offer-0", "offer-1"))),
            placement=draw(st.sampled_from(("post_purchase", "in_app"))),
        )
        for number in range(draw(st.integers(0, 6)))
    )


@st.composite
def purchases(draw):
    bought, country, total = (
        draw(some),
        draw(st.sampled_from(("US", "FR", ""))),
        draw(st.sampled_from((500, 1500, 2500))),
    )
    known = Facts(now=NOW, bought=draw(st.sampled_from((None, bought))), total=total, currency="USD", country=country)
    return PurchaseFacts(bought, Money(total, "USD"), country, NOW, draw(st.sampled_from(("", "limit_near"))), known)


@given(offers(), purchases(), st.sampled_from(("post_purchase", "in_app", "nowhere")))
def test_the_candidates_are_those_whose_rule_holds_in_order(there, purchase, placement):
    asked = [(head, rule_checks(head, purchase, NOW)) for head in in_order(there, placement)]
    line_up = LineUp(there)
    expected = [(place, head, checks) for place, (head, checks) in enumerate(asked) if all(one.held for one in checks)]
    assert list(line_up.candidates(placement, purchase, NOW)) == expected
    assert all(line_up.chain(head) == chain(head, there) for head, _ in asked)


def many(number: int) -> LineUp:
    rule = Rule(bought_any=("pdt_rare",))
    return LineUp(tuple(Offer(f"offer-{place:04}", "pdt_x", Texts("A"), rule=rule) for place in range(number)))


NADIA = PurchaseFacts(("pdt_a",), Money(1500, "USD"), "US", NOW)


def test_of_a_few_offers_everything_is_told():
    told = many(3).told("post_purchase", NADIA, NOW, judged={}, chosen=None)
    assert [one.offer for one in told] == ["offer-0000", "offer-0001", "offer-0002"]


def test_of_many_offers_those_nearest_to_the_chosen_one_are_told_and_how_many_more_there_are():
    judged = {
        7: (Considered("offer-0007", (Check("not_owned", "true", False),), False),),
        500: (Considered("offer-0500", (), True),),
    }
    told = many(1000).told("post_purchase", NADIA, NOW, judged=judged, chosen=500)
    names = [one.offer for one in told]
    assert names == [
        "offer-0007",
        *(f"offer-{place:04}" for place in range(500 - TOLD, 501 + TOLD)),
        "",
    ]
    assert [check.name for check in told[-2].checks if not check.held] == ["bought_any", "first_in_order"]
    assert missing(told[-1]) == (
        f"more_offers ({1000 - 2 * TOLD - 2}): so many more are in force here; of them no reasons are kept",
    )


def test_where_none_was_chosen_the_first_ones_are_told():
    told = many(1000).told("post_purchase", NADIA, NOW, judged={}, chosen=None)
    assert [one.offer for one in told] == [*(f"offer-{place:04}" for place in range(TOLD)), ""]

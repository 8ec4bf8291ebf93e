"""What is true of every condition and all facts: total, deterministic, blind to order, and never falsely impossible."""

import tomllib
from functools import reduce

import msgspec
from hypothesis import assume, example, given
from hypothesis import strategies as st

from tests.core.condition_worlds import ALL_KNOWN, CONDITIONS, FACTS, NOW
from widget.core.condition import TREE, Condition, DataEntry, only, to_toml_value
from widget.core.condition_facts import Facts
from widget.core.condition_flaws import flaws, impossible, read_condition
from widget.core.condition_of_rule import from_rule
from widget.core.condition_outcome import Outcome, changes, evaluate, what_would_change
from widget.core.condition_references import NEEDS, references
from widget.core.money import Money
from widget.core.offer import Offer, PurchaseFacts, Rule, Texts, rule_checks

SALT = "workbook-with-course"


def shuffled(condition: Condition, random) -> Condition:
    key, value = only(condition)
    if key not in TREE:
        return condition
    parts = [shuffled(part, random) for part in value]
    random.shuffle(parts)
    return Condition(**{key: tuple(parts)})


@given(CONDITIONS, FACTS)
def test_every_condition_has_an_answer_and_the_same_one_again(condition, facts):
    first = evaluate(condition, facts, SALT)
    assert first == evaluate(condition, facts, SALT)
    assert not (first.held and first.unknown)
    assert all(isinstance(sentence, str) for sentence in what_would_change(first))


@given(CONDITIONS, FACTS, st.randoms(use_true_random=False))
def test_the_order_of_parts_changes_no_answer(condition, facts, random):
    one, other = evaluate(condition, facts, SALT), evaluate(shuffled(condition, random), facts, SALT)
    assert (one.held, one.unknown) == (other.held, other.unknown)
    assert len(changes(one) or ()) == len(changes(other) or ())


@given(st.lists(CONDITIONS, min_size=1, max_size=3).map(tuple), ALL_KNOWN)
def test_none_is_not_any_where_the_facts_are_known(parts, facts):
    none, some = (evaluate(Condition(**{key: parts}), facts, SALT) for key in ("none", "any"))
    assume(not some.unknown)  # the age of a subscription, a clock beyond the calendar
    assert none.held is not some.held


@given(CONDITIONS, ALL_KNOWN, st.data())
def test_forgetting_a_fact_never_turns_an_answer_around(condition, facts, data):
    forgotten = data.draw(st.sets(st.sampled_from(Facts.__struct_fields__)))
    known = evaluate(condition, facts, SALT)
    less = evaluate(condition, msgspec.structs.replace(facts, **dict.fromkeys(forgotten)), SALT)
    if not less.unknown and not known.unknown:
        assert less.held is known.held


@given(CONDITIONS, FACTS)
def test_a_condition_called_impossible_never_holds(condition, facts):
    if impossible(condition):
        assert not evaluate(condition, facts, SALT).held


@given(st.lists(CONDITIONS, min_size=2, max_size=4).map(tuple), st.lists(FACTS | ALL_KNOWN, min_size=5, max_size=5))
@example(
    (
        Condition(occasion_data=DataEntry(key="a", equals=1)),
        Condition(none=(Condition(occasion_data=DataEntry(key="a", equals=True)),)),
    ),
    [Facts(occasion_data={"a": 1})],
)
def test_no_facts_meet_what_is_called_impossible_together(parts, worlds):
    if impossible(Condition(all=parts)):
        assert not any(evaluate(Condition(all=parts), facts, SALT).held for facts in worlds)


def after(outcome: Outcome, changed: dict[int, bool]) -> bool:
    """Whether it holds once those leaves are otherwise; a leaf is known by where it stands."""
    if id(outcome) in changed:
        return changed[id(outcome)]
    if outcome.key not in TREE:
        return outcome.held
    parts = [after(part, changed) for part in outcome.parts]
    return all(parts) if outcome.key == "all" else any(parts) is (outcome.key == "any")


@given(CONDITIONS, ALL_KNOWN)
def test_after_the_changes_it_holds_and_without_one_of_them_it_does_not(condition, facts):
    outcome = evaluate(condition, facts, SALT)
    assume(not any(node.unknown for node in nodes(outcome)))
    needed = changes(outcome)
    assert needed is not None
    changed = {id(change.leaf): change.hold for change in needed}
    assert after(outcome, changed)
    for leaf in changed:
        assert not after(outcome, {other: hold for other, hold in changed.items() if other != leaf})


def nodes(outcome: Outcome) -> list[Outcome]:
    return reduce(lambda found, part: found + nodes(part), outcome.parts, [outcome])


@given(CONDITIONS)
def test_what_is_written_is_read_as_the_same_condition(condition):
    written = to_toml_value(condition)
    assert repr(msgspec.convert(written, Condition)) == repr(condition)
    assert repr(msgspec.convert(tomllib.loads(f"when = {inline(written)}")["when"], Condition)) == repr(condition)


def inline(value) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {inline(one)}" for key, one in value.items()) + " }"
    if isinstance(value, list):
        return f"[{', '.join(map(inline, value))}]"
    return msgspec.json.encode(value).decode()


@given(CONDITIONS)
def test_flaws_are_told_of_every_generated_condition_without_failing(condition):
    found = flaws(condition)
    assert read_condition(to_toml_value(condition)) == ((None, found) if found else (condition, ()))


_READ_FOR = {
    "payment": ("bought", "items", "total", "currency", "country", "payment_metadata"),
    "method": ("method",),
    "product_metadata": ("product_metadata",),
    "history": ("bought_before", "past_purchases", "spent"),
    "subscriptions": ("subscriptions",),
    "customer": ("customer_metadata",),
    "locale": ("locale",),
    "clock": ("now",),
    "occasion": ("occasion", "occasion_data"),
}


@given(CONDITIONS, ALL_KNOWN)
def test_nothing_is_asked_that_references_do_not_name(condition, facts):
    needs = references(condition).needs
    unread = [name for need, names in _READ_FOR.items() if need not in needs for name in names]
    less = msgspec.structs.replace(facts, **dict.fromkeys(unread))
    one, other = evaluate(condition, facts, SALT), evaluate(condition, less, SALT)
    assert (one.held, one.unknown) == (other.held, other.unknown)
    assert {need for needs in NEEDS.values() for need in needs} <= set(_READ_FOR)


_IDS = st.just(()) | st.lists(st.sampled_from(["pdt_a", "pdt_b", "pdt_c"]), max_size=2).map(tuple)


def _seldom(*words):
    return st.just(()) | st.lists(st.sampled_from(words), max_size=2).map(tuple)


RULES = st.builds(
    Rule,
    bought_any=_IDS,
    bought_none=_IDS,
    currencies=_seldom("USD", "EUR"),
    countries=_seldom("DE", "US"),
    min_total=st.none() | st.integers(-1, 3),
    max_total=st.none() | st.integers(-1, 3),
    occasions=_seldom("limit_near", "milestone"),
)
PURCHASES = st.builds(
    PurchaseFacts,
    products=_IDS,
    total=st.builds(Money, st.integers(-1, 4), st.sampled_from(["USD", "EUR", "JPY"])),
    country=st.sampled_from(["DE", "US", "AT"]),
    at=st.just(NOW),
    occasion=st.sampled_from(["", "limit_near"]),
)
BOUGHT = PurchaseFacts(("pdt_a",), Money(2, "USD"), "DE", NOW, "limit_near")


@given(RULES, PURCHASES)
@example(Rule(bought_any=("pdt_a", "pdt_b")), BOUGHT)
@example(Rule(bought_none=("pdt_b",)), BOUGHT)
@example(Rule(currencies=("USD",)), BOUGHT)
@example(Rule(countries=("DE",)), BOUGHT)
@example(Rule(min_total=2, max_total=2), BOUGHT)
@example(Rule(min_total=3), BOUGHT)
@example(Rule(max_total=1), BOUGHT)
@example(Rule(occasions=("limit_near",)), BOUGHT)
def test_a_flat_rule_says_the_same_as_the_condition_made_of_it(rule, purchase):
    offer = Offer(name="workbook", product="pdt_workbook", texts=Texts(headline="One more"), rule=rule)
    facts = Facts(
        bought=purchase.products,
        total=purchase.total.amount,
        currency=purchase.total.currency,
        country=purchase.country,
        occasion=purchase.occasion,
    )
    flat = all(check.held for check in rule_checks(offer, purchase, NOW))
    assert evaluate(from_rule(rule), facts, SALT).held is flat

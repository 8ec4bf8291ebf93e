"""An offer that nobody can ever be shown is refused with its line, its field and what to write instead."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.stage import OFFERS
from widget.core.offer import Offer, Rule, Texts
from widget.core.offers_file import OffersFileError, read, warnings

FILE = """[[offer]]
name = "workbook"
product = "pdt_workbook"
{}
[offer.texts]
headline = "The workbook"
"""
IN_APP = 'placement = "in_app"\n'


@pytest.mark.parametrize(
    ("lines", "field", "said"),
    [
        ('rule = { bought_any = ["a"], bought_none = ["a"] }', "rule.bought_none", "bought: none of a contradicts"),
        ('rule = { countries = ["DE"] }\nwhen = { country = ["FR"] }', "when.country", "contradicts country: DE"),
        ('rule = { currencies = ["EUR"] }\nwhen = { total = { at_least = 1, currency = "USD" } }', "when.total", "EUR"),
        ("rule = { min_total = 500 }\nwhen = { total = { at_most = 400 } }", "when.total", "at least 500"),
        (
            'rule = { currencies = ["EUR"] }\npay_what_you_want = { currency = "USD", min = 1, max = 2, suggested = 1 }',
            "rule.currencies",
            "an amount in USD is offered only to those who pay in USD",
        ),
        ('rule = { bought_any = ["pdt_workbook"] }', "rule.bought_any", "who buys pdt_workbook has it already"),
        ('when = { bought = ["pdt_workbook"] }\nrepeats = "once_per_order"', "when.bought", 'repeats is "once_per_'),
        ('rule = { occasions = ["limit_near"] }', "rule.occasions", "give a placement"),
        ('when = { occasion_data = { key = "used", above = 1 } }', "when.occasion_data", "give a placement"),
        (
            IN_APP + 'rule = { occasions = ["near"], bought_any = ["a"] }',
            "rule.bought_any",
            "nothing is bought in this payment (rule.occasions); ever_bought",
        ),
        (IN_APP + 'rule = { occasions = ["near"], min_total = 1 }', "rule.min_total", "spent for how much"),
        (
            IN_APP + 'when = { all = [{ occasion = ["near"] }, { bought = ["a"] }] }',
            "when.all[1].bought",
            "ever_bought",
        ),
        (
            IN_APP
            + 'rule = { occasions = ["near"] }\nwhen = { any = [{ bought = ["a"] }, { items = { at_least = 1 } }] }',
            "when.any",
            "nothing is bought",
        ),
        (
            IN_APP + 'rule = { occasions = ["near"] }\nwhen = { none = [{ total = { at_least = 9 } }] }',
            "when.none[0].total",
            "nothing is bought",
        ),
        ("chain_only = true", "chain_only", "no offer leads here"),
    ],
)
def test_what_can_never_be_shown_is_told_where_it_is_written(lines, field, said):
    with pytest.raises(OffersFileError) as error:
        read(FILE.format(lines))
    (problem,) = error.value.problems
    assert problem.field == f"offer[0].{field}"
    assert said in problem.message
    named = field.partition(".")[0].partition("[")[0]
    assert FILE.format(lines).splitlines()[problem.line - 1].startswith(named)


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (
            'when = { total = { at_least = "10" } }',
            "expected a whole number, found text; write total = { at_least = 1000,",
        ),
        ("when = { any = { share = 5 } }", "expected a list [ … ], found a table { … }; write any = [{ country"),
        ("starts = 2026-11-20", "expected a date and time without quotes, found a date without quotes"),
        ('quantity = "2"', "expected a whole number, found text"),
    ],
)
def test_a_value_of_the_wrong_kind_is_told_in_words_with_how_to_write_it(lines, told):
    with pytest.raises(OffersFileError) as error:
        read(FILE.format(lines))
    (problem,) = error.value.problems
    assert problem.message.startswith(told)


@pytest.mark.parametrize(
    "lines",
    [
        'rule = { bought_any = ["a", "b"], bought_none = ["b"] }',
        'rule = { bought_any = ["pdt_workbook"] }\nrepeats = "always"',
        'rule = { bought_any = ["pdt_workbook", "a"] }',
        'rule = { bought_any = ["pdt_workbook"] }\nalternatives = ["pdt_brushes"]',
        'when = { any = [{ bought = ["a"] }, { occasion = ["limit_near"] }] }',
        IN_APP + 'when = { any = [{ bought = ["a"] }, { occasion = ["limit_near"] }] }',
        IN_APP + 'when = { none = [{ bought = ["a"] }] }',
        IN_APP + 'when = { ever_bought = ["a"] }',
        'when = { occasion_data = { key = "used", exists = false } }',
        'placement = "receipt"\nrule = { bought_any = ["a"], min_total = 5 }',
        'rule = { currencies = ["EUR", "USD"] }\npay_what_you_want = { currency = "USD", min = 1, max = 2, suggested = 1 }',
    ],
)
def test_what_may_be_shown_is_let_through(lines):
    read(FILE.format(lines))


def test_an_offer_in_the_app_about_this_payment_is_let_through_with_a_word_of_warning():
    """A ticket of any placement may name a payment; a moment and a slot have none."""
    text = FILE.format(IN_APP + "when = { all = [{ total = { at_least = 5 } }] }")
    (told,) = warnings(text, read(text))
    assert (told.line, told.field) == (5, "offer[0].when.all[0].total")
    assert 'at "in_app" only a ticket that names a payment brings this' in told.message
    assert warnings(OFFERS, read(OFFERS)) == []


NAMES = st.lists(st.sampled_from(["a", "b", "pdt"]), max_size=3, unique=True).map(tuple)


@given(NAMES, NAMES, st.sets(st.sampled_from(["a", "b", "pdt"]), min_size=1))
def test_no_purchase_meets_a_rule_that_is_called_impossible(any_of, none_of, bought):
    from widget.core.never_flaws import never_flaws

    offer = Offer("o", "pdt", Texts("A"), rule=Rule(bought_any=any_of, bought_none=none_of))
    if never_flaws(offer, (offer,)):
        holds = not any_of or not bought.isdisjoint(any_of)
        assert not (holds and bought.isdisjoint(none_of) and "pdt" not in bought)

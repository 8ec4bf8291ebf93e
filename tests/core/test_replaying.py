"""A draft of the offers tried on past purchases says what live choosing would have done."""

import time
from datetime import UTC, datetime

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from tests.stage import OFFERS, SANDBOX
from widget.core.condition import Condition
from widget.core.condition_facts import Facts
from widget.core.money import Money
from widget.core.offer import Amounts, Check, Offer, Rule, Texts
from widget.core.offers_file import read
from widget.core.plan_family import Plan, PlanFamily
from widget.core.replaying import Past, replay
from widget.core.subscription import Subscription
from widget.provider.dodo import open_dodo
from widget.storage import offers
from widget.storage.pasts import pasts
from widget.upsell.looking_back import at_dodo, with_facts

THEN = datetime(2026, 5, 1, tzinfo=UTC)
DRAFT = (
    Offer("first", "pdt_a", Texts("A"), priority=2, rule=Rule(bought_any=("pdt_x",))),
    Offer("second", "pdt_b", Texts("B"), priority=1, shown_at_most=2),
)


def past(**more) -> Past:
    return Past("occ_1", "pay_1", "cus_nadia", more.pop("products", ("pdt_x",)), Money(4900, "USD"), "US", THEN, **more)


def test_the_first_that_fits_is_told_and_why_the_others_are_not():
    found = replay(DRAFT, past(products=("pdt_y",), chosen=("first",)))
    assert (found.offer, found.differs) == ("second", True)
    assert [one.offer for one in found.considered] == ["first", "second"]


def test_what_they_had_declined_or_seen_often_enough_is_left_out():
    assert replay(DRAFT, past()).offer == "first"
    assert replay(DRAFT, past(owned=frozenset({"pdt_a"}))).offer == "second"
    assert replay(DRAFT, past(quiet=frozenset({"first"}))).offer == "second"
    assert replay(DRAFT, past(quiet=frozenset({"first"}), shown=(("second", 2),))).offer is None


def test_whether_one_click_would_have_done_comes_from_what_was_known_of_the_methods():
    assert replay(DRAFT, past()).one_click is None
    assert replay(DRAFT, past(method_checks=(Check("has_method", "1", True),))).one_click is True
    assert replay(DRAFT, past(method_checks=(Check("has_method", "0", False),))).one_click is False


@given(
    st.lists(st.sampled_from(("pdt_a", "pdt_b", "pdt_x", "pdt_y")), max_size=4),
    st.frozensets(st.sampled_from(("pdt_a", "pdt_b"))),
    st.frozensets(st.sampled_from(("first", "second"))),
)
def test_it_is_total_and_says_the_same_again(products, owned, quiet):
    was = past(products=tuple(products), owned=owned, quiet=quiet)
    found = replay(DRAFT, was)
    assert found == replay(DRAFT, was)
    assert found == replay(tuple(reversed(DRAFT)), was)
    assert (found.offer is None) == (not any(one.chosen for one in found.considered))


def test_a_tree_of_conditions_is_asked_what_was_known_then():
    draft = read(
        '[[offer]]\nname = "tree"\nproduct = "pdt_a"\nwhen = { any = [{ country = ["US"] }, { past_purchases = { at_least = 2 } }] }\n'
        '[offer.texts]\nheadline = "A"\n'
    ).offers
    assert replay(draft, past()).offer == "tree"
    abroad = Past("occ_1", "pay_1", "cus_nadia", ("pdt_x",), Money(4900, "USD"), "FR", THEN)
    assert replay(draft, abroad).offer is None
    known = Facts(now=THEN, country="FR", past_purchases=2)
    assert replay(draft, msgspec.structs.replace(abroad, facts=known)).offer == "tree"


def test_of_several_products_one_that_may_be_had_is_enough():
    several = (Offer("pick", "pdt_a", Texts("A"), alternatives=("pdt_b",)),)
    assert replay(several, past(owned=frozenset({"pdt_a"}))).offer == "pick"
    assert replay(several, past(owned=frozenset({"pdt_a", "pdt_b"}))).offer is None


def test_an_amount_is_offered_in_its_currency_only():
    amounts = Amounts(currency="EUR", min=100, max=900, suggested=500)
    assert replay((Offer("tip", "pdt_tip", Texts("A"), pay_what_you_want=amounts),), past()).offer is None


def test_a_plan_is_offered_to_who_may_move_to_it():
    plan = (Offer("more", "pdt_pro", Texts("A"), plan_change=True),)
    families = (PlanFamily("studio", plan=(Plan(product="pdt_basic"), Plan(product="pdt_pro"))),)
    assert replay(plan, past(), families=families).offer is None
    for product, status, offer in (
        ("pdt_basic", "active", "more"),
        ("pdt_basic", "cancelled", None),
        ("pdt_pro", "active", None),
    ):
        mine = Facts(now=THEN, subscriptions=(Subscription("sub_1", "cus_nadia", product, status),))
        found = replay(plan, past(facts=mine), families=families)
        assert (found.offer, found.one_click) == (offer, None)


CONDITIONS = """
[[offer]]
name = "loyal"
product = "pdt_brushes"
priority = 2
when = { all = [{ customer = "returning" }, { spent = { currency = "USD", at_least = 4900 } }] }
[offer.texts]
headline = "For who comes back"

[[offer]]
name = "anybody"
product = "pdt_workbook"
[offer.texts]
headline = "For everybody"
"""


async def test_looking_back_conditions_see_what_was_known_then_and_so_does_a_list_at_dodo(stage):
    await offers.apply(CONDITIONS, read(CONDITIONS), by="mara", at=int(time.time() * 1000))
    draft = read(CONDITIONS)
    asked = tuple(offer.when for offer in draft.offers if isinstance(offer.when, Condition))
    for product in ("pdt_course", "pdt_bundle"):
        await stage.open(await stage.purchase("cus_nadia", product))
    async with open_dodo(api_key="sandbox", environment=None, base_url=SANDBOX, transport=stage.to_sandbox) as dodo:
        kept = [await with_facts(dodo.asks, one, asked) async for one in pasts(10)]
        assert [one.chosen for one in kept] == [("loyal",), ("anybody",)]
        assert [replay(draft.offers, one).offer for one in kept] == ["loyal", "anybody"]
        listed = [one async for one in at_dodo(dodo.asks, 10, without=frozenset(), asked=asked)]
        assert [replay(draft.offers, one).offer for one in listed] == ["anybody", "loyal"]
        assert [replay(draft.offers, one).one_click for one in listed] == [True, True]
        known = frozenset(one.payment_id for one in kept)
        assert [one async for one in at_dodo(dodo.asks, 10, without=known, asked=asked)] == []


async def test_the_file_in_force_replayed_is_what_happened_live(stage):
    for who, product in (("cus_nadia", "pdt_course"), ("cus_otto", "pdt_brushes"), ("cus_rex", "pdt_workbook")):
        payment = await stage.purchase(who, product)
        await stage.open(payment)
    kept = [one async for one in pasts(10)]
    assert len(kept) == 3
    for one in kept:
        found = replay(read(OFFERS).offers, one)
        assert not found.differs, (found.offer, one.chosen)
        assert found.one_click in {True, None}
    before = len(await stage.ledger())
    assert [one async for one in pasts(2)] == kept[:2]
    assert len(await stage.ledger()) == before
    assert all(one.at.timestamp() <= time.time() for one in kept)

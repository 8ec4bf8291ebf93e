"""A draft of the offers tried on past purchases says what live choosing would have done."""

import time
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from tests.stage import OFFERS
from widget.core.money import Money
from widget.core.offer import Check, Offer, Rule, Texts
from widget.core.offers_file import read
from widget.core.replaying import Past, replay
from widget.storage.pasts import pasts

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

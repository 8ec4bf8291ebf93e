"""Laws of a plan family: which products are one plan, what is up and what is down, how a move is billed, what it adds."""

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from widget.core.money import Money
from widget.core.payment import Recurring
from widget.core.plan_change import Mode
from widget.core.plan_family import Collection, Move, Plan, PlanFamily, direction, per_period, place, terms_of, tiers

LITE, PRO = Plan(product="pdt_lite"), Plan(product="pdt_pro", yearly="pdt_pro_year")
STUDIO = PlanFamily(name="studio", plan=(LITE, PRO))


def every(interval: str, count: int = 1, *, currency: str = "USD") -> Recurring:
    return Recurring(price=Money(1, currency), count=count, interval=interval)


def collection(*groups: tuple[str, ...], **more) -> Collection:
    return Collection("pdc_plans", "Plans", tuple((f"group {n}", group) for n, group in enumerate(groups)), **more)


def from_dodo(**more) -> PlanFamily:
    return PlanFamily(name="studio", collection="pdc_plans", **more)


# --- tiers


def test_a_plan_by_the_month_and_by_the_year_is_one_tier():
    assert [tier.products for tier in tiers(STUDIO, None)] == [("pdt_lite",), ("pdt_pro", "pdt_pro_year")]


@pytest.mark.parametrize(
    ("groups", "expected"),
    [
        ((("m1", "m2"), ("y1", "y2")), [("m1", "y1"), ("m2", "y2")]),
        ((("m1", "m2"), ("y1", "y2"), ("w1", "w2")), [("m1", "y1", "w1"), ("m2", "y2", "w2")]),
        ((("m1", "m2"), ("y2",)), [("m1",), ("m2",), ("y2",)]),
        ((("m1", "m2"),), [("m1",), ("m2",)]),
        ((), []),
    ],
)
def test_groups_of_one_size_pair_by_place_and_others_stand_for_themselves(groups, expected):
    assert [tier.products for tier in tiers(from_dodo(), collection(*groups))] == expected


def test_a_collection_that_was_never_read_has_no_tiers():
    assert tiers(from_dodo(), None) == ()


def test_plans_in_the_file_outrank_a_collection():
    assert tiers(STUDIO, collection(("other",))) == tiers(STUDIO, None)


@pytest.mark.parametrize(
    ("product", "where"), [("pdt_lite", 0), ("pdt_pro", 1), ("pdt_pro_year", 1), ("pdt_course", None)]
)
def test_a_product_has_the_place_of_its_plan_and_a_stranger_has_none(product, where):
    assert place(product, tiers(STUDIO, None)) == where


# --- direction


MONTH, YEAR = every("Month"), every("Year")


@pytest.mark.parametrize(
    ("here", "there", "way"),
    [
        ((0, MONTH, 9), (1, MONTH, 1), "upgrade"),
        ((1, MONTH, 1), (0, YEAR, 9), "downgrade"),
        ((1, MONTH, 9), (1, YEAR, 1), "upgrade"),
        ((1, YEAR, 1), (1, MONTH, 9), "downgrade"),
        ((1, every("Week", 4), 1), (1, MONTH, 1), "upgrade"),
        ((1, every("Week", 5), 1), (1, MONTH, 1), "downgrade"),
        ((1, MONTH, 1), (1, MONTH, 2), "upgrade"),
        ((1, MONTH, 2), (1, MONTH, 1), "downgrade"),
        ((1, every("Month", 12), 2), (1, YEAR, 1), "downgrade"),  # the same period, written otherwise
        ((1, None, 2), (1, YEAR, 1), "downgrade"),  # a period nobody knows says nothing
        ((1, MONTH, 1), (1, None, 2), "upgrade"),
    ],
)
def test_the_plan_decides_then_the_period_then_the_seats(here, there, way):
    assert direction(here, there) == way


@pytest.mark.parametrize(("more", "way"), [(True, "upgrade"), (False, "downgrade")])
def test_with_all_else_equal_the_addons_decide(more, way):
    assert direction((0, MONTH, 1), (0, MONTH, 1), more_addons=more) == way


SPOTS = st.tuples(st.integers(0, 3), st.sampled_from([MONTH, YEAR, every("Week"), every("Day", 30)]), st.integers(1, 3))


@given(SPOTS, SPOTS)
def test_the_way_back_is_the_other_way(here, there):
    if here != there:
        assert direction(here, there) != direction(there, here)


# --- terms_of


def terms(family: PlanFamily, way="downgrade", found: Collection | None = None, **more):
    ends = {"from_product": "pdt_pro", "to_product": "pdt_lite"} | more
    return terms_of(family, found, way=way, **ends)


def billed(*arguments, **more):
    got = terms(*arguments, **more)
    return got.mode, got.when


def test_unless_told_otherwise_up_is_now_and_down_is_later():
    assert billed(STUDIO, "upgrade") == ("prorated_immediately", "immediately")
    assert billed(STUDIO, "downgrade") == ("full_immediately", "next_billing_date")


def test_a_downgrade_made_immediate_gives_credit_unless_the_merchant_says_full():
    now = PlanFamily(name="studio", plan=STUDIO.plan, effective_on_downgrade="immediately")
    assert billed(now) == ("prorated_immediately", "immediately")
    full = PlanFamily(
        name="studio", plan=STUDIO.plan, effective_on_downgrade="immediately", proration_on_downgrade="full_immediately"
    )
    assert billed(full) == ("full_immediately", "immediately")


def test_a_collections_own_defaults_hold_where_the_file_is_silent():
    dodo = collection(
        ("pdt_lite", "pdt_pro"), proration_on_upgrade="do_not_bill", effective_on_downgrade="immediately",
        proration_on_downgrade="difference_immediately",
    )  # fmt: skip
    assert billed(from_dodo(), "upgrade", dodo) == ("do_not_bill", "immediately")
    assert billed(from_dodo(), "downgrade", dodo) == ("difference_immediately", "immediately")
    mine = from_dodo(proration_on_downgrade="full_immediately")
    assert billed(mine, "downgrade", dodo) == ("full_immediately", "immediately")


def test_the_first_move_that_fits_outranks_the_family():
    family = from_dodo(
        proration_on_upgrade="full_immediately",
        move=(
            Move(from_="pdt_x", proration="do_not_bill"),
            Move(to="pdt_pro", proration="prorated_immediately_keep_cycle"),
            Move(proration="do_not_bill"),
        ),
    )
    assert billed(family, "upgrade", from_product="pdt_lite", to_product="pdt_pro") == (
        "prorated_immediately_keep_cycle", "immediately",
    )  # fmt: skip
    assert billed(family, "upgrade", from_product="pdt_lite", to_product="pdt_y") == ("do_not_bill", "immediately")


def test_what_a_move_leaves_out_is_the_familys():
    family = from_dodo(proration_on_upgrade="full_immediately", move=(Move(effective="immediately"),))
    assert billed(family, "upgrade") == ("full_immediately", "immediately")


@pytest.mark.parametrize("move", [Move(allowed=False), Move(from_="pdt_pro", to="pdt_lite", allowed=False)])
def test_a_move_can_be_forbidden_one_way(move):
    family = from_dodo(move=(move,))
    assert not terms(family).allowed
    assert terms(from_dodo(move=(Move(from_="pdt_lite", allowed=False),))).allowed


MODES = st.sampled_from([None, *get_args(Mode)])
WHENS = st.sampled_from([None, "immediately", "next_billing_date"])
WAYS = st.sampled_from(["upgrade", "downgrade"])


@given(MODES, WHENS, MODES, WHENS, MODES, WHENS, WAYS)
def test_no_configuration_asks_dodo_for_a_pair_it_refuses(one, two, three, four, five, six, way):
    family = from_dodo(
        **{f"proration_on_{way}": one, f"effective_on_{way}": two}, move=(Move(proration=three, effective=four),)
    )
    dodo = collection(("pdt_pro",), **{f"proration_on_{way}": five, f"effective_on_{way}": six})
    mode, when = billed(family, way, dodo)
    assert when == "immediately" or mode == "full_immediately"
    assert when == (four or two or six or ("immediately" if way == "upgrade" else "next_billing_date"))
    if when == "immediately":
        assert mode == (three or one or five or "prorated_immediately")


# --- per_period


@pytest.mark.parametrize(
    ("one", "other", "more", "period"),
    [
        ((MONTH, 2000), (MONTH, 8000), 6000, MONTH),
        ((MONTH, 8000), (MONTH, 2000), -6000, MONTH),
        ((MONTH, 8000), (YEAR, 80_000), 80_000 - 96_000, YEAR),
        ((YEAR, 80_000), (MONTH, 8000), 96_000 - 80_000, YEAR),
        ((every("Month", 3), 900), (every("Month", 6), 1500), -300, every("Month", 6)),
        ((every("Month", 12), 900), (YEAR, 1000), 100, YEAR),
        ((every("Week"), 100), (every("Week", 2), 150), -50, every("Week", 2)),
        ((every("Day", 7), 100), (every("Week"), 150), 50, every("Week")),
    ],
)
def test_the_difference_is_said_per_the_longer_period(one, other, more, period):
    assert per_period(one, other) == (more, period)


def test_a_currency_without_decimals_is_counted_in_whole_units_too():
    month, year = every("Month", currency="JPY"), every("Year", currency="JPY")
    assert per_period((month, 1900), (year, 19_000)) == (19_000 - 22_800, year)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (every("Week"), MONTH),
        (MONTH, every("Day", 30)),
        (every("Month", 2), every("Month", 3)),
        (every("Month", 0), MONTH),
        (every("Moon"), MONTH),
        (MONTH, every("Month", currency="EUR")),
    ],
)
def test_what_cannot_be_said_exactly_is_not_said(one, other):
    assert per_period((one, 100), (other, 200)) is None


PRICED = st.tuples(
    st.builds(every, st.sampled_from(["Day", "Week", "Month", "Year"]), st.integers(1, 12)), st.integers(0, 10**9)
)


@given(PRICED, PRICED)
def test_the_difference_turned_around_is_its_opposite(one, other):
    there, back = per_period(one, other), per_period(other, one)
    assert (there is None) == (back is None)
    if there is not None and back is not None:
        assert there[0] == -back[0]


def test_a_collection_grouped_by_plan_is_told_from_one_grouped_by_period():
    month, year = (Recurring(Money(1000, "USD"), 1, name) for name in ("Month", "Year"))
    family = PlanFamily(name="plans", collection="pdc_1")
    terms = {"basic_m": month, "basic_y": year, "pro_m": month, "pro_y": year}
    by_plan = Collection("pdc_1", "Plans", (("Basic", ("basic_m", "basic_y")), ("Pro", ("pro_m", "pro_y"))))
    by_period = Collection("pdc_1", "Plans", (("Monthly", ("basic_m", "pro_m")), ("Yearly", ("basic_y", "pro_y"))))
    wanted = [("basic_m", "basic_y"), ("pro_m", "pro_y")]
    assert [tier.products for tier in tiers(family, by_plan, terms)] == wanted
    assert [tier.products for tier in tiers(family, by_period, terms)] == wanted

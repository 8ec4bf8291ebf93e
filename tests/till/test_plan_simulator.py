"""Plan changes in many worlds: none goes wrong, every planted bug is found, and what was once found stays found."""

import os
import time

import pytest

from tests.till.simulator.clocks import PlanClockWorld
from tests.till.simulator.plan_world import PLAN_DOORS, PlanWorld, TwoTabs, play_plans
from tests.till.simulator.planted_plans import PLANTED_PLANS

SEED = int(os.environ.get("ENCORE_SEED", "20261121"))
WORLDS = int(os.environ.get("ENCORE_PLAN_WORLDS", "4000"))  # in all; the runner plays as many as one likes
FOUND_WITHIN = 10_000


@pytest.mark.parametrize("doors", PLAN_DOORS)
@pytest.mark.parametrize("world", [PlanWorld, TwoTabs])
@pytest.mark.case("F-80", "F-85")
def test_nobody_pays_more_than_shown_and_every_change_ends_as_it_is(world, doors, record_property):
    began = time.process_time()
    count = WORLDS // len(PLAN_DOORS) // (1 if world is PlanWorld else 5)
    wrong = {seed: said for seed in range(SEED, SEED + count) if (said := play_plans(seed, doors, world))}
    figure = f"{count} worlds ({doors}) from seed {SEED}, {count / (time.process_time() - began):.0f} a second"
    record_property("worlds", figure)
    assert wrong == {}, f"{len(wrong)} of {figure}"


@pytest.mark.parametrize("name", list(PLANTED_PLANS))
def test_every_planted_bug_is_found(name):
    world, doors = PLANTED_PLANS[name]
    for number in range(FOUND_WITHIN):
        if play_plans(SEED + number, doors, world):
            print(f"{name}: found in world {number + 1} ({doors}) from seed {SEED}")
            return
    raise AssertionError(f"{name}: not found in {FOUND_WITHIN} worlds ({doors}) from seed {SEED}")


# Worlds in which the till itself once went wrong, by the bug it had.
ONCE_WRONG = {
    "the price of the plan before": (21, 28, 49),
    "what it replaces is not looked at": (87,),
    "the first bill is the price of the change": (0, 6, 12),
    "a page is forgotten": (8, 17, 24),
}


@pytest.mark.parametrize(("name", "seed"), [(name, seed) for name, seeds in ONCE_WRONG.items() for seed in seeds])
def test_a_world_that_went_wrong_once_goes_right_now(name, seed):
    with_the_bug, doors = PLANTED_PLANS[name]
    right = TwoTabs if issubclass(with_the_bug, TwoTabs) else PlanWorld
    assert play_plans(seed, doors, with_the_bug) != [], "this seed is another world now: find one that shows the bug"
    assert play_plans(seed, doors, right) == []


def test_a_seed_is_a_world_that_can_be_played_again():
    assert [_history(seed) for seed in range(50)] == [_history(seed) for seed in range(50)]


def test_worlds_hold_what_they_are_for():
    """Over some worlds every fate of a request, every way a change goes, and every trouble occurs."""
    worlds = [PlanWorld(seed) for seed in range(400)]
    for world in worlds:
        world.play()
        world.clock.close()
    asked = [one for world in worlds for one in world.provider.asked]
    assert {one.fate for one in asked} == set(PlanWorld(0).provider.fates)
    assert {one.took for one in asked} == {"", "applied", "scheduled", "paying", "link"}
    assert {"PENDING_PLAN_CHANGE_EXISTS", "PLAN_CHANGE_NOT_ALLOWED_FOR_SCHEDULED_CANCELLATION"} <= {
        one.refusal for one in asked
    }
    assert any(one.change.drops_link for one in asked)
    bills = [bill for world in worlds for bill in world.provider.payments.values()]
    assert {bill.charge_type for bill in bills} == {"plan_change", "renewal"}
    assert any(bill.link and bill.ends == "succeeded" for bill in bills)
    fates = {c.fate.value for world in worlds for c in world.books.charges.values() if c.change is not None}
    assert {"intended", "taken", "refused", "lapsed"} <= fates
    assert {"amount_differs", "lapsed"} <= {name for world in worlds for name, _ in world.books.alarms}


def _history(seed: int) -> list[tuple[int, str, str]]:
    world = PlanWorld(seed)
    world.play()
    world.clock.close()
    return [(when, after.id, after.fate.value) for when, _, after in world.books.moved]


@pytest.mark.parametrize("seed", [20261785, 20265923])
@pytest.mark.case("F-100")
def test_a_world_of_wrong_clocks_that_was_judged_by_a_wrong_clock_is_judged_by_the_time(seed):
    assert play_plans(seed, "watch", PlanClockWorld) == []


def test_a_period_that_ends_between_the_preview_and_the_press_is_told():
    """One world in 100,000 (G-01): nothing ties a change to its preview over there, and a person is told."""
    assert play_plans(20274588, "all") == []

"""G-17: clocks that are wrong and are stepped while money is on its way."""

from tests.campaign.figure import Figure, measuring, scaled
from tests.campaign.worlds import Finding, all_of, played
from tests.till.simulator.clocks import ClockWorld, PlanClockWorld
from tests.till.simulator.plan_world import PLAN_DOORS, play_plans
from tests.till.simulator.world import DOORS, play

GOAL = (
    "0 wrong fates and 0 stale sends in 10,000 worlds whose clocks, each process's and the provider's, are up to ten "
    "minutes off and are stepped"
)


def run(size: str, seed: int, engine: str) -> Figure:
    processes = 1 if size == "push" else None
    with measuring("G-17", GOAL, size, seed, engine) as tally:
        many = scaled(size, push=2_000, night=20_000)
        played(tally, "worlds of offers", offers, range(seed, seed + many), processes=processes)
        many = scaled(size, push=500, night=5_000)
        played(tally, "worlds of plan changes", plans, range(seed, seed + many), processes=processes)
        if size == "push":
            tally.note = "2,500 worlds of 10,000, for the time a push may take"
    return tally.figure()


def offers(seeds: range) -> tuple[int, list[Finding]]:
    return len(seeds), all_of(seeds, DOORS, lambda seed, door: play(seed, door, ClockWorld))


def plans(seeds: range) -> tuple[int, list[Finding]]:
    return len(seeds), all_of(seeds, PLAN_DOORS, lambda seed, door: play_plans(seed, door, PlanClockWorld))

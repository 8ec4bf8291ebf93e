"""G-02: bugs planted on purpose, each found by the worlds of the simulator, and soon."""

import gc
import statistics
from collections.abc import Callable
from typing import Any

from tests.campaign.figure import Figure, Tally, measuring
from tests.till.simulator.plan_world import play_plans
from tests.till.simulator.planted import PLANTED
from tests.till.simulator.planted_clocks import PLANTED_CLOCKS
from tests.till.simulator.planted_plans import PLANTED_PLANS
from tests.till.simulator.world import play

GOAL = (
    "every planted bug found: 30 or more named mutants of the till, each within 20,000 worlds, half of them within 100"
)
WITHIN = 20_000
SETS = {"offers": (PLANTED, play), "plan changes": (PLANTED_PLANS, play_plans), "clocks": (PLANTED_CLOCKS, play)}
ELSEWHERE = "tests/till/test_simulator.py"  # and test_plan_simulator.py: there each planted bug is a test of its own


def run(size: str, seed: int, engine: str) -> Figure:
    with measuring("G-02", GOAL, size, seed, engine) as tally:
        gc.disable()
        try:
            found = [at for about, (bugs, one) in SETS.items() for at in _hunt(tally, about, bugs, one, seed)]
        finally:
            gc.enable()
        tally.facts["median world"] = statistics.median(found)
        tally.facts["latest world"] = max(found)
        if statistics.median(found) > 100:
            tally.wrong(seed, "half of the planted bugs need more than 100 worlds")
    return tally.figure()


def _hunt(tally: Tally, about: str, bugs: dict[str, Any], one: Callable[..., list[str]], seed: int) -> list[int]:
    found = []
    for name, (world, doors) in bugs.items():
        tally.count(f"planted in {about}")
        for number in range(WITHIN):
            if number % 200 == 199:
                gc.collect()
            if one(seed + number, doors, world):
                found.append(number + 1)
                break
        else:
            tally.wrong(seed, f"{about}: {name}: not found in {WITHIN} worlds ({doors})")
    return found

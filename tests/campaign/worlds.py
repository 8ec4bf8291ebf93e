"""Many worlds of the seed simulator (tests/till/simulator), played quickly: by parts, over processes, with their findings."""

import gc
from collections.abc import Callable
from typing import Any

from tests.campaign.figure import Tally
from tests.campaign.product import ROOT, product
from tests.campaign.spread import spread
from tests.till.simulator.plan_world import PLAN_DOORS, play_plans
from tests.till.simulator.world import DOORS, play

Finding = tuple[int, str]


def offers(seeds: range) -> tuple[int, list[Finding]]:
    """Worlds of one-click offers; a seed's doors are those of its number, so that each comes in every fourth."""
    return len(seeds), all_of(seeds, DOORS, play)


def plans(seeds: range) -> tuple[int, list[Finding]]:
    """Worlds of plan changes."""
    return len(seeds), all_of(seeds, PLAN_DOORS, play_plans)


def all_of(seeds: range, doors: tuple[str, ...], one: Callable[..., list[str]]) -> list[Finding]:
    gc.disable()  # a world's circles are freed in one go: a quarter more worlds a second
    try:
        found = []
        for number, seed in enumerate(seeds):
            door = doors[seed % len(doors)]
            found += [(seed, f"{said} (doors: {door})") for said in one(seed, door)]
            if number % 200 == 199:
                gc.collect()
        return found
    finally:
        gc.enable()


def played(
    tally: Tally, what: str, work: Callable[..., tuple[int, list[Finding]]], seeds: range, *more: Any,
    processes: int | None,
) -> None:  # fmt: skip
    """Every seed's world; a long run is written down part by part (`.encore/campaign/`), so that it can be gone on with."""
    journal = None
    if processes != 1 and "unknown" not in product():
        journal = (
            ROOT / f".encore/campaign/{tally.id}-{what.replace(' ', '-')}-{seeds[0]}-{len(seeds)}-{product()}.jsonl"
        )
    for count, found in spread(work, seeds, *more, processes=processes, journal=journal):
        tally.count(what, count)
        for seed, said in found:
            tally.wrong(seed, said)

"""The till in many worlds: none goes wrong, and every planted bug is found."""

import os

import pytest

from tests.till.simulator.planted import PLANTED
from tests.till.simulator.world import DOORS, play

SEED = int(os.environ.get("ENCORE_SEED", "20261120"))
WORLDS = int(os.environ.get("ENCORE_WORLDS", "1500"))  # of each kind of doors; `make` runs few, the runner many
FOUND_WITHIN = 3_000


@pytest.mark.parametrize("doors", DOORS)
def test_nobody_pays_twice_and_nothing_is_lost_in_any_world(doors):
    wrong = {seed: said for seed in range(SEED, SEED + WORLDS) if (said := play(seed, doors))}
    assert wrong == {}, f"{len(wrong)} of {WORLDS} worlds from seed {SEED}"


@pytest.mark.parametrize("name", list(PLANTED))
def test_every_planted_bug_is_found(name):
    world, doors = PLANTED[name]
    for number in range(FOUND_WITHIN):
        if play(SEED + number, doors, world):
            return
    raise AssertionError(f"{name}: not found in {FOUND_WITHIN} worlds from seed {SEED}")


def test_a_seed_is_a_world_that_can_be_played_again():
    assert [play(seed, "all") for seed in range(20)] == [play(seed, "all") for seed in range(20)]

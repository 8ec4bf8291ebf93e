"""`python -m tests.till.simulator.run --worlds 50000 --seed 1`: many worlds, and the seeds of those that went wrong."""

import argparse
import time

from tests.till.simulator.plan_world import PLAN_DOORS, play_plans
from tests.till.simulator.world import DOORS
from tests.till.simulator.world import play as play_one


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--worlds", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--doors", choices=DOORS, help="only these; else all four in turn")
    parser.add_argument("--plans", action="store_true", help="worlds of plan changes")
    wanted = parser.parse_args()
    every, play = (PLAN_DOORS, play_plans) if wanted.plans else (DOORS, play_one)
    start, bad = time.perf_counter(), 0
    for seed in range(wanted.seed, wanted.seed + wanted.worlds):
        doors = wanted.doors or every[seed % len(every)]
        if wrong := play(seed, doors):
            bad += 1
            print(f"seed {seed} ({doors}): {'; '.join(wrong)}")
    took = time.perf_counter() - start
    print(f"{wanted.worlds} worlds from seed {wanted.seed}: {bad} went wrong, {wanted.worlds / took:.0f} worlds/s")
    return 1 if bad else 0


if __name__ == "__main__":
    raise SystemExit(main())

"""Prove that the harness finds a planted bug: `python -m tests.campaign.lives.find NAME [ENGINE]`, 0 when it was found."""

import os
import sys

from tests.campaign import g04_crash_points, g05_kill_loop
from tests.campaign.figure import SEED

FOUND_BY = {
    "acknowledge_before_commit": g05_kill_loop,
    "release_by_age": g04_crash_points,
}


def main() -> int:
    name, engine = sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else "sqlite"
    os.environ["CAMPAIGN_PLANTED"] = name
    figure = FOUND_BY[name].run("push", SEED, engine)
    for wrong in figure.wrong[:5]:
        print(f"{name}: seed {wrong.seed}: {wrong.said[:200]}")
    print(f"{name} on {engine}: {'found' if figure.wrong else 'NOT FOUND'} in {figure.seconds} s by {figure.id}")
    return 0 if figure.wrong else 1


if __name__ == "__main__":
    sys.exit(main())

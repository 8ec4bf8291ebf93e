"""Whether the harness finds a planted bug: `python -m tests.campaign.lives.find NAME [ENGINE]`, 0 when it was found."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from tests.campaign.figure import SEED, Figure, figures
from tests.campaign.lives.planted import FOUND_BY, PLANTED

TRIES = 3  # seeds after the first: what is found by chance is looked for again


def found(name: str, engine: str, seed: int) -> tuple[Figure, int]:
    """The figure that must find it, run at its push size with it; and how many seeds it took."""
    module = figures()[FOUND_BY[PLANTED[name]]]
    with _planted(name):
        for tried in range(1, TRIES + 2):
            figure = module.run("push", seed + (tried - 1) * 1_000, engine)
            if figure.wrong or tried > TRIES:
                return figure, tried
    raise AssertionError("unreachable")


@contextmanager
def _planted(name: str) -> Iterator[None]:
    """For the processes that are begun meanwhile."""
    os.environ["CAMPAIGN_PLANTED"] = name
    try:
        yield
    finally:
        del os.environ["CAMPAIGN_PLANTED"]


def main() -> int:
    name, engine = sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else "sqlite"
    figure, tried = found(name, engine, SEED)
    for wrong in figure.wrong[:5]:
        print(f"{name}: seed {wrong.seed}: {wrong.said[:200]}")
    said = "found" if figure.wrong else "NOT FOUND"
    print(f"{name} on {engine}: {said} by {figure.id} in {figure.seconds} s, run {tried}")
    return 0 if figure.wrong else 1


if __name__ == "__main__":
    sys.exit(main())

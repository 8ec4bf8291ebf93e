"""G-01: the real till in simulated worlds of crashes, lost replies, late executions and disordered news."""

from tests.campaign.figure import Figure, measuring, scaled
from tests.campaign.worlds import offers, plans, played

GOAL = (
    "0 violations in 1,000,000 simulated worlds of one-click offers (crash, lost reply, late execution, duplicate, "
    "missing and reordered events; each news door alone and all together), and in 100,000 of plan changes"
)


def run(size: str, seed: int, engine: str) -> Figure:
    processes = 1 if size == "push" else None
    with measuring("G-01", GOAL, size, seed, engine) as tally:
        many = scaled(size, push=20_000, minutes=200_000, night=1_000_000)
        played(tally, "worlds of offers", offers, range(seed, seed + many), processes=processes)
        many = scaled(size, push=2_000, minutes=20_000, night=100_000)
        played(tally, "worlds of plan changes", plans, range(seed, seed + many), processes=processes)
    if size == "push":
        tally.note = "22,000 worlds instead of 50,000, for the time a push may take"
    return tally.figure()

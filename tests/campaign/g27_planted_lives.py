"""G-27: bugs planted into real processes; each is found by the figure that is there for it."""

from tests.campaign.figure import Figure, measuring
from tests.campaign.lives.find import found
from tests.campaign.lives.planted import FOUND_BY

GOAL = "every bug planted into a real process is found by the figure that is there for it, at its push size"
ENGINES = ("sqlite", "postgres")
PUSH = False  # seven figures, one after the other: minutes


def run(size: str, seed: int, engine: str) -> Figure:
    with measuring("G-27", GOAL, size, seed, engine) as tally:
        for bug, id_ in FOUND_BY.items():
            figure, tried = found(bug.__name__, engine, seed)
            tally.databases |= figure.machine.databases
            tally.count("planted")
            tally.facts[f"{bug.__name__} by {id_}"] = f"run {tried}, {figure.seconds} s"
            if not figure.wrong:
                tally.wrong(seed, f"{bug.__name__} was not found by {id_} in {tried} runs")
            print(f"    G-27: {bug.__name__} {'found' if figure.wrong else 'NOT FOUND'} by {id_}", flush=True)
    return tally.figure()

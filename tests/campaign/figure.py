"""One figure of the campaign: a promise in numbers, measured from a seed on a named machine.

A figure is one module, `tests/campaign/gNN_name.py` (found by its name, listed nowhere), with

    GOAL = "the promise in one sentence, with its number"
    ENGINES = ("sqlite", "postgres")      # or ("none",), the default, where no database takes part
    PUSH = False                          # only where there is no push size
    ELSEWHERE = "tests/till/test_x.py"    # only where `make test` holds it there already, one test for each part

    def run(size: str, seed: int, engine: str) -> Figure:
        with measuring("G-18", GOAL, size, seed, engine) as tally:
            for number in range(scaled(size, push=500, night=10_000)):
                ...
                tally.count("worlds")
                tally.wrong(seed + number, "paid twice")
        return tally.figure()

`run` is an ordinary function: it starts its own event loop, threads or processes, ends what it started, prints its
progress at most, needs no network but this machine's own addresses, and decides everything by `seed`. Whatever is wrong
is kept with the seed that shows it. What a `push` has no time for is in `night`; `minutes` lies between. A figure that
checked nothing is wrong: `counts` must say how much was done. Databases come from `tests.campaign.ground`.
"""

import importlib
import os
import platform
import re
import sqlite3
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from types import ModuleType
from typing import Any

from msgspec import Struct

SIZES = ("push", "minutes", "night")
SEED = int(os.environ.get("ENCORE_SEED", "20261121"))
KEPT = 50  # of what went wrong; the number of all of it is in the counts
HERE = Path(__file__).parent


class Wrong(Struct, frozen=True):
    """Something that must not be, and the seed that shows it again."""

    seed: int
    said: str


class Machine(Struct, frozen=True):
    """Where it was measured: kind of processor, its cores, and the versions that matter; no names, no addresses."""

    processor: str
    cores: int
    python: str
    databases: dict[str, str] = {}


class Figure(Struct, frozen=True):
    """What one run of one figure found; kept as a small file in docs/figures/."""

    id: str
    size: str
    seed: int
    engine: str  # sqlite, postgres, or none
    goal: str
    counts: dict[str, int | float | str]
    wrong: tuple[Wrong, ...]
    seconds: float
    machine: Machine
    date: str
    note: str = ""  # where this size is smaller than the goal, by how much and why

    @property
    def holds(self) -> bool:
        """Nothing went wrong, and something was done."""
        return not self.wrong and any(self.counts.values())

    @property
    def name(self) -> str:
        """Its file, without the ending."""
        engine = "" if self.engine == "none" else f"-{self.engine}"
        return f"{self.id}{engine}-{self.size}"


class Tally:
    """A figure while it is being measured."""

    def __init__(self, id_: str, goal: str, size: str, seed: int, engine: str) -> None:
        if size not in SIZES:
            raise ValueError(f"a size is one of {SIZES}, not {size!r}")
        self.id, self.goal, self.size, self.seed, self.engine = id_, goal, size, seed, engine
        self.counts: Counter[str] = Counter()
        self.facts: dict[str, float | str] = {}  # what is not added up: a median, a largest, a version
        self.databases: dict[str, str] = {}
        self.note = ""
        self.began = time.perf_counter()
        self.seconds = 0.0
        self._wrong: list[Wrong] = []

    def count(self, what: str, by: int = 1) -> None:
        self.counts[what] += by

    def wrong(self, seed: int, said: str) -> None:
        self._wrong.append(Wrong(seed, said))

    def figure(self) -> Figure:
        counts: dict[str, Any] = {**self.counts, **self.facts, "wrong": len(self._wrong)}
        databases = ({"sqlite": sqlite3.sqlite_version} if self.engine == "sqlite" else {}) | self.databases
        return Figure(
            self.id, self.size, self.seed, self.engine, self.goal, counts, tuple(self._wrong[:KEPT]),
            round(self.seconds, 1), machine(databases), f"{datetime.now(UTC):%Y-%m-%d}", self.note,
        )  # fmt: skip


@contextmanager
def measuring(id_: str, goal: str, size: str, seed: int, engine: str = "none") -> Iterator[Tally]:
    """Times the block; what it raises is the campaign's to show, a crash is not a figure."""
    tally = Tally(id_, goal, size, seed, engine)
    yield tally
    tally.seconds = time.perf_counter() - tally.began


def scaled(size: str, *, push: int, night: int, minutes: int | None = None) -> int:
    """How many, at this size; between the two where nothing else is said."""
    between = minutes if minutes is not None else round((push * night) ** 0.5)
    return {"push": push, "minutes": between, "night": night}[size]


def machine(databases: dict[str, str]) -> Machine:
    return Machine(_processor(), os.cpu_count() or 1, platform.python_version(), databases)


@lru_cache
def _processor() -> str:
    if sys.platform == "linux":
        found = re.search(r"model name\s*:\s*(.+)", Path("/proc/cpuinfo").read_text())
        if found:
            return found[1].strip()
    return platform.machine()


def figures() -> dict[str, ModuleType]:
    """Every figure by its id, in order; a module that lacks its parts is an error, never left out."""
    found: dict[str, ModuleType] = {}
    for path in sorted(HERE.glob("g[0-9][0-9]_*.py")):
        module = importlib.import_module(f"tests.campaign.{path.stem}")
        id_ = f"G-{path.stem[1:3]}"
        if id_ in found or not isinstance(module.GOAL, str) or not callable(module.run):
            raise ImportError(f"{path.name}: one module a figure, with GOAL and run(size, seed, engine)")
        found[id_] = module
    return found


def engines_of(module: ModuleType) -> tuple[str, ...]:
    return getattr(module, "ENGINES", ("none",))


def has_push(module: ModuleType) -> bool:
    return getattr(module, "PUSH", True)


Run = Callable[[str, int, str], Figure]

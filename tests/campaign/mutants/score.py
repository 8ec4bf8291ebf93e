"""Every mutant of the named files, and which of them no test sees.

    python -m tests.campaign.mutants.score widget/core/charge.py widget/webhooks/verify.py:genuine

Only tests that run through the changed function are asked, the quickest first: those that need nothing but the law itself,
then those of pages and storage, as many as fit into the time. What cannot be seen by anybody stands in `alike.toml`
with the reason; an entry whose line is gone, or whose change is seen after all, is an error.
"""

import argparse
import ast
import hashlib
import os
import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path

import msgspec
from msgspec import Struct

from tests.campaign.mutants import nursery
from tests.campaign.mutants.mutate import Mutant, mutants
from tests.campaign.mutants.touched import ROOT, Test

POOL = (
    "tests/core", "tests/till", "tests/provider", "tests/plan_change", "tests/upsell", "tests/webhooks", "tests/outgoing",
    "tests/web", "tests/storage", "tests/commands", "tests/test_worker.py",
)  # fmt: skip
ALIKE = Path(__file__).with_name("alike.toml")
CACHE = ROOT / ".encore/campaign/mutants"
ALONE_S, COMMON_S = (
    8.0,
    15.0,
)  # how long the tests of one mutant may take, by the time they take on the product as it is
WORKERS = max(1, (os.cpu_count() or 1))


class Alike(Struct, frozen=True):
    """A change that nobody can see, and why."""

    file: str
    line: str
    change: str
    why: str

    @property
    def key(self) -> tuple[str, str, str]:
        return self.file, self.line, self.change


class Score(Struct):
    """Of one file."""

    mutants: int = 0
    seen: int = 0
    alike: int = 0
    survivors: list[str] = []
    wrong: list[str] = []


class _Trial(Struct):
    path: str
    mutant: Mutant
    left: list[tuple[bool, list[str], float]]  # (alone, tests, the time they may take), in order
    life: nursery.Life | None = None


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("files", nargs="+", metavar="FILE[:FUNCTION]")
    parser.add_argument("--out", type=Path)
    wanted = parser.parse_args()
    scores = scored(wanted.files)
    if wanted.out:
        wanted.out.write_bytes(msgspec.json.encode(scores))
    for path, one in scores.items():
        print(f"{path}: {one.seen + one.alike} of {one.mutants}")
        for line in (*one.survivors, *one.wrong):
            print(f"    {line}")
    return int(any(one.survivors or one.wrong for one in scores.values()))


def scored(wanted: Iterable[str]) -> dict[str, Score]:
    nursery.learn_libraries()
    functions: dict[str, set[str]] = defaultdict(set)
    for one in wanted:
        path, _, function = one.partition(":")
        functions[path] |= {function} if function else set()
    touched = _map(frozenset(_ours()))
    alike = {one.key: one for one in _alike()}
    scores = {path: Score() for path in functions}
    waiting = _trials(functions, touched, scores)
    running: list[_Trial] = []
    for trial in waiting:
        _start(trial)
        running.append(trial)
        while len(running) >= WORKERS:
            running = [one for one in running if not _over(one, scores, alike)]
    while running:
        running = [one for one in running if not _over(one, scores, alike)]
    for entry in alike.values():
        if entry.file in scores and not functions[entry.file]:
            scores[entry.file].wrong.append(f"alike.toml: no such change any more: {entry.line} ({entry.change})")
    return scores


def _trials(functions: dict[str, set[str]], touched: dict[str, Test], scores: dict[str, Score]) -> Iterator[_Trial]:
    for path, chosen in functions.items():
        for mutant in mutants((ROOT / path).read_text()):
            if chosen and mutant.function not in chosen:
                continue
            scores[path].mutants += 1
            yield _Trial(path, mutant, list(_tests(path, mutant.function, touched)))


def _start(trial: _Trial) -> bool:
    """Whether there are tests left to ask."""
    if not trial.left:
        return False
    alone, tests, seconds = trial.left.pop(0)
    trial.life = nursery.shown(trial.path, trial.mutant.text, tests, alone=alone, seconds=10 * seconds + 20)
    return True


def _over(trial: _Trial, scores: dict[str, Score], alike: dict[tuple[str, str, str], Alike]) -> bool:
    score, mutant = scores[trial.path], trial.mutant
    if trial.life is not None:
        code = trial.life.ended()
        if code is None:
            nursery.first_ended([trial.life])
            return False
        if nursery.verdict(code) != nursery.SEEN and _start(trial):
            return False
    known = alike.pop((trial.path, mutant.at, mutant.change), None)
    if trial.life is not None and nursery.verdict(code) == nursery.SEEN:
        score.seen += 1
        if known:
            score.wrong.append(f"alike.toml: seen after all: {known.line} ({known.change})")
    elif known:
        score.alike += 1
    else:
        score.survivors.append(f"{mutant.line}: {mutant.at}   [{mutant.change}]{'' if trial.life else ' (no test)'}")
        print(f"{trial.path}:{score.survivors[-1]}", file=sys.stderr, flush=True)
    return True


def _tests(path: str, function: str, touched: dict[str, Test]) -> Iterator[tuple[bool, list[str], float]]:
    """The tests to ask, first those alone; of the body of a module or class those of its functions and of who imports it."""
    own = {f"{path}:{function}"} if function else {f"{path}:"}
    others = set[str]() if function else {f"{one}:" for one in _importers()[path]}
    for alone, most in ((True, ALONE_S), (False, COMMON_S)):
        found = sorted(
            (not _through(one, own), one.seconds, name)
            for name, one in touched.items()
            if one.alone is alone and _through(one, own | others)
        )
        chosen, total = list[str](), 0.0
        for _, seconds, name in found:
            total += seconds
            if chosen and total > most:
                break
            chosen.append(name)
        if chosen:
            yield alone, chosen, min(total, most)


def _through(test: Test, places: set[str]) -> bool:
    """Whether it runs through one of these functions, or files (`path:`)."""
    return any(one in places or f"{one.partition(':')[0]}:" in places for one in test.functions)


def _ours() -> Iterator[str]:
    for path in sorted((ROOT / "widget").glob("**/*.py")):
        name = path.relative_to(ROOT).as_posix()
        if name.split("/")[1] in {"core", "till", "storage", "web", "webhooks", "provider"}:
            yield name


@lru_cache
def _importers() -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for name in _ours():
        for node in ast.walk(ast.parse((ROOT / name).read_text())):
            if isinstance(node, ast.ImportFrom) and node.module:
                found[f"{node.module.replace('.', '/')}.py"].add(name)
    return found


def _alike() -> list[Alike]:
    return msgspec.convert(tomllib.loads(ALIKE.read_text())["alike"], list[Alike])


def _map(mutated: frozenset[str]) -> dict[str, Test]:
    """What every test of the pool runs through; learned again where the test has changed.

    Where the product has moved under a test, take `.encore/campaign/mutants` away: a night does.
    """
    CACHE.mkdir(parents=True, exist_ok=True)
    lives: list[nursery.Life] = []
    kept: list[Path] = []
    for name in nursery.folders(*POOL):
        key = hashlib.sha256((ROOT / name).read_bytes()).hexdigest()[:16]
        where = CACHE / f"{name.replace('/', '-')}.{key}.json"
        kept.append(where)
        if where.exists():
            continue
        for old in CACHE.glob(f"{name.replace('/', '-')}.*.json"):
            old.unlink()
        print(f"learning what {name} runs through", file=sys.stderr, flush=True)
        lives.append(nursery.touching(name, mutated, where, 900))
        while len(lives) >= WORKERS:
            nursery.first_ended(lives)
            lives = [one for one in lives if one.ended() is None]
    while lives:
        nursery.first_ended(lives)
        lives = [one for one in lives if one.ended() is None]
    return {name: test for one in kept if one.exists() for name, test in _read(one).items()}


def _read(path: Path) -> dict[str, Test]:
    return msgspec.json.decode(path.read_bytes(), type=dict[str, Test])


if __name__ == "__main__":
    sys.exit(main())

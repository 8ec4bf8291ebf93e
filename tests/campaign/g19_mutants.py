"""G-19: the laws of money with one thing changed at a time; each change must be seen by a test (`tests/campaign/mutants/`)."""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import msgspec

from tests.campaign.figure import Figure, Tally, measuring
from tests.campaign.mutants.score import CACHE, Score

GOAL = "95 of 100 mutants of core and till are seen by their tests, and every one of settle, claim, classify and verify"
PUSH = False
ROOT = Path(__file__).parents[2]

# None of these may survive: settle, claim, classify, verify.
FIRST = (
    "widget/core/charge.py", "widget/till/settle.py",
    *(f"widget/storage/charges.py:{name}" for name in ("claim", "_claim", "_still_wanted", "_alone", "_open_link")),
    "widget/core/answer.py", *(f"widget/provider/dodo.py:{name}" for name in ("DodoMoves._send", "_refusal")),
    "widget/webhooks/verify.py", "widget/web/tokens.py", "widget/web/press_keys.py",
)  # fmt: skip


def run(size: str, seed: int, engine: str) -> Figure:
    wanted = [*FIRST] if size != "night" else [*FIRST, *_rest()]
    with measuring("G-19", GOAL, size, seed, engine) as tally:
        if size == "night":
            shutil.rmtree(CACHE, ignore_errors=True)
        else:
            tally.note = "settle, claim, classify and verify; hours take all of core and till"
        for path, score in _scored(wanted).items():
            _count(tally, seed, path, score)
        known = tally.counts["seen"] + tally.counts["alike"]
        share = known / max(1, tally.counts["mutants"])
        tally.facts["score"] = round(share, 3)
        if share < 0.95:
            tally.wrong(seed, f"{tally.counts['mutants'] - known} of {tally.counts['mutants']} mutants were not seen")
    return tally.figure()


def _rest() -> list[str]:
    first = {one.partition(":")[0] for one in FIRST}
    found = (
        path.relative_to(ROOT).as_posix()
        for part in ("core", "till")
        for path in sorted((ROOT / "widget" / part).glob("*.py"))
    )
    return [name for name in found if name not in first]


def _scored(wanted: list[str]) -> dict[str, Score]:
    """In a process of its own: it forks lives that must not know anything of ours yet."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "scores.json"
        words = [sys.executable, "-m", "tests.campaign.mutants.score", "--out", str(out), *wanted]
        subprocess.run(words, cwd=ROOT, check=False, stdout=subprocess.DEVNULL)
        return msgspec.json.decode(out.read_bytes(), type=dict[str, Score])


def _count(tally: Tally, seed: int, path: str, score: Score) -> None:
    tally.count("mutants", score.mutants)
    tally.count("seen", score.seen)
    tally.count("alike", score.alike)
    tally.facts[path.removeprefix("widget/")] = f"{score.seen + score.alike} of {score.mutants}"
    must = path in {one.partition(":")[0] for one in FIRST}
    for line in score.survivors if must else ():
        tally.wrong(seed, f"{path}:{line}")
    for line in score.wrong:
        tally.wrong(seed, line)

"""G-19: the laws of money with one thing changed at a time; each change must be seen by the tests of the laws."""

import ast
import copy
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.campaign.figure import Figure, measuring, scaled

GOAL = "95 of 100 mutants of core and till are seen by their tests, and every one of settle, claim, classify and verify"
PUSH = False
ROOT = Path(__file__).parents[2]

# What is mutated, and the tests that must see it.
TARGETS: dict[str, tuple[str, ...]] = {
    "widget/core/charge.py": ("tests/core/test_settle.py",),
    "widget/core/answer.py": ("tests/core/test_answer.py", "tests/core/test_settle.py"),
    "widget/core/watching.py": ("tests/core/test_watching.py",),
}
_SWAP: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Lt: ast.GtE, ast.GtE: ast.Lt, ast.Gt: ast.LtE, ast.LtE: ast.Gt,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip


def run(size: str, seed: int, engine: str) -> Figure:
    with measuring("G-19", GOAL, size, seed, engine) as tally:
        many = scaled(size, push=0, minutes=12, night=10_000)
        survivors = 0
        for path, tests in TARGETS.items():
            if _seen(path, (ROOT / path).read_text(), tests):
                tally.wrong(seed, f"{path}: its tests fail without a mutant")
                continue
            mutants = list(_mutants(path))
            chosen = random.Random(seed).sample(range(len(mutants)), min(many, len(mutants)))
            for number in chosen:
                line, what, text = mutants[number]
                tally.count("mutants")
                if _seen(path, text, tests):
                    tally.count("seen")
                else:
                    survivors += 1
                    tally.facts[f"survivor {survivors}"] = f"{path}:{line} {what}"
        score = tally.counts["seen"] / max(1, tally.counts["mutants"])
        tally.facts["score"] = round(score, 3)
        if score < 0.95:
            tally.wrong(seed, f"{survivors} of {tally.counts['mutants']} mutants were not seen")
        tally.note = (
            "settle, classify and the watch's schedule with their unit tests; not yet the rest of core and till"
        )
    return tally.figure()


def _mutants(path: str) -> Iterator[tuple[int, str, str]]:
    """(line, what was changed, the whole file with that one thing changed)."""
    tree = ast.parse((ROOT / path).read_text())
    places = [
        node for node in ast.walk(tree) if isinstance(node, ast.Compare | ast.BoolOp | ast.UnaryOp | ast.Constant)
    ]
    for number in range(len(places)):
        changed = copy.deepcopy(tree)
        node = [
            one for one in ast.walk(changed) if isinstance(one, ast.Compare | ast.BoolOp | ast.UnaryOp | ast.Constant)
        ][number]
        what = _change(node)
        if what:
            yield node.lineno, what, ast.unparse(ast.fix_missing_locations(changed))


def _change(node: ast.AST) -> str:
    match node:
        case ast.Compare(ops=[op, *_]) if type(op) in _SWAP:
            node.ops[0] = _SWAP[type(op)]()
            return f"{type(op).__name__} turned around"
        case ast.BoolOp(op=op):
            node.op = ast.Or() if isinstance(op, ast.And) else ast.And()
            return "and for or" if isinstance(op, ast.Or) else "or for and"
        case ast.Constant(value=bool(value)):
            node.value = not value
            return f"{value} turned around"
        case ast.Constant(value=int(value)):
            node.value = value + 1
            return f"{value} and one more"
        case _:
            return ""


def _seen(path: str, text: str, tests: tuple[str, ...]) -> bool:
    """Whether the tests fail where the file is this text; the product's own files are not touched."""
    name = path.removesuffix(".py").replace("/", ".")
    with tempfile.TemporaryDirectory() as folder:
        plugin = Path(folder) / "changed_one.py"
        plugin.write_text(
            "import sys, types, importlib\n"
            f"package = importlib.import_module({name.rpartition('.')[0]!r})\n"
            f"module = types.ModuleType({name!r})\n"
            f"module.__file__ = {path!r}\n"
            f"module.__package__ = {name.rpartition('.')[0]!r}\n"
            f"sys.modules[{name!r}] = module\n"
            f"exec(compile({text!r}, {path!r}, 'exec'), module.__dict__)\n"
            f"setattr(package, {name.rpartition('.')[2]!r}, module)\n"
        )
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-x", "-p", "changed_one", "-p", "no:cacheprovider", *tests],
            check=False, cwd=ROOT, env=os.environ | {"PYTHONPATH": f"{folder}{os.pathsep}{ROOT}"}, capture_output=True, timeout=300,
        )  # fmt: skip
    return done.returncode not in {0, 5}

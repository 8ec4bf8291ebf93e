"""Every case of docs/cases.md is named by the tests it names, and every invariant of docs/invariants.md by the code."""

import ast
import re
from pathlib import Path

from widget.core.invariants import INVARIANTS
from widget.storage.invariants import ASKED

ROOT = Path(__file__).parents[2]
ROW = re.compile(r"^\| (F-\d+) \| ([^|]+) \| ([^|]*) \| ([^|]*) \|$", re.MULTILINE)


def the_page() -> dict[str, tuple[set[str], str]]:
    """Case → (its tests, its remark)."""
    page = (ROOT / "docs/cases.md").read_text()
    return {id_: (set(re.findall(r"`([^`]+::[^`]+)`", tests)), remark) for id_, _, tests, remark in ROW.findall(page)}


def the_tests() -> dict[str, set[str]]:
    """Case → the tests that carry its mark."""
    found: dict[str, set[str]] = {}
    for path in [*(ROOT / "tests").rglob("test_*.py"), *(ROOT / "e2e").glob("test_*.py")]:
        text = path.read_text()
        if "mark.case" not in text:
            continue
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
                for id_ in _marks(node):
                    found.setdefault(id_, set()).add(f"{path.relative_to(ROOT)}::{node.name}")
    return found


def _marks(node: ast.FunctionDef | ast.AsyncFunctionDef) -> list[str]:
    calls = [one for one in node.decorator_list if isinstance(one, ast.Call)]
    cases = [one for one in calls if ast.unparse(one.func) == "pytest.mark.case"]
    return [str(word.value) for one in cases for word in one.args if isinstance(word, ast.Constant)]


def test_every_case_has_a_test_or_a_reason():
    page = the_page()
    assert sorted(page) == sorted(f"F-{number:02d}" for number in range(1, 121))
    assert [id_ for id_, (tests, remark) in page.items() if not tests and len(remark.split()) < 8] == []


def test_the_page_and_the_tests_name_each_other():
    page, marked = the_page(), the_tests()
    assert {id_: tests for id_, (tests, _) in page.items() if tests} == marked


def test_every_invariant_has_one_name_in_code_and_page():
    page = (ROOT / "docs/invariants.md").read_text()
    rows = re.findall(r"^\| (I-\d+) \| `(\w+)` \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", page, re.MULTILINE)
    assert {name: (number, sentence) for number, name, sentence, _, _ in rows} == INVARIANTS
    assert [number for number, *_ in rows] == [f"I-{number}" for number in range(1, 26)]
    assert {name for _, name, _, held, _ in rows if "*asked*" in held} == set(ASKED)
    named = {path for *_, tests in rows for path in re.findall(r"(?:tests|e2e)/[\w/]+\.py", tests)}
    assert [path for path in sorted(named) if not (ROOT / path).exists()] == []

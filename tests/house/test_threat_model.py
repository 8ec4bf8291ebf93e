"""The threat model names files and tests that exist."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs/threat-model.md").read_text()


def test_every_file_named_is_there():
    named = set(re.findall(r"`((?:widget|tests|e2e|static|templates|docs|\.ci)/[\w./-]+?)(?:::\w+)?`", TEXT))
    assert len(named) > 40
    assert sorted(name for name in named if not (ROOT / name).exists()) == []


def test_every_test_named_is_there():
    named = re.findall(r"`((?:tests|e2e)/[\w./]+\.py)::(\w+)`", TEXT)
    assert len(named) > 25
    missing = [f"{path}::{name}" for path, name in named if not re.search(rf"def {name}\(", (ROOT / path).read_text())]
    assert missing == []


def test_every_guard_has_a_file_and_a_test():
    rows = [
        line for line in TEXT.partition("## Guards")[2].partition("## ASVS")[0].splitlines() if line.startswith("| ")
    ][1:]
    assert len(rows) > 30
    for row in rows:
        guard, where, test, _ = (cell.strip() for cell in row.strip().strip("|").split("|"))
        assert guard, row
        assert where.startswith("`"), row
        assert test.startswith(("`tests/", "`e2e/")), row

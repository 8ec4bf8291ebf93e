"""What others wrote and we ship: locked by hash, listed, looked at, and never called free of holes without a look."""

import hashlib
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LOCK = tomllib.loads((ROOT / "uv.lock").read_text())


def audit(tmp_path: Path, report: str) -> subprocess.CompletedProcess[str]:
    (tmp_path / "report.json").write_text(report)
    words = [sys.executable, ROOT / ".ci/audit", "--report", tmp_path / "report.json"]
    return subprocess.run(words, capture_output=True, text=True, check=False)


def test_every_package_of_the_lock_comes_from_the_index_with_a_hash():
    for package in LOCK["package"]:
        if package["name"] == "encore-widget":
            continue
        assert "registry" in package["source"], package["name"]
        files = [*package.get("wheels", ()), *([package["sdist"]] if "sdist" in package else [])]
        assert files, package["name"]
        assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", one["hash"]) for one in files), package["name"]


def test_the_lock_is_what_is_installed_and_nothing_else_is_asked():
    makefile = (ROOT / "Makefile").read_text()
    assert "uv sync --quiet --frozen" in makefile


def test_a_package_that_was_not_looked_up_is_never_called_clean(tmp_path):
    """What pip-audit itself says of this report is: No known vulnerabilities found."""
    skipped = {"dependencies": [{"name": "litestar", "skip_reason": "Dependency not found on PyPI"}], "fixes": []}
    done = audit(tmp_path, json.dumps(skipped))
    assert (done.returncode, done.stdout.startswith("NOT AUDITED: 1 of 1")) == (3, True)
    mixed = {"dependencies": [{"name": "msgspec", "version": "1", "vulns": []}, *skipped["dependencies"]]}
    assert audit(tmp_path, json.dumps(mixed)).returncode == 3


@pytest.mark.parametrize(
    "report", ["", "{", "null", "[]", "{}", '{"dependencies": []}', '{"dependencies": [{"name": "x"}]}']
)
def test_no_report_is_no_audit(tmp_path, report):
    done = audit(tmp_path, report)
    assert (done.returncode, "NOT AUDITED" in done.stdout) == (3, True)


def test_what_is_known_is_named_and_what_is_clean_was_counted(tmp_path):
    known = [{"name": "old", "version": "1.0", "vulns": [{"id": "GHSA-xxxx"}]}, {"name": "odd", "skip_reason": "?"}]
    done = audit(tmp_path, json.dumps({"dependencies": known}))
    assert (done.returncode, done.stdout) == (1, "KNOWN VULNERABILITIES: old 1.0: GHSA-xxxx\n")
    clean = [{"name": name, "version": "1", "vulns": []} for name in "abc"]
    done = audit(tmp_path, json.dumps({"dependencies": clean}))
    assert (done.returncode, done.stdout) == (
        0,
        "Audited: 3 packages, each looked up, none with a known vulnerability.\n",
    )


def test_what_is_vendored_is_what_it_is_said_to_be():
    table = (ROOT / "static/VENDORED.md").read_text()
    (digest,) = re.findall(r"\b[0-9a-f]{64}\b", table)
    assert hashlib.sha256((ROOT / "static/htmx.min.js").read_bytes()).hexdigest() == digest


def test_the_checks_audit_and_read_the_code_for_holes():
    check = (ROOT / ".ci/check").read_text()
    assert ".ci/audit" in check
    assert check.count('"$bin/bandit"') == 2

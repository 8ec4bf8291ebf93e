"""Who may import whom: the contracts of pyproject.toml, and the core's short list of what it needs."""

import ast
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
CLOCKS = {"now", "utcnow", "today", "time", "time_ns", "monotonic", "perf_counter"}


def test_every_import_contract_is_kept():
    done = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[done.stdout.find("Broken contracts") :] + done.stderr


def test_the_core_imports_the_standard_library_msgspec_and_itself():
    foreign = [
        f"{path.name}: {name}"
        for path in (ROOT / "widget/core").glob("*.py")
        for name in imported(path)
        if name.partition(".")[0] not in sys.stdlib_module_names | {"msgspec"} and not name.startswith("widget.core")
    ]
    assert foreign == []


def test_the_core_waits_for_nothing_and_reads_no_clock():
    found = [
        f"{path.name}:{node.lineno}"
        for path in (ROOT / "widget/core").glob("*.py")
        for node in ast.walk(ast.parse(path.read_bytes()))
        if isinstance(node, ast.AsyncFunctionDef | ast.Await)
        or (isinstance(node, ast.Call) and getattr(node.func, "attr", "") in CLOCKS)
    ]
    assert found == []


def test_the_environment_is_read_by_the_front_door_and_the_commands_only():
    allowed = {"app.py", "commands", "sandbox", "shop"}
    found = [
        str(path.relative_to(ROOT))
        for path in (ROOT / "widget").rglob("*.py")
        if path.relative_to(ROOT / "widget").parts[0] not in allowed and "os.environ" in path.read_text()
    ]
    assert found == []


def imported(path: Path) -> list[str]:
    """The modules a file imports by absolute name."""
    names: list[str] = []
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            names.append(node.module or "")
    return names

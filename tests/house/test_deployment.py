"""What is handed out works: the wheel holds everything, the container file is clean, the Makefile speaks plainly."""

import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built without isolation: the build tools are locked like everything else."""
    out = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", out, ROOT]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    [built] = out.glob("*.whl")
    return built


def test_the_wheel_holds_templates_static_files_migrations_and_the_demos_offers(wheel: Path):
    inside = set(zipfile.ZipFile(wheel).namelist())
    wanted = {
        f"widget/_{room}/{path.relative_to(ROOT / room)}"
        for room in ("templates", "static")
        for path in (ROOT / room).rglob("*")
        if path.is_file()
    }
    wanted |= {str(path.relative_to(ROOT)) for path in (ROOT / "widget/storage/migrations").glob("m*.py")}
    wanted |= {"widget/demo/offers.toml"}
    assert wanted - inside == set()
    assert not [name for name in inside if name.startswith(("tests/", "e2e/", "bench/"))]


def test_the_installed_wheel_gives_a_working_encore(wheel: Path, tmp_path: Path):
    """In an environment of its own; its dependencies are borrowed from ours, so nothing is downloaded."""
    home = tmp_path / "venv"
    venv.create(home, with_pip=False)
    python = home / "bin/python"
    # Without our own editable install, which would be found first, or be written over through the link.
    site = next((home / "lib").glob("python3*")) / "site-packages"
    ours = next(Path(path) for path in sys.path if path.endswith("site-packages"))
    for entry in ours.iterdir():
        if "encore_widget" not in entry.name and entry.name not in {"__pycache__", "widget"} and entry.suffix != ".pth":
            (site / entry.name).symlink_to(entry)
    install = [
        sys.executable,
        "-m",
        "pip",
        f"--python={python}",
        "install",
        "--no-deps",
        "--no-index",
        "--quiet",
        wheel,
    ]
    done = subprocess.run(install, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    clean = {"PATH": os.environ["PATH"], "ENCORE_DATABASE_URL": f"sqlite:///{tmp_path}/new.db"}
    for arguments in (["--help"], ["migrate"], ["charges"]):
        called = [home / "bin/encore", *arguments]
        done = subprocess.run(called, capture_output=True, text=True, check=False, cwd=tmp_path, env=clean)
        assert done.returncode == 0, done.stderr
    where = "import widget, sys; sys.exit(not widget.__file__.startswith(sys.prefix))"
    assert subprocess.run([python, "-c", where], cwd=tmp_path, check=False, env=clean).returncode == 0


def test_the_container_file_has_nothing_to_complain_about():
    done = subprocess.run([BIN / "hadolint", ROOT / "Dockerfile"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


def test_the_container_runs_as_nobody_in_particular_and_knows_when_it_is_well():
    text = (ROOT / "Dockerfile").read_text()
    assert "USER 10001:10001" in text
    assert "HEALTHCHECK" in text
    assert "/health/ready" in text


@pytest.mark.parametrize(
    ("python", "said"),
    [("no-such-python", "install Python 3.11 or newer"), ("./old", "Python 3.11 or newer is needed")],
)
def test_the_makefile_says_plainly_what_is_missing(python: str, said: str, tmp_path: Path):
    for name in ("Makefile", "pyproject.toml", "uv.lock"):
        (tmp_path / name).symlink_to(ROOT / name)
    old = tmp_path / "old"
    old.write_text('#!/bin/sh\n[ "$1" = -V ] && { echo Python 3.9.2; exit 0; }\nexit 1\n')
    old.chmod(0o755)
    done = subprocess.run(
        ["make", "setup", f"PYTHON={python}"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode != 0
    assert said in done.stdout
    assert "Traceback" not in done.stdout + done.stderr


def test_the_last_line_sums_both_runs(tmp_path: Path):
    (tmp_path / "tests").write_text("...\n===== 2 failed, 1201 passed, 3 skipped in 61.02s (0:01:01) =====\n")
    (tmp_path / "e2e").write_text("===== 40 passed, 1 error in 9.99s =====\n")
    done = subprocess.run([sys.executable, ROOT / ".ci/summary", tmp_path], capture_output=True, text=True, check=True)
    assert done.stdout == "1241 passed, 3 failed, 3 skipped\n"

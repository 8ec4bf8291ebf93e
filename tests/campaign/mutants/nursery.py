"""Runs tests in forked lives that know every library already but nothing of ours, so that each can be given one file changed.

A life costs a fork, the import of what its tests ask for, and the tests up to the first that fails.
"""

import contextlib
import importlib
import importlib.abc
import importlib.util
import json
import os
import select
import signal
import sys
import time
from collections.abc import Callable, Iterator
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any

import hypothesis
import pytest

from tests.campaign.mutants.touched import ROOT, Touched

SEEN, PASSED, NOTHING = "seen", "passed", "nothing ran"
_PLUGINS = ("-p", "pytest_asyncio.plugin", "-p", "_hypothesis_pytestplugin", "-p", "no:cacheprovider")
_QUIET = ("-q", "-x", "--tb=no", "--no-header", "--no-summary", "--assert=plain")


class Life:
    """One forked process and what becomes of it."""

    def __init__(self, what: Callable[[], int], seconds: float) -> None:
        self._until = time.monotonic() + seconds
        self.pid = os.fork()
        if self.pid == 0:
            os.setsid()
            _silence()
            code = 9
            try:
                code = what()
            finally:
                os._exit(code)
        self._end = os.pidfd_open(self.pid)

    def fileno(self) -> int:
        return self._end

    def ended(self) -> int | None:
        """The end code; -1 for one that had to be killed; None while it lives."""
        late = time.monotonic() > self._until
        if late:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.pid, signal.SIGKILL)
        pid, status = os.waitpid(self.pid, 0 if late else os.WNOHANG)
        if not pid:
            return None
        os.close(self._end)
        return -1 if late else os.waitstatus_to_exitcode(status)


def first_ended(lives: list[Life]) -> None:
    select.select(lives, [], [], 0.5)


def learn_libraries() -> None:
    """Import here whatever the tests import that is not ours."""
    reading, writing = os.pipe()

    def names() -> int:
        importlib.import_module("tests.stage")
        importlib.import_module("widget.app")
        theirs = [name for name in sys.modules if name.partition(".")[0] not in {"widget", "tests", "__main__"}]
        os.write(writing, json.dumps(theirs).encode())
        return 0

    life = Life(names, 60)
    os.close(writing)
    with os.fdopen(reading) as told:
        found = json.loads(told.read() or "[]")
    if not found or _wait(life):
        raise RuntimeError("the libraries could not be learned: does the product import?")
    for name in found:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    hypothesis.settings.register_profile(
        "mutants", derandomize=True, database=None, deadline=None,
        phases=[hypothesis.Phase.explicit, hypothesis.Phase.generate],
    )  # fmt: skip
    hypothesis.settings.load_profile("mutants")


def touching(test_file: str, mutated: frozenset[str], where: Path, seconds: float) -> Life:
    """Learn which functions each test of the file runs through; written to `where`."""

    def trace() -> int:
        touched = Touched(mutated)
        code = _pytest([test_file], (touched,), alone=False, stop=False)
        touched.keep(where)
        return code

    return Life(trace, seconds)


def shown(path: str, text: str, tests: list[str], *, alone: bool, seconds: float) -> Life:
    """A life in which the file is this text; ends as pytest ends."""

    def run() -> int:
        sys.meta_path.insert(0, _Changed(path, text))
        files = sorted({one.partition("::")[0] for one in tests})
        return _pytest(files, (_Only(tests),), alone=alone, stop=True)

    return Life(run, seconds)


def verdict(code: int) -> str:
    return PASSED if code == 0 else NOTHING if code in {4, 5} else SEEN


def _wait(life: Life) -> int:
    while (code := life.ended()) is None:
        first_ended([life])
    return code


def _pytest(files: list[str], plugins: tuple[object, ...], *, alone: bool, stop: bool) -> int:
    words = [*_PLUGINS, *(_QUIET if stop else ("-q", "--tb=no")), *(("--noconftest",) if alone else ()), *files]
    return int(pytest.main([*words, f"--rootdir={ROOT}"], plugins=list(plugins)))


def _silence() -> None:
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
    nowhere = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(nowhere, number)


class _Only:
    """These tests, in this order: the quickest first."""

    def __init__(self, wanted: list[str]) -> None:
        self._wanted = {name: place for place, name in enumerate(wanted)}

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = sorted(
            (one for one in items if one.nodeid in self._wanted), key=lambda one: self._wanted[one.nodeid]
        )


class _Changed(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Serves one module of ours from another text."""

    def __init__(self, path: str, text: str) -> None:
        self._path, self._text = path, text
        self._name = path.removesuffix(".py").replace("/", ".")

    def find_spec(self, fullname: str, path: Any = None, target: ModuleType | None = None) -> ModuleSpec | None:
        if fullname != self._name:
            return None
        return importlib.util.spec_from_loader(fullname, self, origin=str(ROOT / self._path))

    def exec_module(self, module: ModuleType) -> None:
        module.__file__ = str(ROOT / self._path)
        exec(compile(self._text, module.__file__, "exec"), module.__dict__)


def folders(*names: str) -> Iterator[str]:
    """The test files below these folders."""
    for name in names:
        for path in sorted((ROOT / name).glob("**/test_*.py") if (ROOT / name).is_dir() else [ROOT / name]):
            yield path.relative_to(ROOT).as_posix()

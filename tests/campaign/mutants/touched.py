"""A pytest plugin that writes down which functions of ours each test runs through, and how long it takes."""

import sys
import threading
import time
from pathlib import Path
from types import FrameType, ModuleType
from typing import Any

import msgspec
import pytest
from msgspec import Struct

ROOT = Path(__file__).parents[3]
# Fixtures of these need the whole of Encore; a test without them runs with its own file alone.
_COMMON = {"tests.conftest", "tests.stage", "conftest"}


class Test(Struct, frozen=True):
    """One test that passes on the product as it is."""

    seconds: float
    alone: bool  # needs no common fixture
    functions: tuple[str, ...]  # `widget/core/charge.py:settle`; without a name: the file is imported


class Touched:
    """Only calls are traced, not lines, so tests run nearly as fast as without."""

    def __init__(self, mutated: frozenset[str]) -> None:
        self.tests: dict[str, Test] = {}
        self._folders = {str(ROOT / path): path for path in mutated}
        self._now: set[str] = set()

    def _call(self, frame: FrameType, event: str, arg: Any) -> None:
        path = self._folders.get(frame.f_code.co_filename)
        if path:
            self._now.add(f"{path}:{frame.f_code.co_qualname.partition('.<locals>')[0]}")

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Mutants are shown to the embedded database only: the laws are the same on both."""
        items[:] = [one for one in items if not _on_postgres(one)]

    def _imported(self, item: pytest.Item) -> set[str]:
        """The files whose names stand in the test's own: what is made in them, a default for one, need not be called."""
        there = vars(getattr(item, "module", None) or object).values()
        names = {one.__name__ if isinstance(one, ModuleType) else getattr(one, "__module__", None) for one in there}
        files = {getattr(sys.modules.get(str(name)), "__file__", None) for name in names}
        return {f"{self._folders[file]}:" for file in files if file in self._folders}

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Any:
        self._now = self._imported(item)
        began, before = time.perf_counter(), item.session.testsfailed
        threading.settrace(self._call)
        sys.settrace(self._call)
        try:
            return (yield)
        finally:
            sys.settrace(None)
            threading.settrace(None)  # type: ignore[arg-type]
            if item.session.testsfailed == before and self._now:
                took = round(time.perf_counter() - began, 4)
                self.tests[item.nodeid] = Test(took, _alone(item), tuple(sorted(self._now)))

    def keep(self, path: Path) -> None:
        path.write_bytes(msgspec.json.encode(self.tests))


def _on_postgres(item: pytest.Item) -> bool:
    return "postgres" in item.nodeid.partition("[")[2] or "postgres_url" in getattr(item, "fixturenames", ())


def _alone(item: pytest.Item) -> bool:
    definitions = getattr(item, "_fixtureinfo", None)
    found = definitions.name2fixturedefs.values() if definitions else ()
    return not any(
        one.func.__module__ in _COMMON or "conftest" in one.func.__module__ for all_ in found for one in all_
    )

"""The crash points stand once in the code, are all on the list, and do nothing where nobody is testing."""

import re
from collections import Counter
from pathlib import Path

from widget import probe
from widget.sandbox.world import Probe, World

ROOT = Path(__file__).parents[2]
ROW = re.compile(r"^\| ([CWVQD]\d\d) \| `([a-z._]+)` \| `([a-z_/.]+)`", re.MULTILINE)


def in_the_code() -> list[tuple[str, Path]]:
    files = (path for path in (ROOT / "widget").rglob("*.py") if path.name != "probe.py")
    return [(name, path) for path in files for name in re.findall(r'probe\.at\(\s*"([^"]+)"', path.read_text())]


def on_the_list() -> list[tuple[str, str, str]]:
    return ROW.findall((ROOT / "docs/crash-points.md").read_text())


def test_every_crash_point_stands_once_in_the_code_and_on_the_list():
    names = [name for name, _ in in_the_code()]
    assert [name for name, times in Counter(names).items() if times > 1] == []
    assert sorted(names) == sorted(name for _, name, _ in on_the_list())
    assert len(names) > 30


def test_the_list_names_the_file_and_gives_every_point_an_id_of_its_own():
    listed = on_the_list()
    where = {name: str(path.relative_to(ROOT / "widget")) for name, path in in_the_code()}
    assert [name for _, name, file in listed if not where[name].startswith(file)] == []
    assert len({number for number, _, _ in listed}) == len(listed)


def test_nothing_in_the_product_puts_another_probe_in_place():
    callers = [path for path in (ROOT / "widget").rglob("*.py") if "probe.install" in path.read_text()]
    assert callers == []
    assert probe.NOTHING.at("press.received") is None
    assert type(World().probe) is Probe


def test_every_name_is_said_in_full_where_it_lies():
    """A name put together at run time would escape the list."""
    told = [
        path for path in (ROOT / "widget").rglob("*.py") if re.search(r"probe\.at\((?!\s*[\"\w]*\")", path.read_text())
    ]
    assert [path.name for path in told] == []

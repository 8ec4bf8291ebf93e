"""What is written stays true: every setting, command and decision is described."""

import re
import tomllib
from pathlib import Path

from widget.commands import commands
from widget.environment import DEFAULT_DATABASE_URL, NAMES

ROOT = Path(__file__).parents[2]


def text(name: str) -> str:
    return (ROOT / name).read_text()


def test_every_setting_has_its_section():
    described = re.findall(r"^### `([A-Z_]+)`$", text("docs/settings.md"), re.MULTILINE)
    assert described == list(NAMES)
    assert DEFAULT_DATABASE_URL in text("docs/settings.md")


def test_every_command_is_in_the_readme():
    assert [name for name in commands() if f"encore {name}" not in text("README.md")] == []


def test_every_room_is_on_the_map():
    rooms = {path.name for path in (ROOT / "widget").iterdir() if path.is_dir() and any(path.glob("*.py"))}
    house = text("docs/house.md")
    assert sorted(room for room in rooms if f"`{room}/`" not in house) == []


def test_every_dependency_is_decided_on():
    """Those the owner fixed need no record: the framework, the templates, the values, the tables, the SDK."""
    fixed = {"litestar", "jinja2", "msgspec", "piccolo", "dodopayments"}
    project = tomllib.loads(text("pyproject.toml"))["project"]
    wanted = project["dependencies"] + project["optional-dependencies"]["test"]
    records = " ".join(path.read_text() for path in (ROOT / "docs/decisions").glob("*.md"))
    names = {re.split(r"[\[<>=;~ ]", one)[0] for one in wanted}
    assert sorted(name for name in names - fixed if f"`{name}`" not in records) == []


def test_every_decision_has_a_number_of_its_own_and_says_what_it_must():
    records = sorted((ROOT / "docs/decisions").glob("*.md"))
    assert [path.name for path in records if not re.match(r"\d{4}-[a-z]", path.name)] == []
    assert len({path.name[:4] for path in records}) == len(records)
    for path in records:
        for part in ("## Context", "## Decision", "## Consequences", "## Alternatives"):
            assert part in path.read_text(), f"{path.name} lacks {part}"


def test_links_between_documents_lead_somewhere():
    broken = [
        f"{page.relative_to(ROOT)}: {target}"
        for page in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
        for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text())
        if "://" not in target and not (page.parent / target).exists()
    ]
    assert broken == []

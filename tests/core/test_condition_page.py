"""The page about conditions stays true: its examples are read, and every key has its row and its example."""

import re
import tomllib
from pathlib import Path

import pytest

from tests.core.condition_worlds import NOW
from widget.core.condition import KEYS, LEAVES, TREE, Condition, Status, only, to_toml_value
from widget.core.condition_examples import EXAMPLES
from widget.core.condition_facts import Facts
from widget.core.condition_flaws import DEEPEST, MOST, read_condition
from widget.core.condition_outcome import evaluate

PAGE = (Path(__file__).parents[2] / "docs/conditions.md").read_text()
SHOWN = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)


def when(text: str) -> object:
    """The condition of an example, which is written as it stands in an offer."""
    offer = tomllib.loads(text)["offer"]
    return offer["when"]


def keys(condition: Condition) -> set[str]:
    key, value = only(condition)
    return {key}.union(*(keys(part) for part in value if key in TREE)) if key in TREE else {key}


@pytest.mark.parametrize("text", SHOWN)
def test_every_example_of_the_page_is_a_condition_without_flaws(text):
    condition, flaws = read_condition(when(text))
    assert flaws == ()
    assert condition is not None
    assert to_toml_value(condition) == when(text)
    evaluate(condition, Facts(now=NOW), "workbook")


def test_every_key_has_an_example_and_a_row():
    read = [read_condition(when(text))[0] for text in SHOWN]
    assert set().union(*(keys(condition) for condition in read if condition)) == set(KEYS)
    rows = re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE)
    assert set(KEYS) <= set(rows)
    assert all(f"`{word}`" in PAGE for word in Status.__args__)
    assert f"At most {DEEPEST} levels and {MOST} leaves" in PAGE


@pytest.mark.parametrize("key", [*TREE, *LEAVES])
def test_what_is_suggested_instead_of_a_mistake_is_itself_right(key):
    condition, flaws = read_condition(tomllib.loads(EXAMPLES[key]))
    assert flaws == ()
    assert condition is not None
    assert only(condition)[0] == key

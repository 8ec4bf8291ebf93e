"""What is wrong with a condition: its shape first, then what can never hold."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from widget.core.condition import KEYS, LEAVES, TREE, Condition, given, only
from widget.core.condition_clash import clash
from widget.core.condition_examples import EXAMPLES
from widget.core.condition_leaf_flaws import leaf_flaws
from widget.core.toml_lines import Path
from widget.core.toml_tables import fitted

DEEPEST = 8  # levels of all, any and none; deeper is no longer read by anybody
MOST = 100  # leaves in one condition


class ConditionFlaw(NamedTuple):
    """A mistake; `path` leads from the condition to it, and the suggestion may be empty."""

    path: Path
    message: str
    suggestion: str = ""

    @property
    def told(self) -> str:
        """Message and suggestion as one line."""
        return f"{self.message}; {self.suggestion}" if self.suggestion else self.message


# What a TOML value is called by people, for the words of the one who reads types.
_KINDS = {
    "object": "a table { … }",
    "array": "a list [ … ]",
    "str": "text",
    "int": "a whole number",
    "float": "a number with a point",
    "bool": "true or false",
    "time": "a time without quotes",
    "date": "a date without quotes",
    "datetime": "a date and time without quotes",
}
_EXPECTED = re.compile(r"expected (?P<wanted>[a-z]+(?: \| [a-z]+)*), got (?P<found>[a-z]+)")


def read_condition(table: object) -> tuple[Condition | None, tuple[ConditionFlaw, ...]]:
    """A condition from a TOML value, or every flaw of it."""
    condition, misfits = fitted(table, Condition, ())
    found = tuple(misfit(path, message) for path, message in misfits) if condition is None else flaws(condition)
    return (None, found) if found else (condition, ())


def misfit(path: Path, message: str) -> ConditionFlaw:
    """What was told about a value of the wrong kind, in words of conditions; the path may begin outside of them."""
    keys = [step for step in path if isinstance(step, str) and step in EXAMPLES]
    if message.startswith("write it as") and path[-1] in TREE:
        message = "expected array, got object"
    message = in_words(message)
    if "did you mean" in message or not keys:
        return ConditionFlaw(path, message)
    key = next((key for key in keys if key not in TREE), keys[-1])
    example = f"{{ {EXAMPLES['bought']} }}" if key in TREE and path[-1] != key else EXAMPLES[key]
    return ConditionFlaw(path, message, f"write {example}")


def in_words(message: str) -> str:
    """Kinds of values as people call them; TOML has no null, so nobody is told to write one."""
    said = _EXPECTED.fullmatch(message)
    if said is None:
        return message
    wanted = " or ".join(_KINDS.get(kind, kind) for kind in said["wanted"].split(" | ") if kind != "null")
    return f"expected {wanted}, found {_KINDS.get(said['found'], said['found'])}"


def flaws(condition: Condition) -> tuple[ConditionFlaw, ...]:
    """Every flaw; what can never hold is looked for where the shape is right."""
    found = [*_shape(condition, (), 0)]
    if not found and (count := _leaves(condition)) > MOST:
        found = [ConditionFlaw((), f"has {count} conditions, expected at most {MOST}")]
    return tuple(found or _impossible(condition, ()))


def impossible(condition: Condition) -> bool:
    """Certainly never holds, whatever the facts; False says nothing."""
    return clash(condition) is not None


def _shape(condition: Condition, path: Path, depth: int) -> Iterator[ConditionFlaw]:
    pairs = given(condition)
    if len(pairs) != 1:
        yield _one_key(path, [key for key, _ in pairs])
        return
    key, value = pairs[0]
    at = (*path, key)
    if key not in TREE:
        yield from (ConditionFlaw((*at, *flaw.path), flaw.message, flaw.suggestion) for flaw in leaf_flaws(key, value))
    elif depth == DEEPEST:
        yield ConditionFlaw(at, f"deeper than {DEEPEST} levels")
    elif not value and key != "all":
        says = "never holds" if key == "any" else "excludes nothing"
        yield ConditionFlaw(at, f"is empty and {says}", "give it conditions or take it out")
    else:
        for index, part in enumerate(value):
            yield from _shape(part, (*at, index), depth + 1)


def _one_key(path: Path, keys: list[str]) -> ConditionFlaw:
    if not keys:
        return ConditionFlaw(path, f"says nothing; expected one of {', '.join(KEYS)}")
    listed = ", ".join(f"{{ {key} = … }}" for key in keys)
    if set(keys) & set(TREE) and set(keys) & set(LEAVES):
        listed = ", ".join(f"{{ {key} = {'[…]' if key in TREE else '…'} }}" for key in keys)
    return ConditionFlaw(path, f"one condition in each {{ }}; found {' and '.join(keys)}", f"write all = [{listed}]")


def _leaves(condition: Condition) -> int:
    key, value = only(condition)
    return sum(map(_leaves, value)) if key in TREE else 1


def _impossible(condition: Condition, path: Path) -> Iterator[ConditionFlaw]:
    """The whole, else each branch of an `any` or `none` that could be left out."""
    if found := clash(condition, path):
        yield ConditionFlaw(found.path, found.message)
        return
    key, value = only(condition)
    if key not in TREE:
        return
    for index, part in enumerate(value):
        yield from _impossible(part, (*path, key, index))

"""A condition against the facts: what every node saw, whether it held, and what would have to change."""

from typing import NamedTuple

from msgspec import Struct

from widget.core.condition import TREE, Condition, only
from widget.core.condition_facts import Facts
from widget.core.condition_leaves import UNKNOWN, Seen, seen
from widget.core.condition_wanted import named, wanted


class Outcome(Struct, frozen=True, omit_defaults=True):
    """One node, evaluated; `unknown` says that it did not hold because a fact could not be read."""

    key: str  # as in the file: all, total, bought …
    name: str  # what it is about, for people: total, customer metadata tier
    need: str  # what it asks for: at least 1000 USD
    value: str  # what it saw: 800 USD; of a tree how many parts held
    held: bool
    unknown: bool = False
    parts: tuple["Outcome", ...] = ()

    @property
    def text(self) -> str:
        """The condition in words: `total: at least 1000 USD`."""
        return f"{self.name}: {self.need}"


class Change(NamedTuple):
    """A leaf that would have to hold, or would have to stop holding."""

    leaf: Outcome
    hold: bool

    def __str__(self) -> str:
        return f"{self.leaf.name}: {self.leaf.value}, {'needs' if self.hold else 'must not be'} {self.leaf.need}"


def evaluate(condition: Condition, facts: Facts, salt: str) -> Outcome:
    """Every node with what it saw; total and deterministic, and the order of parts changes no `held`.

    `salt` (the offer's name) makes `share` of one offer independent of another's. A fact that is unknown makes its
    leaf not hold, and a `none` around it does not hold either: what nobody could read excludes nobody by itself, but
    nothing is offered on the strength of it.
    """
    key, value = only(condition)
    parts = tuple(evaluate(part, facts, salt) for part in value) if key in TREE else ()
    found = _combined(key, parts) if key in TREE else seen(key, value, facts, salt) if key else UNKNOWN
    return Outcome(
        key, named(key, value), wanted(key, value), found.value, found.held is True, found.held is None, parts
    )


def _combined(key: str, parts: tuple[Outcome, ...]) -> Seen:
    """Kleene's three values: unknown only where the unknown parts could still decide it."""
    value = f"{sum(part.held for part in parts)} of {len(parts)} held"
    decided = _refuted if key == "all" else _held
    if any(decided(part) for part in parts):
        return Seen(value, key == "any")
    return Seen(value, None if any(part.unknown for part in parts) else key != "any")


def _held(outcome: Outcome) -> bool:
    return outcome.held


def _refuted(outcome: Outcome) -> bool:
    return not (outcome.held or outcome.unknown)


def what_would_change(outcome: Outcome) -> tuple[str, ...]:
    """The fewest leaves that would have to change for it to hold, as sentences; empty where it holds or never can.

    Counted leaf by leaf: where one fact decides several leaves, each of them is told.
    """
    return tuple(dict.fromkeys(map(str, changes(outcome) or ())))


def changes(outcome: Outcome, hold: bool = True) -> tuple[Change, ...] | None:
    """The fewest changes of leaves that make it hold, or make it not hold; None where none do (an empty tree)."""
    if outcome.held if hold else _refuted(outcome):
        return ()
    if outcome.key not in TREE:
        return (Change(outcome, hold),) if outcome.key else None
    each = [changes(part, hold != (outcome.key == "none")) for part in outcome.parts]
    if hold == (outcome.key != "any"):
        return _together(each)
    possible = [one for one in each if one is not None]
    return min(possible, key=lambda one: (len(one), sorted(map(str, one))), default=None)


def _together(each: list[tuple[Change, ...] | None]) -> tuple[Change, ...] | None:
    found: list[Change] = []
    for one in each:
        if one is None:
            return None
        found += one
    return tuple(found)

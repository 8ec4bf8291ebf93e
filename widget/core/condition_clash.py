"""Conditions that can never hold, found where it is simple; whatever is found is certain."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from widget.core.condition import TREE, Condition, only
from widget.core.condition_claims import Claim, claims, refused
from widget.core.condition_leaves import plain_locale
from widget.core.condition_wanted import named, wanted
from widget.core.toml_lines import Path, spelled

IMPOSSIBLE = "can never hold: "


class Term(NamedTuple):
    """A leaf that must hold, or must not where it is denied, for the whole to hold."""

    path: Path
    key: str
    value: Any
    denied: bool = False


class Clash(NamedTuple):
    """Why something can never hold, told at the later of the two that fall out."""

    path: Path
    message: str


class _Needed(NamedTuple):
    """What all has to be so at once."""

    holding: list[Term]
    failing: list[Term]
    anys: list[tuple[Path, tuple[Condition, ...]]]


_OPPOSITE = {
    "bought": "not_bought",
    "not_bought": "bought",
    "ever_bought": "never_bought",
    "never_bought": "ever_bought",
}


def clash(
    condition: Condition, path: Path = (), holding: Sequence[Term] = (), failing: Sequence[Term] = ()
) -> Clash | None:
    """Why a condition can never hold beside those leaves, or None where it may or where nobody looked."""
    needed = _Needed([*holding], [*failing], [])
    _gather(condition, path, needed)
    if found := _between(needed.holding, needed.failing):
        return found
    for where, branches in needed.anys:
        each = [clash(branch, (*where, index), needed.holding, needed.failing) for index, branch in enumerate(branches)]
        if each and None not in each:
            first = each[0].message.removeprefix(IMPOSSIBLE) if each[0] else ""
            return Clash(where, f"{IMPOSSIBLE}no alternative can hold here; the first: {first}")
    return None


def _gather(condition: Condition, path: Path, needed: _Needed) -> None:
    key, value = only(condition)
    at = (*path, key)
    if key == "any" and len(value) > 1:
        needed.anys.append((at, value))
    elif key == "none":
        for index, part in enumerate(value):
            _exclude(part, (*at, index), needed)
    elif key in TREE:
        for index, part in enumerate(value):
            _gather(part, (*at, index), needed)
    elif key:
        needed.holding.append(Term(at, key, value))


def _exclude(condition: Condition, path: Path, needed: _Needed) -> None:
    """None of: leaves are looked at, and what stands directly in an `any`."""
    key, value = only(condition)
    at = (*path, key)
    if key == "any":
        for index, part in enumerate(value):
            _exclude(part, (*at, index), needed)
    elif key in _OPPOSITE:
        needed.holding.append(Term(at, _OPPOSITE[key], value))
    elif key and key not in TREE:
        needed.failing.append(Term(at, key, value, denied=True))


def _between(holding: list[Term], failing: list[Term]) -> Clash | None:
    found = (_values(holding, failing), _products(holding), _locales(holding), _denied(holding, failing))
    return next((one for each in found for one in each), None)


def _values(holding: list[Term], failing: list[Term]) -> Iterator[Clash]:
    """Leaves about one value, laid over each other in the file's order."""
    known: dict[str, tuple[Claim, Term]] = {}
    said = [(term, found) for term in holding for found in claims(term.key, term.value)]
    said += [(term, found) for term in failing for found in refused(term.key, term.value)]
    for term, (about, claim) in said:
        before, other = known.get(about, (Claim(), term))
        both = before.beside(claim)
        if both.empty():
            yield _told(term, other)
        known[about] = (both, term)


def _told(term: Term, other: Term) -> Clash:
    words = f"{IMPOSSIBLE}{_words(term)}"
    return Clash(term.path, words if other == term else f"{words} contradicts {_words(other)} ({spelled(other.path)})")


def _words(term: Term) -> str:
    return f"{named(term.key, term.value)}: {'not ' if term.denied else ''}{wanted(term.key, term.value)}"


def _products(holding: list[Term]) -> Iterator[Clash]:
    """What must be bought beside what must not; whatever was never bought is not bought now either."""
    for term in holding:
        now = term.key in {"bought", "bought_all"}
        if not now and term.key not in {"ever_bought", "ever_bought_all"}:
            continue
        barring = {"not_bought", "never_bought"} if now else {"never_bought"}
        for other in holding:
            barred = set(term.value) & set(other.value) if other.key in barring else set[str]()
            if barred and (term.key.endswith("_all") or barred == set(term.value)):
                yield _told(*sorted((term, other), key=lambda one: -holding.index(one)))


def _locales(holding: list[Term]) -> Iterator[Clash]:
    """Two lists of which no name begins another's."""
    lists = [term for term in holding if term.key == "locale"]
    for index, term in enumerate(lists):
        for other in lists[:index]:
            if not any(_one_way(a, b) for a in term.value for b in other.value):
                yield _told(term, other)


def _one_way(one: str, other: str) -> bool:
    a, b = f"{plain_locale(one)}-", f"{plain_locale(other)}-"
    return a.startswith(b) or b.startswith(a)


def _denied(holding: list[Term], failing: list[Term]) -> Iterator[Clash]:
    """The same leaf, asked for and excluded."""
    for term in failing:
        for other in holding:
            # By their spelling: 1 and true are equal to Python, and not to an occasion's data.
            if term.key == other.key and repr(term.value) == repr(other.value):
                yield Clash(term.path, f"{IMPOSSIBLE}the same is asked for ({spelled(other.path)})")

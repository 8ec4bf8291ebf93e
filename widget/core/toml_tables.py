"""A TOML table into a struct, or everything that does not fit, each with its path and what to write instead."""

import re
from collections.abc import Iterable
from copy import deepcopy
from difflib import get_close_matches
from typing import Any, TypeVar, cast

import msgspec
from msgspec import inspect

from widget.core.toml_lines import Path

T = TypeVar("T")
Flaw = tuple[Path, str]

NAME_EXPECTED = "expected 1 to 64 of a-z, 0-9, - and _, starting with a letter or digit"
_AT = re.compile(r" - at `\$(?P<path>[^`]*)`$")
_STEP = re.compile(r"\.(?P<key>[^.\[\]]+)|\[(?P<index>\d+|\.\.\.)\]")
_FIELD = re.compile(r"(?P<kind>unknown|missing required) field `(?P<name>[^`]+)`")
_MOST = 50  # problems told about one table


def fitted(table: object, kind: type[T], at: Path) -> tuple[T | None, list[Flaw]]:
    """The table as a struct, or every flaw found in it.

    What does not fit is set aside and the rest is looked at again, until nothing more is wrong.
    """
    rest, flaws, aside = deepcopy(table), list[Flaw](), set[Path]()
    while len(flaws) < _MOST:
        try:
            value = msgspec.convert(rest, kind)
        except msgspec.ValidationError as error:
            path, message = _told(str(error), rest, kind, at)
            if not any(path == known[: len(path)] for known in aside):  # else the fault is told already
                flaws.append(((*at, *path), message))
            elif path in aside:
                path = path[:-1]  # no stand-in would do: the table it belongs to goes with it
            aside.add(path)
            if not _set_aside(rest, path, kind):
                break
        else:
            return (None if flaws else value), flaws
    return None, flaws


def nearest(word: str, words: Iterable[str]) -> str:
    """`; did you mean …?` where one of the words is close, else nothing."""
    close = get_close_matches(word, list(words), 1)
    return f"; did you mean {close[0]!r}?" if close else ""


def _told(said: str, table: object, kind: type[Any], at: Path) -> Flaw:
    path = _path(said, table, kind)
    message = _AT.sub("", said)
    there = _type_at(inspect.type_info(kind), path)
    if field := _FIELD.search(message):
        names = [one.encode_name for one in there.fields] if isinstance(there, inspect.StructType) else []
        name = field["name"]
        if field["kind"] == "unknown":
            return (*path, name), f"unknown field{nearest(name, names)}"
        return (*path, name), "is missing"
    return path, _worded(message, there, (*at, *path))


def _path(said: str, table: object, kind: type[Any]) -> Path:
    """Where it is said to be. Of a table whose names are free only `[...]` is told: the name is found by trying."""
    where, path = _AT.search(said), list[str | int]()
    for step in _STEP.finditer(where["path"] if where else ""):
        if step["index"] != "...":
            path.append(int(step["index"]) if step["index"] else step["key"])
        elif (name := _name(said, table, kind, path)) is not None:
            path.append(name)
    return tuple(path)


def _name(said: str, table: object, kind: type[Any], path: list[str | int]) -> str | None:
    """The first name of the free table at `path` with which alone the same is said."""
    for name in list(_inside(table, path)):
        alone = deepcopy(table)
        there = _inside(alone, path)
        for other in [one for one in there if one != name]:
            del there[other]
        try:
            msgspec.convert(alone, kind)
        except msgspec.ValidationError as error:
            if str(error) == said:
                return name
    return None


def _inside(table: Any, path: Iterable[str | int]) -> dict[str, object]:
    for step in path:
        table = table[step]
    return table


def _worded(message: str, there: inspect.Type, path: Path) -> str:
    if "matching regex" in message:
        return NAME_EXPECTED
    if isinstance(there, inspect.LiteralType) and (given := re.fullmatch(r"Invalid enum value '(.*)'", message)):
        words = [str(value) for value in there.values]
        return f"{given[1]!r} is none of {', '.join(words)}{nearest(given[1], words)}"
    names = ".".join(step for step in path if isinstance(step, str))
    if re.match(r"Expected `array.*got `object`", message):
        return f"write it as [[{names}]]"
    if re.match(r"Expected `object.*got `array`", message) and not isinstance(path[-1], int):
        return f"write it as [{names}] or {path[-1]} = {{ … }}"
    return message[:1].lower() + message[1:].replace("`", "")


def _type_at(kind: inspect.Type, path: Path) -> inspect.Type:
    for step in (*path, None):
        if isinstance(kind, inspect.UnionType):
            kind = next(one for one in kind.types if not isinstance(one, inspect.NoneType))
        match kind, step:
            case inspect.StructType(), str():
                kind = next((one.type for one in kind.fields if one.encode_name == step), kind)
            case inspect.VarTupleType(), int():
                kind = kind.item_type
            case inspect.DictType(), str():
                kind = kind.value_type
            case _:
                pass
    return kind


def _set_aside(table: Any, path: Path, kind: type[Any]) -> bool:
    """Take the innermost keyed value on the path out, or put in what fits if it is needed; False when there is none."""
    keyed = next((length for length in range(len(path), 0, -1) if isinstance(path[length - 1], str)), 0)
    if not keyed:
        return False
    *outer, key = path[:keyed]
    for step in outer:
        table = table[step]
    there = _type_at(inspect.type_info(kind), tuple(outer))
    needed = isinstance(there, inspect.StructType) and any(f.encode_name == key and f.required for f in there.fields)
    fits = _stand_in(_type_at(there, (key,))) if needed else None
    if fits is None:
        return cast("dict[str | int, object]", table).pop(key, None) is not None
    stands = cast("dict[str | int, object]", table)
    replaced = stands.get(key) != fits
    stands[key] = fits
    return replaced


def _stand_in(kind: inspect.Type) -> object:
    """Something of the kind, so that what stands beside it can be looked at."""
    match kind:
        case inspect.StrType():
            return "x"
        case inspect.LiteralType():
            return kind.values[0]
        case inspect.IntType():
            return kind.ge or 0
        case _:
            return None

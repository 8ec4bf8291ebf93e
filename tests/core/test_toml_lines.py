"""The line of every value in whatever way TOML lets people write it."""

import tomllib
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from widget.core.toml_lines import line_of, lines, spelled

AWKWARD = '''\
# [[plan]] in a comment is none
title = "a [[plan]] = { in a text"
poem = """
[[plan]]
product = "not me"  \\"""
"""
raw = \'\'\'
x = 1\'\'\'
date = 1979-05-27 07:32:00
dotted.key . "of quotes" = 1.5

[[plan]] # one
product = "a"
[plan.seats]
min = 1
[[plan.note]]
text = 'first'
[[plan.note]]
text = 'second'
list = [ # opened
  1, [2,
  3], { deep = [
    4] },
]

  [[ "plan" ]]
product = "b"
seats = { min = 1, max = 2 }
[[plan.note]]
text = "third"
'''


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("title",), 2),
        (("poem",), 3),
        (("raw",), 7),
        (("date",), 9),
        (("dotted",), 10),
        (("dotted", "key", "of quotes"), 10),
        (("plan",), 12),
        (("plan", 0), 12),
        (("plan", 0, "product"), 13),
        (("plan", 0, "seats"), 14),
        (("plan", 0, "seats", "min"), 15),
        (("plan", 0, "note", 0), 16),
        (("plan", 0, "note", 1, "text"), 19),
        (("plan", 0, "note", 1, "list", 0), 21),
        (("plan", 0, "note", 1, "list", 1, 0), 21),
        (("plan", 0, "note", 1, "list", 1, 1), 22),
        (("plan", 0, "note", 1, "list", 2, "deep", 0), 23),
        (("plan", 1), 26),
        (("plan", 1, "seats", "max"), 28),
        (("plan", 1, "note", 0, "text"), 30),
    ],
)
def test_a_value_has_its_line_however_it_is_written(path, line):
    assert lines(AWKWARD)[path] == line


@pytest.mark.parametrize(
    ("path", "line"), [(("plan", 1, "name"), 26), (("plan", 0, "seats", "max"), 14), (("none",), 1), ((), 1)]
)
def test_what_is_not_written_has_the_line_of_what_is_around_it(path, line):
    assert line_of(path, lines(AWKWARD)) == line


def test_a_path_is_spelled_as_people_would():
    assert spelled(("plan_family", 0, "plan", 2, "seats", "min")) == "plan_family[0].plan[2].seats.min"


def paths_of(value: object, at: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    yield at
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, one in inner:
        yield from paths_of(one, (*at, step))


def test_every_value_tomllib_finds_has_a_line_and_nothing_else_has():
    assert set(lines(AWKWARD)) == set(paths_of(tomllib.loads(AWKWARD))) - {()}


STATEMENTS = """[[plan]]|[plan.seats]|[[plan.note]]|[other]|a = "#"|b = [1, [2], {c = 3}]|d.e = ''''x'''||#]
|f = '''
[[plan]]
'''|g = [
  1,
  2
]|h = {i = {j = 'k'}}|l = "\\""|m = 1979-05-27 07:32:00"""
PIECES = st.sampled_from(STATEMENTS.split("|"))


@given(st.lists(PIECES, max_size=12))
def test_reader_and_tomllib_agree_on_any_text_that_is_toml(pieces):
    text = "\n".join(pieces)
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        lines(text)  # never asked for then, but it ends
        return
    assert set(lines(text)) == set(paths_of(document)) - {()}

"""Colours: there and back without loss, contrast as WCAG's own examples have it, and moved only as far as needed."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from widget.core.colour import Oklch, contrast, from_rgb, least, parsed, readable, spelled, to_rgb

CHANNEL = st.integers(0, 255)
COLOUR = st.builds(Oklch, st.floats(0, 1), st.floats(0, 0.5), st.floats(0, 359.9))
WHITE, BLACK = Oklch(1, 0, 0), Oklch(0, 0, 0)


@settings(deadline=None)
@given(st.tuples(CHANNEL, CHANNEL, CHANNEL))
def test_every_colour_of_a_screen_comes_back_as_it_was(rgb):
    assert to_rgb(from_rgb(rgb)) == rgb


@settings(deadline=None)
@given(COLOUR)
def test_every_colour_at_all_has_a_place_on_a_screen(colour):
    assert all(0 <= channel <= 255 for channel in to_rgb(colour))
    assert parsed(spelled(colour)) is not None


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [
        ("#000", "#fff", 21.0),
        ("#777777", "#ffffff", 4.48),  # the well-known grey that just fails on white
        ("#767676", "#ffffff", 4.54),  # and the one that just passes
        ("#ff0000", "#ffffff", 4.0),
        ("#0000ff", "#ffffff", 8.59),
        ("#abcdef", "#abcdef", 1.0),
    ],
)
def test_contrast_is_what_everybody_else_computes(one, other, ratio):
    assert contrast(parsed(one), parsed(other)) == pytest.approx(ratio, abs=0.006)
    assert contrast(parsed(other), parsed(one)) == contrast(parsed(one), parsed(other))


@pytest.mark.parametrize(
    ("written", "as_hex"),
    [
        ("#E11D48", "#e11d48"),
        (" #fff ", "#ffffff"),
        ("oklch(0.628 0.2577 29.23)", "#ff0000"),
        ("oklch(62.8% 0.2577 29.23deg)", "#ff0000"),
        ("OKLCH(1 0 0)", "#ffffff"),
        ("oklch(0.5 0.1 -90)", spelled(Oklch(0.5, 0.1, 270))),
    ],
)
def test_a_colour_is_read_as_people_write_it(written, as_hex):
    assert spelled(parsed(written)) == as_hex


@pytest.mark.parametrize(
    "written",
    ["", "red", "#ff", "#ggg", "#1234567", "rgb(0,0,0)", "oklch(2 0 0)", "oklch(0.5 9 0)", "oklch(0.5 0.1)",
     "oklch(0.5.5 0.1 0)", "#fff;}", "#fff)", "var(--x)", "oklch(0.5 0.1 0 / 0)", "#١٢٣"],
)  # fmt: skip
def test_anything_else_is_no_colour(written):
    assert parsed(written) is None


@settings(deadline=None)
@given(COLOUR, st.sampled_from([3.0, 4.5]), st.booleans())
def test_a_colour_is_moved_until_it_can_be_read_and_no_further(colour, ratio, on_white):
    ground = WHITE if on_white else BLACK
    moved = readable(colour, (ground,), ratio)
    assert contrast(moved, ground) >= ratio
    assert (moved.chroma, moved.hue) == (colour.chroma, colour.hue)
    if contrast(colour, ground) >= ratio:
        assert moved == colour
    else:
        assert contrast(moved, ground) < ratio + 0.35  # a step or two of eight bits


@settings(deadline=None)
@given(COLOUR)
def test_on_several_grounds_the_weakest_counts(colour):
    grounds = (WHITE, Oklch(0.95, 0.03, 85), Oklch(0.93, 0.02, 274))
    assert least(readable(colour, grounds, 4.5), grounds) >= 4.5

"""A merchant's theme: whatever is written, card and panel can be read; what is not shown as written is told with its line."""

import json

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from widget.core.colour import Oklch, contrast, spelled
from widget.core.offers_file import OffersFileError, once_in, read, schema, warnings
from widget.core.palette import PAIRS, STRONG, TEXT, palette
from widget.core.theme import PRESETS, Theme, families, merged
from widget.core.theme_wish import WISHES, coded, decoded, wished

HEX = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")
WRITTEN = HEX | st.builds(
    lambda light, chroma, hue: f"oklch({light:.3f} {chroma:.3f} {hue:.1f})",
    st.floats(0, 1), st.floats(0, 0.5), st.floats(0, 359),
)  # fmt: skip
PRESET = st.sampled_from(list(PRESETS))
TABLE = """[theme]
preset = "paper"
accent = "{accent}"
radius = 12
"""


def weak(theme: Theme, side) -> list[tuple[str, str, float]]:
    found = palette(theme, side)
    told = [(one, other, contrast(getattr(found, one), getattr(found, other)), least) for one, other, least in PAIRS]
    return [(one, other, ratio) for one, other, ratio, least in told if ratio < least]


@pytest.mark.parametrize("side", ["light", "dark"])
@pytest.mark.parametrize("preset", PRESETS)
def test_every_preset_can_be_read_as_it_is(preset, side):
    assert weak(Theme(preset=preset), side) == []


@given(WRITTEN, WRITTEN, PRESET, st.sampled_from(["light", "dark"]))
@settings(max_examples=150, derandomize=True, deadline=None)
def test_no_accent_at_all_makes_anything_unreadable(accent, dark, preset, side):
    assert weak(Theme(preset=preset, accent=accent), side) == []
    assert weak(Theme(preset=preset, accent=accent, accent_dark=dark), side) == []


def test_a_colour_that_can_be_read_is_shown_as_it_is_written():
    assert spelled(palette(Theme(accent="#4f46e5"), "light").accent) == "#4f46e5"
    assert warnings("[theme]\naccent = '#4f46e5'\n", read("[theme]\naccent = '#4f46e5'\n")) == []


def test_a_colour_that_cannot_is_told_with_line_field_what_was_written_and_what_is_shown():
    text = TABLE.format(accent="#ffd400")
    button, words = warnings(text, read(text))
    assert (button.line, button.field, words.line, words.field) == (3, "theme.accent", 3, "theme.accent")
    shown = palette(read(text).theme, "light")
    assert button.message.startswith("#ffd400 has a contrast of 1.")
    assert f"3:1 is needed; {spelled(shown.accent)} is shown instead" in button.message
    assert f"4.5:1 is needed; {spelled(shown.link)} is shown instead" in words.message


def test_a_colour_is_only_judged_where_it_is_used():
    pale = "#fde68a"
    assert list(warnings("", read(f'[theme]\nscheme = "dark"\naccent = "{pale}"'))) == []
    told = warnings("", read('[theme]\naccent = "#4f46e5"\naccent_dark = "#101010"'))
    assert {one.field for one in told} == {"theme.accent_dark"}


@pytest.mark.parametrize(
    ("written", "field", "message"),
    [
        ('preset = "papre"', "theme.preset", "did you mean 'paper'?"),
        ('acent = "#fff"', "theme.acent", "did you mean 'accent'?"),
        ('accent = "blue"', "theme.accent", "'blue' is no colour; write it as"),
        ('accent_dark = "#12"', "theme.accent_dark", "is no colour"),
        ("radius = 29", "theme.radius", "expected int <= 28"),
        ('radius = "12px"', "theme.radius", "got str"),
        ('density = "cosy"', "theme.density", "'cosy' is none of compact"),
        ('scheme = "drak"', "theme.scheme", "did you mean 'dark'?"),
        ('layout = "rows"', "theme.layout", "did you mean 'row'?"),
        ('font = "Inter; }"', "theme.font", "font names of letters"),
        ('font = "a,b,c,d,e,f,g"', "theme.font", "up to 6 font names"),
        ('logo = "http://shop.example/logo.png"', "theme.logo", "expected an https address"),
        ('logo = "https://shop.example/a b.png"', "theme.logo", "expected an https address"),
        ('logo_alt = "Atelier"', "theme.logo_alt", "there is no logo for it"),
    ],
)
def test_a_wrong_theme_is_told_with_line_field_and_what_to_write(written, field, message):
    with pytest.raises(OffersFileError) as caught:
        read(f"# how it looks\n[theme]\n{written}\n")
    (problem,) = caught.value.problems
    assert (problem.line, problem.field) == (3, field)
    assert message in problem.message


def test_a_theme_is_one_table():
    with pytest.raises(OffersFileError, match=r"write it as \[theme\]"):
        read('[[theme]]\npreset = "ink"\n')


def test_the_schema_knows_the_theme():
    known = schema()
    good = {"theme": {"preset": "ink", "accent": "#123456", "radius": 4, "density": "compact", "layout": "row"}}
    jsonschema.validate(good, known)
    for wrong in ({"preset": "inky"}, {"radius": 40}, {"colour": "#fff"}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate({"theme": wrong}, known)
    assert "accent_dark" in json.dumps(known)


def test_an_older_file_whose_theme_does_not_fit_any_more_looks_plain():
    assert once_in('[theme]\npreset = "gone"\n')[0] == Theme()
    assert once_in('[theme]\naccent = "pink"\n')[0] == Theme()
    assert once_in("")[0] == Theme()


def test_the_element_goes_over_the_file_and_keeps_what_it_does_not_say():
    file = Theme(preset="paper", accent="#c2410c", accent_dark="#fdba74", radius=0, logo="https://shop.example/l.png")
    seen = merged(file, Theme(accent="#0f766e", layout="row"))
    assert (seen.preset, seen.accent, seen.accent_dark, seen.layout) == ("paper", "#0f766e", "", "row")
    assert (seen.radius, seen.logo) == (0, file.logo)
    assert merged(file, Theme(radius=0)).radius == 0
    assert merged(Theme(radius=9), Theme(radius=0)).radius == 0


def test_families_always_end_in_what_every_browser_has():
    assert families(Theme(font="Inter, Georgia"))[:2] == ("Inter", "Georgia")
    for preset in PRESETS:
        assert families(Theme(preset=preset))[-1] in {"sans-serif", "serif"}


@given(st.dictionaries(st.sampled_from([*WISHES, "logo", "scheme", "ticket"]), st.text(max_size=60)))
@settings(max_examples=200, derandomize=True, deadline=None)
def test_an_element_may_say_anything_and_only_what_is_ours_is_heard(said):
    theme = wished(said)
    assert theme.logo == ""
    assert decoded(coded(theme)) == theme
    assert weak(theme, "light") == []


def test_what_an_element_says_wrongly_is_as_if_it_had_not_been_said():
    said = {"preset": "ink", "accent": "red;}", "radius": "99", "font": 'x";}', "layout": "spiral", "density": "roomy"}
    assert wished(said) == Theme(preset="ink", density="roomy")
    assert wished({"radius": "0", "accent": " #0f766e "}) == Theme(radius=0, accent="#0f766e")
    assert wished({"logo": "https://evil.example/x.svg"}) == Theme()


@pytest.mark.parametrize(
    "code", ["x", "e30", "eyJ9", "😀", "A" * 401, "eyJhY2NlbnQiOiJyZWQifQ", coded(Theme(radius=3)) + "="]
)
def test_a_code_that_we_did_not_make_is_none(code):
    assert decoded(code) is None


def test_more_contrast_is_there_where_it_is_asked_for():
    for preset in PRESETS:
        for side in ("light", "dark"):
            found = palette(Theme(preset=preset), side)
            assert contrast(found.strong, found.ground) >= STRONG
            assert contrast(found.on_strong, found.strong) >= STRONG


def test_on_any_button_either_white_or_a_dark_can_be_read():
    for hue in range(0, 360, 15):
        for lightness in (0.3, 0.5, 0.6, 0.65, 0.7, 0.8, 0.95):
            written = f"oklch({lightness} 0.15 {hue})"
            found = palette(Theme(accent=written), "light")
            assert contrast(found.on, found.accent) >= TEXT
            assert isinstance(found.on, Oklch)

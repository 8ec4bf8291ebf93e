"""A theme becomes a stylesheet of ours: by an address that says nothing else, and nothing in it is a merchant's text."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from litestar import Litestar
from litestar.testing import TestClient

from widget.core.theme import PRESETS, Theme, merged
from widget.core.theme_wish import WISHES, coded, wished
from widget.upsell.examples import examples
from widget.web import errors
from widget.web.assets import asset, asset_url, assets_router, themed
from widget.web.headers import Kind, kind_of
from widget.web.looks import Look, tokens
from widget.web.render import render

# Everything a stylesheet of ours may consist of before its own rules: no @import, no url(), no comment, no string but a family's name.
LINE = re.compile(
    r"(?:@media \(prefers-color-scheme:dark\)\{)?:root[a-z\[\]=:()-]*\{(?:(?:--[a-z-]+|color-scheme):"
    r'(?:#[0-9a-f]{3,6}|[0-9.]+(?:px|rem)|var\(--font\)|light dark|light|dark|(?:"[A-Za-z0-9 -]+"|[a-z-]+)(?:,(?:"[A-Za-z0-9 -]+"|[a-z-]+))*);?)*\}+'
)


@pytest.fixture(scope="module")
def nadia():
    app = Litestar([assets_router], exception_handlers=errors.handlers, openapi_config=None)
    with TestClient(app) as client:
        yield client


@given(
    st.dictionaries(st.sampled_from(WISHES), st.text(max_size=40) | st.sampled_from(['Inter";}*{', "#fff;}", "a\\22"]))
)
@settings(max_examples=200, derandomize=True, deadline=None)
def test_nothing_an_element_says_gets_out_of_its_place_in_the_stylesheet(said):
    for line in tokens(wished(said)).strip().split("\n"):
        assert LINE.fullmatch(line), line


@pytest.mark.parametrize("preset", PRESETS)
def test_every_preset_has_a_stylesheet_whose_address_is_its_content(nadia, preset):
    code = coded(Theme(preset=preset, accent="#c2410c", font="Inter, Georgia"))
    for name in ("card.css", "layouts.css", "plans.css"):
        answer = nadia.get(asset_url(name, code))
        assert (answer.status_code, answer.headers["content-type"]) == (200, "text/css; charset=utf-8")
        assert answer.headers["vary"] == "Accept-Encoding"
        assert '--font:"Inter","Georgia",' in answer.text
        assert answer.text.endswith(asset(name).plain.decode()[-200:])
        again = nadia.get(asset_url(name, code), headers={"if-none-match": answer.headers["etag"]})
        assert again.status_code == 304


def test_without_a_theme_it_is_the_stylesheet_everybody_has():
    assert asset_url("card.css", "") == asset_url("card.css")
    assert Look().code == ""
    assert Look(Theme(scheme="dark", layout="row", logo="https://shop.example/l.png")).code == ""


@pytest.mark.parametrize("odd", ["x", "e30", "..%2f", "A" * 500, ""])
def test_any_other_code_is_not_there_and_a_code_makes_no_script(nadia, odd):
    code = coded(Theme(preset="ink"))
    right = asset_url("card.css", code)
    assert nadia.get(right).status_code == 200
    assert nadia.get(right.replace(code, odd)).status_code == 404
    assert nadia.get(right.replace("card.css", "frame.js")).status_code == 404
    assert nadia.get(right.replace(right.split("/")[2], "0" * 16)).status_code == 404


def test_a_themed_stylesheet_is_an_asset_like_any_other():
    assert kind_of(asset_url("card.css", coded(Theme(preset="ink"))), 200) is Kind.ASSET


def test_a_theme_costs_few_bytes():
    for name in ("card.css", "layouts.css", "plans.css"):
        made = themed(name, coded(Theme(preset="paper", accent="#c2410c", radius=4, font="Inter, Georgia")))
        assert len(made.brotli) < len(asset(name).brotli) * 1.2


def test_a_document_says_its_layout_scheme_and_logo():
    look = Look(Theme(preset="night", logo="https://shop.example/l.png", logo_alt="Atelier"), "/a/image/abc", "row")
    text = render("embed.html", card=examples()["open"], parent_origin="", theme=look.scheme, look=look)
    assert 'data-theme="dark"' in text
    assert 'data-view="row"' in text
    assert '<img src="/a/image/abc" alt="Atelier" width="160" height="28"' in text
    assert asset_url("layouts.css", look.code) in text
    page = render("page.html", card=examples()["open"], theme="", look=look)
    assert 'data-view="page"' in page


@pytest.mark.parametrize(
    ("ticket", "said", "theme", "scheme"),
    [
        ("dark", {"theme": "light", "scheme": "light"}, Theme(scheme="light"), "dark"),
        ("", {"theme": "light", "scheme": "light"}, Theme(scheme="dark"), "light"),
        ("", {"theme": "", "scheme": "auto"}, Theme(scheme="dark"), ""),
        ("", {"theme": "light", "scheme": ""}, Theme(scheme="dark"), "dark"),
        ("", {"theme": "light", "scheme": ""}, Theme(preset="night"), "dark"),
        ("", {"theme": "dark", "scheme": ""}, Theme(), "dark"),
        ("sepia", {"theme": '"><b>', "scheme": "x"}, Theme(), ""),
        ("", {}, Theme(), ""),
    ],
)
def test_light_or_dark_is_said_by_ticket_element_and_file_in_this_order(ticket, said, theme, scheme):
    assert Look(theme).scheme_for(ticket, said) == scheme


def test_an_element_with_a_dark_preset_is_dark():
    assert Look(merged(Theme(), wished({"preset": "night"}))).scheme == "dark"

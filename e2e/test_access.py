"""Access, measured: every face by axe, at 400 %, with wide spacing and by its targets; the keyboard's way through it."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from e2e.axe import judged
from e2e.faces import LOST, NARROWEST, SMALL, SPACING, STOP, STOPS, addresses, documents

# Colours do not turn round and words do not darken: two runs cover light and dark, both directions, frame and page.
LOOKS = [("light", "en", "frame"), ("dark", "ar", "page")]
# Pages that show neither card nor panel of anybody.
STRANGERS = ["/embed/offer/none", "/embed/plans/none", "/after/none", "/nowhere", "/gallery", "/gallery/plans"]


@pytest.mark.parametrize(("scheme", "language", "layout"), LOOKS)
@pytest.mark.case("F-117")
def test_axe_finds_nothing_in_any_face(demo, open_window, scheme, language, layout):
    page = open_window(viewport={"width": 390, "height": 844}, color_scheme=scheme, reduced_motion="reduce").new_page()
    axe, found = Axe(), {}
    for name, path in addresses(layout=layout, locale=language):
        page.goto(demo.encore + path)
        if (
            page.locator("html").get_attribute("dir") != ("rtl" if language == "ar" else "ltr")
            and name not in ONE_LANGUAGE
        ):
            found[name] = "the wrong direction"
        if report := judged(axe, page):
            found[name] = report
    for path in STRANGERS:
        page.goto(demo.encore + path)
        if report := judged(axe, page):
            found[path] = report
    assert found == {}


@pytest.mark.case("F-117")
def test_axe_finds_nothing_in_a_third_writing_and_sees_what_is_planted(open_window):
    """One face of every state in Japanese; every face in all 23 languages, both ways round: figure G-20."""
    page, axe = open_window(viewport={"width": 390, "height": 844}, reduced_motion="reduce").new_page(), Axe()
    for name, text in documents("ja", layout="frame"):
        if "_" not in name:
            page.set_content(text)
            assert judged(axe, page) == "", name
    page.evaluate("() => document.documentElement.removeAttribute('lang')")
    assert "html-has-lang" in judged(axe, page)


ONE_LANGUAGE = {"open_yen", "open_rtl"}


@pytest.mark.parametrize("language", ["de", "ar"])
@pytest.mark.case("F-117")
def test_nothing_is_lost_at_400_percent_with_double_text_or_wide_spacing_and_all_can_be_hit(
    demo, open_window, language
):
    page = open_window(viewport=NARROWEST, reduced_motion="reduce").new_page()
    found = {}
    for name, path in addresses(layout="page", locale=language):
        page.goto(demo.encore + path)
        found[name, "400 %"] = page.evaluate(LOST)
        found[name, "too small"] = page.evaluate(SMALL)
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        found[name, "double text"] = page.evaluate(LOST)
        page.evaluate("document.documentElement.style.fontSize = ''")
        page.evaluate(SPACING)
        found[name, "wide spacing"] = page.evaluate(LOST)
    assert {where: what for where, what in found.items() if what} == {}


def test_the_keyboard_reaches_everything_in_the_order_of_reading_and_is_seen(demo, open_window):
    page = open_window(viewport={"width": 390, "height": 844}, reduced_motion="reduce").new_page()
    found = {}
    for name, path in addresses(layout="page", locale="en"):
        page.goto(demo.encore + path)
        stops, first = page.evaluate(STOPS), page.evaluate(STOP)["stop"]
        reached = [] if first is None else [first]  # a face that begins at its field
        for _ in stops[len(reached) :]:
            page.keyboard.press("Tab")
            here = page.evaluate(STOP)
            reached.append(here["stop"])
            if not here["seen"]:
                found[name, here["what"]] = "not seen"
        if reached != stops:
            found[name] = (reached, stops)
    assert found == {}

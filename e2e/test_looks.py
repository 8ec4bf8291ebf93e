"""Every preset in every layout: nothing is lost at any width, and what a system asks for (contrast, its own colours) is given."""

import importlib.util
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from axe_playwright_python.sync_playwright import Axe

from e2e.faces import LOST, SMALL
from widget.core.theme import PRESETS, Theme
from widget.core.theme_wish import wished
from widget.plan_change.examples import examples as panels
from widget.upsell.examples import examples as cards

LAYOUTS = ("card", "row", "side", "page")
WIDTHS = (320, 736, 1280)


def _pictures():
    """The command that draws the contact sheets; a script, and so in no package."""
    path = Path(__file__).parents[1] / "bench/pictures.py"
    spec = importlib.util.spec_from_file_location("pictures", path)
    assert spec
    assert spec.loader
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


@pytest.mark.parametrize("layout", LAYOUTS)
def test_in_every_layout_nothing_sticks_out_is_cut_off_or_too_small_to_hit(demo, open_window, layout):
    page = open_window(reduced_motion="reduce").new_page()
    lost = {}
    for locale in ("en", "ar"):
        for name in (
            "open",
            "open_long",
            "open_pick",
            "open_terms",
            "paid",
            "refused",
            "plans/choices_long",
            "plans/quote",
        ):
            page.goto(f"{demo.encore}/gallery/{name}?view={layout}&locale={locale}&preset=paper")
            for width in WIDTHS:
                page.set_viewport_size({"width": width, "height": 600})
                if found := page.evaluate(LOST) + page.evaluate(SMALL):
                    lost[f"{name} {locale} {width}"] = found
    assert lost == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_preset_passes_axe_and_has_its_own_accent_on_the_button(demo, open_window, scheme):
    page = open_window(color_scheme=scheme, reduced_motion="reduce").new_page()
    seen, found = set(), {}
    for preset in PRESETS:
        page.goto(f"{demo.encore}/gallery/open_recurring?layout=page&preset={preset}")
        seen.add(page.locator(".accept").evaluate("one => getComputedStyle(one).backgroundColor"))
        if (results := Axe().run(page)).violations_count:
            found[preset] = results.generate_report()
    assert found == {}
    assert len(seen) == len(PRESETS)


def test_a_colour_that_could_not_be_read_is_moved_until_it_can(demo, open_window):
    page = open_window().new_page()
    for accent in ("%23ffff00", "%23ffffff", "%23000000", "%23808080"):
        page.goto(f"{demo.encore}/gallery/open_recurring?layout=page&accent={accent}")
        assert Axe().run(page).violations_count == 0, accent


def test_where_more_contrast_is_asked_for_every_text_has_seven_to_one(demo, open_window):
    page = open_window(contrast="more").new_page()
    rules = {"runOnly": ["color-contrast-enhanced"]}
    for path in ("open_recurring?layout=page", "open_discount?layout=page&preset=coral", "plans/choices?layout=page"):
        page.goto(f"{demo.encore}/gallery/{path}")
        results = Axe().run(page, options=rules)
        assert results.violations_count == 0, results.generate_report()


def test_with_the_systems_own_colours_yes_and_no_still_look_like_buttons(demo, open_window):
    page = open_window(forced_colors="active").new_page()
    for name in ("open", "plans/choices"):
        page.goto(f"{demo.encore}/gallery/{name}")
        for button in page.locator(".accept:visible, .decline:visible").all():
            border = button.evaluate(
                "one => getComputedStyle(one).borderTopStyle + getComputedStyle(one).borderTopColor"
            )
            assert border.startswith("solid")
            assert "0, 0, 0, 0" not in border


def test_the_presets_stand_side_by_side_in_the_gallery(demo, open_window):
    page = open_window().new_page()
    page.goto(f"{demo.encore}/gallery/presets")
    assert page.locator(".card").count() == len(PRESETS)
    grounds = page.locator(".accept").evaluate_all("all => all.map(one => getComputedStyle(one).backgroundColor)")
    assert len(set(grounds)) == len(PRESETS)


def test_what_the_element_says_of_its_look_is_posted_with_the_ticket(demo, page):
    posted = []
    page.route("**/embed/offer", lambda route: (posted.append(route.request.post_data), route.abort()))
    page.goto(demo.shop)
    page.evaluate(
        """home => {
      const one = document.createElement('encore-offer'), script = document.createElement('script');
      for (const [name, value] of Object.entries({ticket: 'x', accent: '#0f766e', 'accent-dark': '#5eead4', layout: 'row', theme: 'dark'}))
        one.setAttribute(name, value);
      script.src = home + '/embed.js';
      document.body.append(one, script);
    }""",
        demo.encore,
    )
    page.wait_for_selector("encore-offer iframe", state="attached")
    said = {name: values[0] for name, values in parse_qs(posted[0]).items()}
    assert wished(said) == Theme(accent="#0f766e", accent_dark="#5eead4", layout="row")
    assert (said["theme"], said["scheme"]) == ("dark", "dark")


def test_the_contact_sheets_have_every_face_and_one_is_drawn(browser, tmp_path):
    pictures = _pictures()
    drawn = {shot.path.split("?")[0] for kind in ("card", "panel") for shot in pictures.shots(kind, "en")}
    assert drawn == {f"card/{name}" for name in cards() if name != "empty"} | {f"panel/{name}" for name in panels()}
    themes = {shot.name for shot in pictures.shots("themes", "en")}
    assert {f"{preset} {layout}" for preset in PRESETS for layout in LAYOUTS} <= themes
    assert pictures.sheet(browser, "page", "phone", "dark", "ar", tmp_path) == len(list(pictures.shots("page", "ar")))
    (made,) = (tmp_path / "sheets").glob("*.png")
    assert made.stat().st_size > 20_000

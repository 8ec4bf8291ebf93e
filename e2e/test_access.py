"""Access: axe finds nothing in any face, in light and dark, framed and as a page; and a status is announced."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from widget.upsell.examples import examples


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("layout", ["frame", "page"])
def test_axe_finds_nothing_in_any_face(demo, open_window, layout, scheme):
    page = open_window(viewport={"width": 390, "height": 844}, color_scheme=scheme, reduced_motion="reduce").new_page()
    found = {}
    for name in examples():
        page.goto(f"{demo.encore}/gallery/{name}?layout={layout}")
        # A transparent frame takes its ground from the host page: measured on a plain one.
        page.evaluate("scheme => { document.body.style.background = scheme === 'dark' ? '#111' : '#fff' }", scheme)
        results = Axe().run(page, options={"rules": {"page-has-heading-one": {"enabled": False}}})
        if results.violations_count:
            found[name] = results.generate_report()
    assert found == {}


def test_a_swap_announces_the_new_state_and_keeps_the_focus_in_the_card(journey):
    journey.buy()
    journey.expect_state("open")
    journey.frame.get_by_role("button", name="Pay $19.00 now").press("Enter")
    journey.expect_state("paid")
    expect(journey.frame.get_by_role("status")).to_contain_text("Thank you")
    focused = journey.frame.locator("#encore-offer").evaluate("card => card.contains(document.activeElement)")
    assert focused

"""A picture of every face of the plan panel, and what a picture can be measured for; axe finds nothing in any."""

import os
import re
from pathlib import Path

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe

from widget.plan_change.examples import examples

SIZES = {"phone": {"width": 390, "height": 844}, "desktop": {"width": 1280, "height": 800}}
NARROWEST = {"width": 320, "height": 640}
ACCOUNT = {"width": 736, "height": 800}  # a frame in a shop's account page: two columns


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", list(SIZES))
def test_every_face_is_drawn_and_axe_finds_nothing(demo, open_window, size, scheme):
    folder = os.environ.get("ENCORE_PICTURES")
    layout = "page" if size == "desktop" else "frame"
    page = open_window(viewport=SIZES[size], color_scheme=scheme, reduced_motion="reduce").new_page()
    found = {}
    for name in examples():
        page.goto(f"{demo.encore}/gallery/plans/{name}?layout={layout}")
        assert page.locator("#encore-plans").get_attribute("data-state") == name.split("_")[0]
        if folder:
            Path(folder).mkdir(parents=True, exist_ok=True)
            page.screenshot(path=f"{folder}/plans-{name}-{size}-{scheme}.png", full_page=True)
        # A transparent frame takes its ground from the host page: measured on a plain one.
        page.evaluate("scheme => { document.body.style.background = scheme === 'dark' ? '#111' : '#fff' }", scheme)
        results = Axe().run(page, options={"rules": {"page-has-heading-one": {"enabled": False}}})
        if results.violations_count:
            found[name] = results.generate_report()
    assert found == {}


@pytest.mark.parametrize("width", [NARROWEST["width"], ACCOUNT["width"]])
def test_nothing_overflows_on_the_narrowest_phone_in_an_account_page_or_at_double_text_size(demo, open_window, width):
    page = open_window(viewport={"width": width, "height": 640}).new_page()
    for name in examples():
        page.goto(f"{demo.encore}/gallery/plans/{name}")
        for zoom in ("100%", "200%"):
            page.evaluate("size => { document.documentElement.style.fontSize = size }", zoom)
            wide = page.evaluate("document.documentElement.scrollWidth")
            assert wide <= width, (name, zoom, wide)


def test_every_target_can_be_hit(demo, open_window):
    page = open_window(viewport=NARROWEST).new_page()
    for name in examples():
        page.goto(f"{demo.encore}/gallery/plans/{name}")
        for box in page.locator("button:visible:not(.heard), a:visible, label:visible").all():
            size = box.bounding_box()
            assert size, name
            if box.evaluate("one => one.matches('.stepper label, .comment label')"):
                continue  # the field below it is the target
            assert size["height"] >= 24, (name, size)


def test_where_there_is_room_the_sum_stands_beside_its_lines_and_on_a_phone_above_them(demo, open_window):
    page = open_window(viewport=ACCOUNT).new_page()
    page.goto(f"{demo.encore}/gallery/plans/quote")
    lines, due = page.locator(".what").bounding_box(), page.locator(".due").bounding_box()
    assert lines["x"] + lines["width"] <= due["x"]
    page.set_viewport_size(NARROWEST)
    lines, due = page.locator(".what").bounding_box(), page.locator(".due").bounding_box()
    assert due["y"] + due["height"] <= lines["y"]


def test_the_first_paint_is_one_document_one_stylesheet_one_script_within_30_kb(demo):
    with httpx.Client(base_url=demo.encore, headers={"accept-encoding": "br"}) as client:
        document = client.get("/gallery/plans/choices")
        links = re.findall(r'(?:href|src)="(/a/[^"]+)"', document.text)
        assert len(links) == 2
        weights = [len(document.content)]
        for link in links:
            with client.stream("GET", link) as answer:
                assert answer.headers["content-encoding"] == "br"
                weights.append(sum(len(chunk) for chunk in answer.iter_raw()))
        assert sum(weights) <= 30_000, weights

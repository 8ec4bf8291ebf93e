"""A picture of every face of the plan panel, and what a picture can be measured for."""

import os
import re
from pathlib import Path

import httpx
import pytest

from widget.plan_change.examples import examples

SIZES = {"phone": {"width": 390, "height": 844}, "desktop": {"width": 1280, "height": 800}}
NARROWEST = {"width": 320, "height": 640}
ACCOUNT = {"width": 736, "height": 800}  # a frame in a shop's account page: two columns


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", list(SIZES))
def test_picture_of_every_face_of_the_panel(demo, open_window, size, scheme):
    folder = os.environ.get("ENCORE_PICTURES")
    layout = "page" if size == "desktop" else "frame"
    page = open_window(viewport=SIZES[size], color_scheme=scheme, reduced_motion="reduce").new_page()
    for name in examples():
        page.goto(f"{demo.encore}/gallery/plans/{name}?layout={layout}")
        assert page.locator("#encore-plans").get_attribute("data-state") == name.split("_")[0]
        if folder:
            Path(folder).mkdir(parents=True, exist_ok=True)
            page.screenshot(path=f"{folder}/plans-{name}-{size}-{scheme}.png", full_page=True)


def test_nothing_overflows_in_an_account_page(demo, open_window):
    page = open_window(viewport=ACCOUNT).new_page()
    for name in examples():
        page.goto(f"{demo.encore}/gallery/plans/{name}")
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= ACCOUNT["width"], (name, wide)


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

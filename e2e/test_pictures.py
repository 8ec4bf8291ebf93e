"""A picture of every face of the card: phone and desktop, light and dark; and what a first paint weighs."""

import os
import re
from pathlib import Path

import httpx
import pytest

from widget.upsell.examples import examples

SIZES = {"phone": {"width": 390, "height": 844}, "desktop": {"width": 1280, "height": 800}}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", list(SIZES))
def test_picture_of_every_face(demo, open_window, size, scheme):
    folder = os.environ.get("ENCORE_PICTURES")
    page = open_window(viewport=SIZES[size], color_scheme=scheme, reduced_motion="reduce").new_page()
    for name in examples():
        page.goto(f"{demo.encore}/gallery/{name}?layout=page")
        assert page.locator("#encore-offer").get_attribute("data-state") == name.split("_")[0]
        if folder:
            Path(folder).mkdir(parents=True, exist_ok=True)
            page.screenshot(path=f"{folder}/{name}-{size}-{scheme}.png", full_page=True)


def test_the_first_paint_is_one_document_one_stylesheet_one_script_within_25_kb(demo):
    with httpx.Client(base_url=demo.encore, headers={"accept-encoding": "br"}) as client:
        document = client.get("/gallery/open")
        links = re.findall(r'(?:href|src)="(/a/[^"]+)"', document.text)
        assert len(links) == 2
        weights = [len(document.content)]
        for link in links:
            with client.stream("GET", link) as answer:
                assert answer.headers["content-encoding"] == "br"
                weights.append(sum(len(chunk) for chunk in answer.iter_raw()))
        assert sum(weights) <= 25_000, weights

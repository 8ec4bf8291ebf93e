"""The gallery: every face of card and panel, and what a first paint of them weighs."""

import re

import httpx
import pytest

from widget.plan_change.examples import examples as panels
from widget.upsell.examples import examples as cards


def test_every_face_has_its_page(demo):
    faces = [("encore-offer", name, f"/gallery/{name}?layout=page") for name in cards()]
    faces += [("encore-plans", name, f"/gallery/plans/{name}?layout=page") for name in panels()]
    with httpx.Client(base_url=demo.encore) as client:
        for part, name, address in faces:
            face = client.get(address).text
            assert re.search(rf'id="{part}"[^>]* data-state="{name.split("_")[0]}"', face), name


@pytest.mark.parametrize(("face", "most"), [("/gallery/open", 25_000), ("/gallery/plans/choices", 30_000)])
def test_the_first_paint_is_one_document_one_stylesheet_one_script_and_light(demo, face, most):
    with httpx.Client(base_url=demo.encore, headers={"accept-encoding": "br"}) as client:
        document = client.get(face)
        links = re.findall(r'(?:href|src)="(/a/[^"]+)"', document.text)
        assert len(links) == 2
        weights = [len(document.content)]
        for link in links:
            with client.stream("GET", link) as answer:
                assert answer.headers["content-encoding"] == "br"
                weights.append(sum(len(chunk) for chunk in answer.iter_raw()))
        assert sum(weights) <= most, weights

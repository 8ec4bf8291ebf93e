"""Ten thousand hostile strings, one in every text there is: each page has the elements it has with "x", and no others."""

import random
import string
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from tests.web.test_markdown import harmless
from tests.web.test_templates import HOSTILE, Page
from widget.core.placeholders import Filling
from widget.plan_change.examples import examples as panels
from widget.upsell.examples import examples as cards
from widget.web.markdown import prose
from widget.web.render import render

MANY = 10_000
# Not texts: they choose what is drawn. Their values are our own.
OURS = {
    "state",
    "locale",
    "direction",
    "kind",
    "step",
    "id",
    "action",
    "name",
    "product",
    "wrong",
    "scheme",
    "theme",
    "layout",
}
PIECES = [
    "<", ">", "</", "<!--", "-->", "<![CDATA[", "]]>", '"', "'", "`", "&", "&lt;", "&#60;", "&#x3c", "=", " ", "\\", "/", "\n", "\r", "\t", "\x00", "\x0b", "\x0c", "\u2028", "\ufeff", "\u202e", "\u2066",
    "script", "img src=x onerror=alert(1)", "svg/onload=alert(1)", "style", "textarea", "title", "iframe srcdoc=", "math", "template", "javascript:", "data:text/html,", " onfocus=alert(1) autofocus ", "{{", "}}", "{%", "%}",
    "${", "hx-post=/upsell/accept", "hx-on:click=alert(1)", "</section>", "</form>", "</main>", "<base href=//evil>", "<meta http-equiv=refresh content=0>", "<form action=//evil>", "\U0001f469\u200d\U0001f469", "x" * 500,
]  # fmt: skip


def hostile(rng: random.Random) -> str:
    if rng.random() < 0.1:
        return rng.choice(HOSTILE)
    if rng.random() < 0.1:
        return "x" + "".join(rng.choices(string.printable, k=rng.randrange(1, 60)))
    return "x" + "".join(rng.choice(PIECES) for _ in range(rng.randrange(1, 9)))


class Filled:
    """A face whose every text is another one, and how many there were."""

    def __init__(self, rng: random.Random | None) -> None:
        self.rng, self.count = rng, 0

    def of(self, value: Any, name: str = "") -> Any:
        if isinstance(value, msgspec.Struct):
            return replace(
                value, **{one: self.of(getattr(value, one), one) for one in value.__struct_fields__ if one not in OURS}
            )
        if isinstance(value, tuple):
            return tuple(self.of(one, name) for one in value)
        if not isinstance(value, str) or not value:
            return value
        self.count += 1
        return hostile(self.rng) if self.rng else "x"


@pytest.mark.parametrize("what", ["cards", "panels"])
def test_no_text_adds_or_takes_an_element(what):
    faces, template, name = (
        (cards(), "page.html", "card") if what == "cards" else (panels(), "plan_change/page.html", "panel")
    )
    rng, done = random.Random(20261121), 0
    more = {"parent_origin": "", "theme": ""}
    wanted = {key: Page(render(template, **{name: Filled(None).of(face)}, **more)).shape for key, face in faces.items()}
    while done < MANY // 2:
        for key, face in faces.items():
            filled = Filled(rng)
            text = render(template, **{name: filled.of(face)}, **more)
            assert Page(text).shape == wanted[key], key
            done += filled.count
    assert done >= MANY // 2


def test_markdown_brings_only_what_it_may():
    rng = random.Random(20261121)
    for _ in range(MANY // 10):
        between = rng.choice(["", "*", "**", "](", "[x](javascript:x)", "\n- ", "\n\n"])
        harmless(prose(hostile(rng) + between + hostile(rng), Filling(product=hostile(rng), price="x")))

"""Every face in every language on the narrowest phone: nothing overflows, nothing is cut off, the direction is right."""

from collections.abc import Iterator

import pytest
from msgspec.structs import replace

from e2e.faces import NO_IS_SMALLER, whole
from widget.plan_change.examples import examples as panels
from widget.upsell.examples import examples as cards
from widget.web.assets import asset
from widget.web.languages import SPOKEN
from widget.web.looks import Look
from widget.web.plan_words import plan_words_for
from widget.web.refusal_words import refusal_words_for
from widget.web.render import render
from widget.web.words import words_for

NARROWEST = {"width": 320, "height": 640}
FOREIGN = {"open_yen", "open_rtl"}  # a face of one language, whatever the gallery's is
STYLES = {name: asset(name).plain.decode() for name in ("card.css", "plans.css")}
PARTS = {"card": "upsell/card.html", "panel": "plan_change/panel.html"}
# What sticks out of its card, and which text lies under an edge: measured over all faces of a page at once.
MEASURE = """() => [...document.querySelectorAll('.card')].flatMap(card => {
  const outer = card.getBoundingClientRect();
  return [...card.querySelectorAll('*')].filter(one => {
    if (one.closest('.heard, [hidden], #encore-status:empty')) return false;
    if (one.matches('input, option, [aria-hidden]')) return false;
    const box = one.getBoundingClientRect(), text = one.children.length === 0 && one.scrollWidth > one.clientWidth + 1;
    const clipped = text && one.clientWidth > 1 && getComputedStyle(one).display !== 'inline';
    return box.width > 0 && (box.left < outer.left - 1 || box.right > outer.right + 1 || clipped);
  }).map(one => card.dataset.face + ': ' + one.tagName + ' ' + one.textContent.trim().slice(0, 60));
})"""


def faces(language):
    """All faces of a language in one document for each stylesheet: name of the stylesheet, parts."""
    card = [
        (name, render("upsell/card.html", card=view)) for name, view in cards(language).items() if name not in FOREIGN
    ]
    panel = [(name, render("plan_change/panel.html", panel=view)) for name, view in panels(language).items()]
    for sheet, parts in (("card.css", card), ("plans.css", panel)):
        yield sheet, "".join(text.replace('class="card', f'data-face="{name}" class="card', 1) for name, text in parts)


def document(language, sheet, body):
    """A page of its own around parts."""
    direction = "rtl" if language in {"ar", "he"} else "ltr"
    return (
        f'<!doctype html><html lang="{language}" dir="{direction}"><style>{STYLES[sheet]}</style>'
        f"<main>{body}</main></html>"
    )


def pages(language) -> Iterator[tuple[str, str]]:
    """The pages around a card: to wait, gone and refused, the page in between, back from a page of the provider."""
    say = refusal_words_for(language)
    for key, plans in (("", False), ("k", False), ("", True), ("k", True)):
        values = {"message": say.rate_limited, "locale": language, "key": key, "again_ms": 60_000, "plans": plans}
        yield f"wait {values}", render("wait.html", **values)
    broken = say.broken.format(reference="0123abcd")
    for message in (say.gone, say.refused, say.not_now, say.away, say.boxed, broken):
        yield f"gone {message}", render("gone.html", message=message, status=404, locale=language)
    around = {"theme": "", "parent_origin": "", "look": Look()}
    for name in ("open", "paid", "empty"):
        card = replace(
            cards(language)[name], continue_url="https://shop.example/thanks",
            continue_label=words_for(language).continue_label,
        )  # fmt: skip
        yield f"in between, {name}", render("page.html", card=card, **around)
    for name in ("choices", "error"):
        panel = replace(
            panels(language)[name], continue_url="https://shop.example/account",
            continue_label=plan_words_for(language).back_to,
        )  # fmt: skip
        yield f"back, {name}", render("plan_change/page.html", panel=panel, **around)


@pytest.mark.parametrize("language", SPOKEN)
def test_nothing_overflows_in_any_language_at_320_pixels(browser, language):
    page = browser.new_context(viewport=NARROWEST, reduced_motion="reduce").new_page()
    direction = "rtl" if language in {"ar", "he"} else "ltr"
    for sheet, body in faces(language):
        page.set_content(document(language, sheet, body))
        assert page.locator(".card").count() > 15
        assert page.evaluate(MEASURE) == [], (language, sheet)
        assert page.evaluate(NO_IS_SMALLER) == [], (language, sheet)
        assert page.evaluate("document.documentElement.scrollWidth") <= NARROWEST["width"], (language, sheet)
        assert page.evaluate("getComputedStyle(document.querySelector('.card')).direction") == direction
    for name, text in pages(language):
        page.set_content(whole(text))
        assert page.locator(".card").count() == 1
        assert page.evaluate(MEASURE) == [], (language, name)
        assert page.evaluate("document.documentElement.scrollWidth") <= NARROWEST["width"], (language, name)
        assert page.evaluate("getComputedStyle(document.body).direction") == direction, (language, name)
    page.context.close()

"""Templates into HTML: always escaped, and a name that is not handed in is an error, not an empty place."""

import re
from functools import cache
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from jinja2.ext import Extension

from widget import probe
from widget.paths import folder
from widget.web.assets import asset_url
from widget.web.looks import Look
from widget.web.plan_words import plan_words_for
from widget.web.refusal_words import refusal_words_for
from widget.web.words import words_for


class Unindented(Extension):
    """Indentation is for readers of a template, not for a phone: an answer with a secret in it is never compressed."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        """The template without the spaces its lines begin with."""
        return re.sub(r"(?m)^[ \t]+", "", source)


@cache
def environment() -> Environment:
    """The one environment; templates are compiled once."""
    made = Environment(
        loader=FileSystemLoader(folder("templates")),
        autoescape=True,
        undefined=StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=[Unindented],
    )
    known: dict[str, Any] = {
        "asset": asset_url,
        "look": Look(),  # of a document that says nothing about it
        "words": words_for,
        "plan_words": plan_words_for,
        "refusal_words": refusal_words_for,
    }
    made.globals.update(known)
    return made


_NEEDED = re.compile(r'(?:href|src)="(/a/[0-9a-f]+/(?:[\w-]+/)?[\w.-]+\.(css|js))"')
_KINDS = {"css": "style", "js": "script"}
_HEAD = 2_000  # characters; the styles and the script stand in the head


def preloads(text: str) -> dict[str, str]:
    """`Link: rel=preload` for the styles and the script a document names in its head; nothing for a part of one.

    A browser begins with them before the text is there, and a proxy may tell them ahead by 103 Early Hints.
    """
    if not text.startswith("<!doctype"):
        return {}
    found = _NEEDED.findall(text, 0, _HEAD)
    return {"link": ", ".join(f"<{path}>; rel=preload; as={_KINDS[ending]}" for path, ending in found)}


def render(template: str, **values: object) -> str:
    """The text of a template for these values."""
    text = environment().get_template(template).render(**values)
    probe.at("page.rendered")
    return text

"""A merchant's text for the card: a small part of Markdown, its places filled, and made safe whatever is written in it.

Two libraries, each enough by itself (decision 0021): the parser knows no HTML and no address but https, and what
it makes goes through a sanitiser that knows the few elements below and nothing else.
"""

import re
from functools import lru_cache
from typing import Any

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

from widget.core.placeholders import Filling, complete, filled

_SAFE_ADDRESS = re.compile(r"https://[^\s/]", re.IGNORECASE)


class _Parser(MarkdownIt):
    """Paragraphs and text, and the rules that are named: no HTML, entities, images, headings, tables or code."""

    def __init__(self, *rules: str) -> None:
        super().__init__("zero", {"html": False})
        self.enable(list(rules))

    def validateLink(self, url: str) -> bool:  # noqa: N802  # the library's name for which links there are
        """https and nothing else; the rest stays text."""
        return _may_lead(url)


def _may_lead(url: str) -> bool:
    return _SAFE_ADDRESS.match(url) is not None


_BODY = _Parser("list", "emphasis", "escape", "newline", "link")
_LINE = _Parser("emphasis", "escape")


def _attribute(_: str, name: str, value: str) -> str | None:
    """Also asked about what the sanitiser itself adds, which is not an address."""
    return value if name != "href" or _may_lead(value) else None


_BODY_CLEANER = nh3.Cleaner(
    tags={"p", "br", "strong", "em", "ul", "ol", "li", "a"},
    attributes={"*": set(), "a": {"href"}},  # without "*" it would let title and lang through
    attribute_filter=_attribute,
    url_schemes={"https"},
    link_rel="noopener noreferrer",  # the page's own address has a ticket in it
    set_tag_attribute_values={"a": {"target": "_blank"}},
)
_LINE_CLEANER = nh3.Cleaner(tags={"strong", "em"}, attributes={"*": set()}, url_schemes=set())


@lru_cache(maxsize=2048)
def prose(text: str, filling: Filling) -> Markup:
    """Paragraphs, lists, strong, emphasis and links to https; a line whose places have nothing to say is left out."""
    said = "\n".join(line for line in text.splitlines() if complete(line, filling))
    return _cleaned(_BODY_CLEANER, _BODY, _BODY.parse(said), filling)


@lru_cache(maxsize=2048)
def line(text: str, filling: Filling) -> Markup:
    """One line with strong and emphasis; empty where a place of it has nothing to say."""
    if not complete(text, filling):
        return Markup()
    return _cleaned(_LINE_CLEANER, _LINE, _LINE.parseInline(text), filling)


def _cleaned(cleaner: nh3.Cleaner, parser: MarkdownIt, tokens: list[Token], filling: Filling) -> Markup:
    """Places are filled in the text of what was read, so a product's name is never Markdown, and always escaped."""
    for token in tokens:
        for child in token.children or ():
            if child.type == "text":
                child.content = filled(child.content, filling)
    nothing: dict[str, Any] = {}
    html: str = parser.renderer.render(tokens, parser.options, nothing)
    return Markup(cleaner.clean(html).strip())  # the one place, after the sanitiser  # noqa: S704  # nosec B704

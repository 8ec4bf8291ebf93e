"""What is wrong with a merchant's words: too long, a place nobody fills, a link that is not shown as one."""

import re

from widget.core.offer import Texts
from widget.core.origin import origin_of
from widget.core.placeholders import ALWAYS, PLACES, place_flaw

_LINK = re.compile(r"(?<!\\)(?P<picture>!?)\[(?P<label>[^\[\]]*)\]\(\s*<?(?P<target>[^)\s>]*)")
_TARGET = re.compile(r"https://[^\s/{}][^\s{}]*")

Checks = list[tuple[str, str, bool]]


def text_flaws(where: str, texts: Texts) -> Checks:
    """Field, what is expected, and whether it is so."""
    found: Checks = [
        (f"{where}.headline", "expected 1 to 120 characters", 0 < len(texts.headline.strip()) <= 120),
        (f"{where}.body", "expected at most 600 characters", len(texts.body) <= 600),
        (f"{where}.badge", "expected at most 40 characters", len(texts.badge) <= 40),
        (f"{where}.image", "expected an https address of at most 1000 characters", _picture(texts.image)),
        (f"{where}.gain", "expected at most 5 lines of at most 120 characters", _short(texts.gain)),
    ]
    for name, written, known in (
        ("headline", texts.headline, ALWAYS),
        ("badge", texts.badge, ALWAYS),
        ("body", texts.body, PLACES),
    ):
        found.append((f"{where}.{name}", told := place_flaw(written, known), not told))
    for written in texts.gain:
        found.append((f"{where}.gain", told := place_flaw(written), not told))
        found.append(
            (f"{where}.gain", "a link cannot stand in a line; put it into body", _LINK.search(written) is None)
        )
    found.append((f"{where}.body", told := _links(texts.body), not told))
    return found


def _links(body: str) -> str:
    for link in _LINK.finditer(body):
        if link["picture"]:
            return "a picture is not shown in a text; give it as image"
        if not link["label"].strip():
            return f"the link to {link['target']} needs words that can be pressed"
        if not _TARGET.fullmatch(link["target"]):
            return f"{link['target'] or 'nothing'} is no address for a link; expected https://… without places"
    return ""


def _picture(url: str) -> bool:
    return not url or (len(url) <= 1000 and _TARGET.fullmatch(url) is not None and origin_of(url) is not None)


def _short(lines: tuple[str, ...]) -> bool:
    return len(lines) <= 5 and all(0 < len(line.strip()) <= 120 for line in lines)

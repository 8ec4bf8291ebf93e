"""Which languages Encore speaks, and which of them a shopper gets."""

import re
from collections.abc import Iterator
from functools import lru_cache

from babel import Locale, UnknownLocaleError

SPOKEN: tuple[str, ...] = (
    "en", "de", "fr", "es", "pt-BR", "it", "nl", "sv", "pl", "cs", "tr", "ru",
    "uk", "ar", "he", "hi", "id", "vi", "th", "ja", "ko", "zh-Hans", "zh-Hant",
)  # fmt: skip

# Names that are not the name of a language we speak but mean one: old ISO codes, and scripts told by a place.
ALIASES: dict[str, str] = {
    "iw": "he", "in": "id", "pt": "pt-BR", "zh": "zh-Hans", "zh-cn": "zh-Hans", "zh-sg": "zh-Hans", "zh-my": "zh-Hans",
    "zh-tw": "zh-Hant", "zh-hk": "zh-Hant", "zh-mo": "zh-Hant", "cmn": "zh-Hans", "yue": "zh-Hant", "gsw": "de",
}  # fmt: skip

_KNOWN = {name.lower(): name for name in SPOKEN}
_TAG = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{1,8})*")
_WISHES = 20  # more are not read: a browser sends a handful


@lru_cache(maxsize=512)  # names of languages come from outside
def spoken_name(tag: str) -> str | None:
    """Ours for a BCP 47 name (`de-AT` → `de`, `zh-TW` → `zh-Hant`); None where we do not speak it."""
    if not _TAG.fullmatch(tag):
        return None
    parts = tag.replace("_", "-").lower().split("-")
    for length in range(len(parts), 0, -1):
        name = "-".join(parts[:length])
        if found := _KNOWN.get(name) or ALIASES.get(name):
            return found
    return None


@lru_cache(maxsize=512)
def nearest(tag: str) -> str:
    """Ours, else English: another people's language is nobody's second best."""
    return spoken_name(tag) or "en"


def choose(*explicit: str | None, accept: str = "") -> str:
    """The tag a page is written for: the first that was named for it (ticket, element, customer), else what the
    browser asks for, else English.

    A name somebody chose is kept even where we do not speak it, for the merchant's own words may be in it.
    """
    for tag in explicit:
        if tag and is_language(tag):
            return tag.replace("_", "-")
    return next((tag for tag in _wishes(accept) if spoken_name(tag)), "en")


def spoken_or_none(tag: str | None) -> str | None:
    """The tag where we speak it: what a customer once preferred goes before the browser only if we can say it."""
    return tag if tag and spoken_name(tag) else None


@lru_cache(maxsize=512)
def is_language(tag: str) -> bool:
    """Whether this can be the name of a language: ours, or one whose numbers we can write."""
    return len(tag) <= 35 and bool(_TAG.fullmatch(tag)) and (spoken_name(tag) is not None or _parsed(tag) is not None)


def _wishes(accept: str) -> Iterator[str]:
    """The tags of an Accept-Language header, the best first; what cannot be read is passed over."""
    found: list[tuple[float, int, str]] = []
    for place, part in enumerate(accept[:1000].split(",")[:_WISHES]):
        tag, _, weight = (piece.strip() for piece in part.partition(";"))
        if not is_language(tag):
            continue
        digits = weight.replace(" ", "").removeprefix("q=") if weight else "1"
        quality = float(digits) if re.fullmatch(r"[01](?:\.\d{1,3})?", digits) else 0.0
        if quality > 0:
            found.append((-quality, place, tag))
    return (tag for _, _, tag in sorted(found))


@lru_cache(maxsize=256)  # names of languages come from outside
def babel_locale(tag: str) -> Locale:
    """How numbers and dates are written there; as in the nearest language of ours where the name is unknown."""
    return _parsed(tag) or Locale.parse(nearest(tag), sep="-")


def _parsed(tag: str) -> Locale | None:
    try:
        return Locale.parse(tag.replace("-", "_")) if tag else None
    except (ValueError, UnknownLocaleError):
        return None

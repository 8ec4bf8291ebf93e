"""Translations: one `.po` file for each language, read by Babel when the language is first asked for, then kept.

The English in the code is the source and the fall-back of every single string. A string is found by where it stands
(`msgctxt`, such as `card.pay`) and its English, so a sentence whose English changes falls back until it is done again.
"""

import re
import string
from functools import cache
from gettext import GNUTranslations, NullTranslations
from importlib.resources import files
from io import BytesIO

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

_PLACE = re.compile(r"\{(\w+)\}")
_RIGHT_TO_LEFT = frozenset({"ar", "he"})
# Marks of Unicode: a part in its own direction (of its first letter, or right to left), the end of it, and "from here".
_ISOLATE, _ISOLATE_RTL, _END, _RTL = "\u2068", "\u2067", "\u2069", "\u200f"
# Whose direction is their own, for a merchant or a network named them; amounts, dates and periods are ours.
_NAMES = frozenset({"plan", "name", "method", "code", "reference"})


@cache
def catalogue(language: str) -> NullTranslations:
    """The translations of one of our languages; of English, and where the file is missing, none."""
    source = files("widget") / "locale" / language.replace("-", "_") / "LC_MESSAGES" / "encore.po"
    if language == "en" or not source.is_file():
        return NullTranslations()
    compiled = BytesIO()
    with source.open("rb") as text:
        write_mo(compiled, read_po(text, locale=language.replace("-", "_")))
    compiled.seek(0)
    return GNUTranslations(compiled)


def said(language: str, context: str, english: str) -> str:
    """A string in a language; the English where there is none or its places are not the same."""
    found = catalogue(language).pgettext(context, english)
    return isolated(language, found if places(found) == places(english) else english)


def counted(language: str, context: str, one: str, other: str, number: int) -> str:
    """The form of a string for a number, with `{count}` still in it; a form for one number alone may do without."""
    found = catalogue(language).npgettext(context, one, other, number)
    return isolated(language, found if places(found) | {"count"} == places(other) else (one if number == 1 else other))


def isolated(language: str, text: str) -> str:
    """Names and amounts in right-to-left text keep their own direction, and what is around them its own."""
    if direction(language) == "ltr":
        return text
    start = _RTL if text.startswith("{") else ""  # what guesses a direction looks for the first letter, and not inside
    return start + _PLACE.sub(lambda place: _isolate(place[1]), text)


def _isolate(name: str) -> str:
    return f"{_ISOLATE if name in _NAMES else _ISOLATE_RTL}{{{name}}}{_END}"


def direction(language: str) -> str:
    """`rtl` for Arabic and Hebrew."""
    return "rtl" if language in _RIGHT_TO_LEFT else "ltr"


@cache
def places(text: str) -> frozenset[str]:
    """The names in `{…}`; a text that cannot be read has a place nobody has."""
    try:
        return frozenset(name for _, name, _, _ in string.Formatter().parse(text) if name is not None)
    except ValueError:
        return frozenset({"\x00"})

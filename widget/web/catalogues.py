"""Translations: one `.po` file for each language, read by Babel when the language is first asked for, then kept.

The English in the code is the source and the fall-back of every single string. A string is found by where it stands
(`msgctxt`, such as `card.pay`) and its English, so a sentence whose English changes falls back until it is done again.
"""

import string
from functools import cache
from gettext import GNUTranslations, NullTranslations
from importlib.resources import files
from io import BytesIO

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

_RIGHT_TO_LEFT = frozenset({"ar", "he"})
_ISOLATE, _END = "\u2068", "\u2069"


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
    return text.replace("{", _ISOLATE + "{").replace("}", "}" + _END)


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

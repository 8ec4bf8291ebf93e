"""What is wrong with the names in a leaf of a condition: products, currencies, countries, languages."""

import re
from collections.abc import Callable, Iterable, Iterator
from difflib import get_close_matches
from typing import NamedTuple

from widget.core.money import DIGITS
from widget.core.toml_lines import Path

_MOST_NAMES = 200
# Codes people write for countries that ISO 3166 calls otherwise.
_COUNTRY_SLIPS = {"UK": "GB", "EL": "GR", "EN": "GB"}


class LeafFlaw(NamedTuple):
    """A mistake within a leaf; the path leads on from its key."""

    path: Path
    message: str
    suggestion: str = ""


Flaws = Iterator[LeafFlaw]


def _names(words: tuple[str, ...], pattern: str, expected: str, slip: Callable[[str], str]) -> Flaws:
    if not 0 < len(words) <= _MOST_NAMES:
        yield LeafFlaw((), f"expected 1 to {_MOST_NAMES} names, found {len(words)}")
    for index, word in enumerate(words):
        if not re.fullmatch(pattern, word):
            yield LeafFlaw((index,), f"expected {expected}, found {word!r}", slip(word))


def close(word: str, words: Iterable[str]) -> str:
    """`did you mean …?` where one of the words is near."""
    near = get_close_matches(word, list(words), 1, 0.5)
    return f"did you mean {near[0]!r}?" if near else ""


def _none(_: str) -> str:
    return ""


def products(words: tuple[str, ...]) -> Flaws:
    """Ids of products; whether they exist is for whoever has the products."""
    return _names(words, r"\S{1,80}", "a product id without spaces", _none)


def currencies(words: tuple[str, ...]) -> Flaws:
    """ISO 4217, as far as the provider has them."""
    if not words:
        yield LeafFlaw((), "expected at least one currency")
    for index, word in enumerate(words):
        yield from currency((index,), word)


def currency(path: Path, word: str) -> Flaws:
    """One of them."""
    if word not in DIGITS:
        yield LeafFlaw(path, f"expected a currency (ISO 4217), found {word!r}", close(word.upper(), DIGITS))


def countries(words: tuple[str, ...]) -> Flaws:
    """ISO 3166 alpha-2."""
    slipped = "|".join(_COUNTRY_SLIPS)
    return _names(words, rf"(?!{slipped})[A-Z]{{2}}", "a country of two capital letters (ISO 3166)", _country_slip)


def _country_slip(word: str) -> str:
    meant = _COUNTRY_SLIPS.get(word.upper(), word.upper())
    return f"did you mean {meant!r}?" if len(meant) == 2 else ""


def methods(words: tuple[str, ...]) -> Flaws:
    """Kinds of payment methods, as the provider calls them."""
    return _names(words, r"[a-z0-9_]{1,40}", "a method in small letters, such as card or apple_pay", _small)


def locales(words: tuple[str, ...]) -> Flaws:
    """Languages, and languages of a region."""
    return _names(words, r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8}){0,3}", "a language such as de or pt-BR", _none)


def occasions(words: tuple[str, ...]) -> Flaws:
    """Names of moments in the app."""
    return _names(words, r"[a-z0-9][a-z0-9_-]{0,63}", "1 to 64 of a-z, 0-9, - and _", _small)


def _small(word: str) -> str:
    return f"did you mean {meant!r}?" if (meant := re.sub(r"\W+", "_", word.lower())) != word else ""

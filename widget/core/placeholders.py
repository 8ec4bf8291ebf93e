"""The places in a merchant's text that are filled when the card is shown: which there are, and how they are written."""

import re
import unicodedata
from difflib import get_close_matches

from msgspec import Struct

_PLACE = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")
_ISOLATE, _END = "\u2068", "\u2069"


class Filling(Struct, frozen=True):
    """What the places stand for, ready to print; empty where this offer has no such thing."""

    product: str  # its name at Dodo, or of the one that was picked
    price: str  # what is on the button, "$12.40"
    renewal: str = ""  # "$8.00 every month"; only what renews by itself has one
    saving: str = ""  # what the discount codes take off, "$5.00"


ALWAYS = ("product", "price")
PLACES = (*ALWAYS, "renewal", "saving")


def place_flaw(text: str, known: tuple[str, ...] = PLACES) -> str:
    """What is wrong with the places of a text, with what to write instead; empty where nothing is."""
    for found in _PLACE.finditer(text):
        written, name = found[0], found[1]
        if written in {"{{", "}}"} or name in known:
            continue
        there_are = ", ".join(f"{{{one}}}" for one in known)
        if name is None:
            return f"a {written} that belongs to no place; write {written * 2} for the sign itself; places: {there_are}"
        if name in PLACES:
            return f"{written} is not for every offer, so it can stand in body and gain only; here: {there_are}"
        close = get_close_matches(name.strip().lower(), known, n=1)
        meant = f"; did you mean {{{close[0]}}}?" if close else ""
        return f"no place is called {written}; write {{{{ and }}}} for the signs; places: {there_are}{meant}"
    return ""


def filled(text: str, filling: Filling) -> str:
    """The text with its places filled and `{{` and `}}` as single signs; whatever else is in braces stays as it is."""
    value = _isolated if _right_to_left(text) else str

    def put(found: re.Match[str]) -> str:
        if found[0] in {"{{", "}}"}:
            return found[0][0]
        return value(str(getattr(filling, found[1]))) if found[1] in PLACES else found[0]

    return _PLACE.sub(put, text)


def complete(text: str, filling: Filling) -> bool:
    """Whether every place of it has something to stand there; a line that has not is left out."""
    names = (found[1] for found in _PLACE.finditer(text))
    return all(getattr(filling, name) for name in names if name in PLACES)


def _isolated(value: str) -> str:
    """Amounts and names keep their own direction within a text that is read from the right."""
    return f"{_ISOLATE}{value}{_END}"


def _right_to_left(text: str) -> bool:
    return any(unicodedata.bidirectional(letter) in {"R", "AL"} for letter in text)

"""The offers file: TOML in, offers, plan families, caps and a theme out, or every problem with its line and field."""

import re
import tomllib
from collections.abc import Sequence
from typing import Any, TypeVar, cast

import msgspec
from msgspec import UNSET, Struct, UnsetType

from widget.core.caps import Caps, caps_in
from widget.core.condition_flaws import in_words, misfit
from widget.core.family_flaws import family_flaws
from widget.core.file_defaults import KEYS, defaults_in
from widget.core.market import ConsentRules, ReceiptRules
from widget.core.market_texts import text_warnings
from widget.core.never_flaws import placement_warnings
from widget.core.offer import Offer
from widget.core.offer_flaws import offer_flaws
from widget.core.plan_family import PlanFamily
from widget.core.theme import Theme
from widget.core.theme_flaws import theme_flaws, theme_warnings
from widget.core.toml_lines import line_of, lines, spelled
from widget.core.toml_tables import Flaw, fitted, nearest

T = TypeVar("T")
LIMIT = 1_000_000  # bytes; a larger file is a mistake
_TABLES = ("offer", "plan_family", "caps", "theme", *KEYS)


class OffersFile(Struct, frozen=True):
    """What a file says, each in the file's order."""

    offers: tuple[Offer, ...] = ()
    families: tuple[PlanFamily, ...] = ()
    theme: Theme = Theme()
    caps: Caps = Caps()


class Problem(Struct, frozen=True):
    """What is wrong, where: `line` counts from 1, `field` such as `plan_family[0].plan[2].seats.min`."""

    line: int
    field: str
    message: str


class OffersFileError(ValueError):
    """A file that is not applied; carries every problem found, from the top of the file down."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("; ".join(f"line {p.line}: {p.field}: {p.message}" for p in problems))
        self.problems = tuple(problems)


def read(text: str) -> OffersFile:
    """The offers and plan families of a file; raises `OffersFileError`."""
    document = _parsed(text)
    flaws: list[Flaw] = [
        (
            (name,),
            f"unknown; the file holds [caps], [theme], [[offer]] and [[plan_family]] tables{nearest(name, _TABLES)}",
        )
        for name in document
        if name not in _TABLES
    ]
    offers, odd_offers = _all(document, "offer", Offer)
    families, odd_families = _all(document, "plan_family", PlanFamily)
    usual, odd_usual = defaults_in(document)
    flaws += odd_usual
    # What only shows across tables is looked for where every table of that kind could be read.
    flaws += _in_words(odd_offers) or offer_flaws(offers)
    flaws += _in_words(odd_families) or family_flaws(families)
    theme, odd_theme = fitted(document.get("theme", {}), Theme, ("theme",))
    flaws += odd_theme or theme_flaws(theme or Theme())
    caps, odd_caps = caps_in(document.get("caps", {}))
    flaws += odd_caps
    if flaws:
        raise OffersFileError(_placed(text, flaws))
    offers, families = tuple(map(usual.offer, offers)), tuple(map(usual.family, families))
    return OffersFile(offers, families, theme or Theme(), caps)


def warnings(text: str, file: OffersFile) -> list[Problem]:
    """What of a file that is applied will not be as it is written, from the top of the file down."""
    return _placed(text, [*placement_warnings(file.offers), *theme_warnings(file.theme), *text_warnings(file.offers)])


def once_in(text: str) -> tuple[Theme, Caps]:
    """What stands once in a file that was applied: theme and caps, plain where an older file's do not fit."""
    document = tomllib.loads(text)
    theme, odd = fitted(document.get("theme", {}), Theme, ("theme",))
    fits = theme is not None and not odd and not theme_flaws(theme)
    return theme if theme is not None and fits else Theme(), caps_in(document.get("caps", {}))[0]


def _placed(text: str, flaws: list[Flaw]) -> list[Problem]:
    found = lines(text)
    problems = [Problem(line_of(path, found), spelled(path), message) for path, message in flaws]
    return sorted(problems, key=lambda problem: problem.line)


def _in_words(misfits: list[Flaw]) -> list[Flaw]:
    """Values of the wrong kind, told as people speak of them; of a condition with how it is written."""
    return [(path, misfit(path, told).told if "when" in path else in_words(told)) for path, told in misfits]


def _parsed(text: str) -> dict[str, object]:
    if len(text.encode()) > LIMIT:
        raise OffersFileError([Problem(1, "file", f"larger than {LIMIT} bytes")])
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"at line (\d+)", str(error))
        last = text.count("\n") + 1  # where it says "at end of document"
        raise OffersFileError([Problem(int(line[1]) if line else last, "file", f"not TOML: {error}")]) from None
    except RecursionError:
        raise OffersFileError([Problem(1, "file", "lists or tables within each other, too deep")]) from None


def _all(document: dict[str, object], name: str, kind: type[T]) -> tuple[tuple[T, ...], list[Flaw]]:
    """Every `[[name]]` table as a struct, and what does not fit."""
    tables = document.get(name, [])
    if not isinstance(tables, list):
        return (), [((name,), f"write it as [[{name}]]")]
    each = [fitted(table, kind, (name, index)) for index, table in enumerate(cast("list[object]", tables))]
    return tuple(value for value, _ in each if value is not None), [flaw for _, flaws in each for flaw in flaws]


class _Document(Struct, forbid_unknown_fields=True):
    """The whole file, as an editor should know it."""

    language: str = ""
    consent: ConsentRules | UnsetType = UNSET
    receipt: ReceiptRules | UnsetType = UNSET
    offer: tuple[Offer, ...] = ()
    plan_family: tuple[PlanFamily, ...] = ()
    caps: Caps = Caps()
    theme: Theme = Theme()


def schema() -> dict[str, Any]:
    """A JSON Schema (2020-12) of the file for editors; what only shows across tables is told by `read`."""
    found = msgspec.json.schema(_Document)
    found["$defs"]["Condition"] |= {"minProperties": 1, "maxProperties": 1}
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Encore offers file", **found}

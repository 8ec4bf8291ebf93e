"""The offers file: TOML in, offers out, or every problem with its line and field."""

import re
import tomllib
from collections.abc import Sequence
from typing import cast

import msgspec
from msgspec import Struct

from widget.core.money import DIGITS
from widget.core.offer import CHAIN_LIMIT, Offer, chain

NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
LIMIT = 1_000_000  # bytes; a larger file is a mistake
_PATH = re.compile(r" - at `\$\.?(?P<path>[^`]*)`$")


class Problem(Struct, frozen=True):
    """What is wrong, where: `line` counts from 1, `field` such as `offer[2].rule.bought_any`."""

    line: int
    field: str
    message: str


class OffersFileError(ValueError):
    """A file that is not applied; carries every problem found."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("; ".join(f"line {p.line}: {p.field}: {p.message}" for p in problems))
        self.problems = tuple(problems)


def read(text: str) -> tuple[Offer, ...]:
    """The offers of a file, in its order; raises `OffersFileError`."""
    if len(text.encode()) > LIMIT:
        raise OffersFileError([Problem(1, "file", f"larger than {LIMIT} bytes")])
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"at line (\d+)", str(error))
        raise OffersFileError([Problem(int(line[1]) if line else 1, "file", f"not TOML: {error}")]) from None
    problems = [
        Problem(_line(text, name), name, "unknown; the file holds [[offer]] tables")
        for name in document
        if name != "offer"
    ]
    tables = document.get("offer", [])
    if not isinstance(tables, list):
        raise OffersFileError([*problems, Problem(_line(text, "offer"), "offer", "write it as [[offer]]")])
    offers: list[Offer] = []
    for index, table in enumerate(cast("list[object]", tables)):
        try:
            offers.append(msgspec.convert(table, Offer))
        except msgspec.ValidationError as error:
            problems.append(_problem(text, index, error))
    problems += _across(text, offers) if not problems else []
    if problems:
        raise OffersFileError(problems)
    return tuple(offers)


def _across(text: str, offers: list[Offer]) -> list[Problem]:
    """What only shows when the values are read: bounds, names that must be unique or must exist."""
    problems: list[Problem] = []
    names = [o.name for o in offers]
    for index, offer in enumerate(offers):
        for key, message in _flaws(offer, names, tuple(offers)):
            field = f"offer[{index}].{key}"
            problems.append(Problem(_line_in_offer(text, index, key.split(".")[-1]), field, message))
        if offer.name in names[:index]:
            line = _line_in_offer(text, index, "name")
            problems.append(Problem(line, f"offer[{index}].name", f"{offer.name!r} is already an offer above"))
    return problems


def _flaws(offer: Offer, names: list[str], offers: tuple[Offer, ...]) -> list[tuple[str, str]]:
    rule = offer.rule
    flaws = [
        ("name", "1 to 64 of a-z, 0-9, - and _, starting with a letter or digit", bool(NAME.fullmatch(offer.name))),
        ("product", "expected a product id, 1 to 80 characters", 0 < len(offer.product) <= 80),
        ("texts.headline", "expected 1 to 120 characters", 0 < len(offer.texts.headline) <= 120),
        ("texts.body", "expected at most 600 characters", len(offer.texts.body) <= 600),
        ("texts.badge", "expected at most 40 characters", len(offer.texts.badge) <= 40),
        ("texts.gain", "expected at most 5 lines of at most 120 characters", _short(offer.texts.gain)),
        ("quantity", "expected 1 to 100", 1 <= offer.quantity <= 100),
        ("quiet_days", "expected 0 to 3650", 0 <= offer.quiet_days <= 3650),
        ("shown_at_most", "expected 0 (no cap) or more", offer.shown_at_most >= 0),
        ("open_minutes", "expected 1 to 43200", 1 <= offer.open_minutes <= 43_200),
        ("placement", "1 to 40 of a-z, 0-9 and _", bool(re.fullmatch(r"[a-z0-9_]{1,40}", offer.placement))),
        ("rule.currencies", "unknown currency (ISO 4217)", all(c in DIGITS for c in rule.currencies)),
        ("rule.countries", "two capital letters each (ISO 3166)", _countries(rule.countries)),
        ("rule.min_total", "nothing lies between min_total and max_total", _ordered(rule.min_total, rule.max_total)),
        ("starts", "give a time with its offset, such as 2026-11-20T00:00:00Z", _aware(offer)),
        ("ends", "must lie after starts", not (offer.starts and offer.ends and _aware(offer))
         or offer.ends > offer.starts),
        ("on_decline", f"no offer is called so; there are: {', '.join(names)}",
         offer.on_decline is None or offer.on_decline in names),
        ("on_decline", f"the chain loops or is longer than {CHAIN_LIMIT} offers", _chain_ends(offer, offers)),
    ]  # fmt: skip
    return [(key, message) for key, message, fine in flaws if not fine]


def _short(lines: tuple[str, ...]) -> bool:
    return len(lines) <= 5 and all(0 < len(line) <= 120 for line in lines)


def _countries(codes: tuple[str, ...]) -> bool:
    return all(re.fullmatch(r"[A-Z]{2}", code) for code in codes)


def _ordered(low: int | None, high: int | None) -> bool:
    return low is None or high is None or low <= high


def _aware(offer: Offer) -> bool:
    return all(at is None or at.tzinfo is not None for at in (offer.starts, offer.ends))


def _chain_ends(offer: Offer, offers: tuple[Offer, ...]) -> bool:
    steps = chain(offer, offers)
    last = steps[-1].on_decline
    return last is None or last not in {o.name for o in offers}


def _problem(text: str, index: int, error: msgspec.ValidationError) -> Problem:
    message = str(error)
    where = _PATH.search(message)
    path = where["path"] if where else ""
    unknown = re.search(r"unknown field `([^`]+)`", message)
    key = unknown[1] if unknown else re.sub(r"\[.*?\]", "", path).split(".")[-1]
    field = f"offer[{index}]" + (f".{path}" if path else "") + (f".{unknown[1]}" if unknown else "")
    return Problem(_line_in_offer(text, index, key), field, _PATH.sub("", message))


def _line(text: str, key: str) -> int:
    """The first line that writes this key or table, or 1."""
    found = re.search(rf"^\s*\[*\s*{re.escape(key)}\b", text, re.MULTILINE)
    return text.count("\n", 0, found.start()) + 1 if found else 1


def _line_in_offer(text: str, index: int, key: str) -> int:
    """The line of a key within the index-th [[offer]] table; its heading where the key is not written."""
    heads = [m.start() for m in re.finditer(r"^\s*\[\[\s*offer\s*\]\]", text, re.MULTILINE)]
    if index >= len(heads):
        return 1
    end = heads[index + 1] if index + 1 < len(heads) else len(text)
    first = text.count("\n", 0, heads[index]) + 1
    if text[heads[index]] == "\n":
        first += 1
    found = (
        re.search(rf"^\s*\[?(?:offer\.)?{re.escape(key)}\b", text[heads[index] : end], re.MULTILINE) if key else None
    )
    if found is None:
        return first
    line = found.group(0)
    lead = len(line) - len(line.lstrip("\n"))
    return text.count("\n", 0, heads[index] + found.start() + lead) + 1

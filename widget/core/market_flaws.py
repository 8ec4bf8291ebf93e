"""What is wrong with what a file says about consent and receipts: countries, addresses, lengths."""

import re
from collections.abc import Iterable, Mapping

from widget.core.market import ConsentRules, ReceiptRules, ReceiptTexts
from widget.core.origin import origin_of
from widget.core.toml_lines import Path
from widget.core.toml_tables import Flaw

_COUNTRY = re.compile(r"[A-Z]{2}")
_EMAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
LOCALE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}")
_COUNTRIES = "two capital letters each (ISO 3166)"


def consent_flaws(rules: ConsentRules) -> Iterable[Flaw]:
    """Of `[consent]`."""
    yield from agree_in_flaws(rules.agree_in, ("consent",))


def agree_in_flaws(agree_in: Mapping[str, object], at: Path) -> Iterable[Flaw]:
    """Of a table of countries."""
    for country in agree_in:
        if not _COUNTRY.fullmatch(country):
            yield (*at, "agree_in", country), "expected a country, two capital letters (ISO 3166)"


def receipt_flaws(rules: ReceiptRules, at: Path) -> Iterable[Flaw]:
    """Of `[receipt]`, wherever it stands."""
    yield from _texts(rules, at)
    if not all(_COUNTRY.fullmatch(country) for country in rules.withdraw_in):
        yield (*at, "withdraw_in"), _COUNTRIES
    withdraws = rules.withdraw or rules.withdraw_url
    if rules.withdraw_in and not (withdraws or any(t.withdraw or t.withdraw_url for t in rules.locale.values())):
        yield (*at, "withdraw_in"), "says where one can withdraw but not how; write withdraw_url or withdraw"
    for name, texts in rules.locale.items():
        if not LOCALE.fullmatch(name):
            yield (*at, "locale", name), "expected a BCP 47 name such as de or pt-BR"
        yield from _texts(texts, (*at, "locale", name))


def _texts(texts: ReceiptTexts, at: Path) -> Iterable[Flaw]:
    for field in ("help_url", "withdraw_url"):
        if not _address(getattr(texts, field)):
            yield (*at, field), "expected an https address of at most 1000 characters"
    if texts.help_email and not (len(texts.help_email) <= 254 and _EMAIL.fullmatch(texts.help_email)):
        yield (*at, "help_email"), "expected an e-mail address such as help@shop.example"
    if len(texts.withdraw) > 300:
        yield (*at, "withdraw"), "expected at most 300 characters"


def _address(url: str) -> bool:
    origin = origin_of(url)
    return not url or (len(url) <= 1000 and origin is not None and origin.startswith("https://"))

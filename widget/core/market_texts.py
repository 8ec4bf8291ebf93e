"""Markets that an offer names, and whether it speaks their language.

A market is what an offer is restricted to: the countries of its rule or of `when`, a currency that one country alone
pays in, the languages asked for by `locale`. An offer that names none is made to everybody, and nothing is expected.
What only a `none` excludes is no market.
"""

from collections.abc import Iterator
from typing import Any

from widget.core.condition import Condition, only
from widget.core.market import nearest_name
from widget.core.offer import Offer
from widget.core.toml_lines import Path
from widget.core.toml_tables import Flaw

# Languages of ours that are official somewhere (CLDR; a test compares). Where there are several, one of them is enough.
_SPOKEN_IN: dict[str, str] = {
    "en": "US GB IE AU NZ CA ZA SG IN NG KE GH PH MT JM",
    "de": "DE AT CH LI LU BE",
    "fr": "FR BE CH CA LU MC SN CI",
    "es": "ES MX AR CO CL PE VE EC GT CU BO DO HN PY SV NI CR PA UY PR",
    "pt-BR": "BR PT",
    "it": "IT CH SM",
    "nl": "NL BE",
    "sv": "SE",
    "pl": "PL",
    "cs": "CZ",
    "tr": "TR",
    "ru": "RU BY",
    "uk": "UA",
    "ar": "SA AE EG MA DZ TN JO LB KW QA BH OM IQ",
    "he": "IL",
    "hi": "IN",
    "id": "ID",
    "vi": "VN",
    "th": "TH",
    "ja": "JP",
    "ko": "KR",
    "zh-Hans": "CN SG",
    "zh-Hant": "TW HK MO",
}
LANGUAGES_OF: dict[str, tuple[str, ...]] = {
    country: tuple(language for language, places in _SPOKEN_IN.items() if country in places.split())
    for country in sorted(set(" ".join(_SPOKEN_IN.values()).split()))
}
ONE_COUNTRY: dict[str, str] = {
    "AED": "AE", "ARS": "AR", "BRL": "BR", "CLP": "CL", "CNY": "CN", "COP": "CO", "CZK": "CZ", "EGP": "EG", "GBP": "GB",
    "HKD": "HK", "IDR": "ID", "ILS": "IL", "INR": "IN", "JPY": "JP", "KRW": "KR", "MXN": "MX", "PEN": "PE", "PLN": "PL",
    "RUB": "RU", "SAR": "SA", "SEK": "SE", "THB": "TH", "TRY": "TR", "TWD": "TW", "UAH": "UA", "VND": "VN",
}  # fmt: skip


def text_warnings(offers: tuple[Offer, ...]) -> list[Flaw]:
    """Every market whose shoppers would read another language, where the file names it; once for each language."""
    found: list[Flaw] = []
    for index, offer in enumerate(offers):
        told: set[str] = set()
        for path, market, languages in _markets(offer):
            if languages and languages[0] not in told and not any(_speaks(offer, one) for one in languages):
                told.add(languages[0])
                found.append((("offer", index, *path), _said(offer, market, languages[0])))
    return found


def _said(offer: Offer, market: str, language: str) -> str:
    shown = _own(offer)
    return f"{market} would read this offer in {shown}; write [offer.locale.{language}] with a headline" + (
        "" if offer.language else f' (or language = "{language}" if `texts` are in it)'
    )


def _own(offer: Offer) -> str:
    """The language of `texts`; English where the file does not say."""
    return offer.language or "en"


def _speaks(offer: Offer, language: str) -> bool:
    return nearest_name(language, {_own(offer): None, **dict.fromkeys(offer.locale)}) is not None


def _markets(offer: Offer) -> Iterator[tuple[Path, str, tuple[str, ...]]]:
    for country in offer.rule.countries:
        yield ("rule", "countries"), country, LANGUAGES_OF.get(country, ())
    if not offer.rule.countries:
        for currency in offer.rule.currencies:
            yield ("rule", "currencies"), currency, LANGUAGES_OF.get(ONE_COUNTRY.get(currency, ""), ())
    if isinstance(offer.when, Condition):
        yield from _of_tree(offer.when, ("when",))


def _of_tree(condition: Condition, at: Path) -> Iterator[tuple[Path, str, tuple[str, ...]]]:
    key, value = only(condition)
    named: Any = value
    match key:
        case "all" | "any":
            for index, part in enumerate(named):
                yield from _of_tree(part, (*at, key, index))
        case "country":
            for country in named:
                yield (*at, key), country, LANGUAGES_OF.get(country, ())
        case "currency":
            for currency in named:
                yield (*at, key), currency, LANGUAGES_OF.get(ONE_COUNTRY.get(currency, ""), ())
        case "locale":
            for locale in named:
                yield (*at, key), locale, (locale,)
        case _:
            return

"""What differs by market: who ticks a box, what a receipt says where, and offers that lack their market's language."""

import pytest
from babel.languages import get_official_languages
from msgspec import UNSET

from widget.core.market import ConsentRules, ReceiptRules, ReceiptTexts, agreement, merged
from widget.core.market_texts import LANGUAGES_OF, ONE_COUNTRY
from widget.core.money import DIGITS
from widget.core.offers_file import OffersFileError, read, warnings
from widget.web.languages import SPOKEN, spoken_name

OFFER = '[[offer]]\nname = "hers"\nproduct = "pdt_a"\n{more}\n[offer.texts]\nheadline = "One more"\n{rest}'
FAMILY = '[[plan_family]]\nname = "studio"\nagree = "button"\n[[plan_family.plan]]\nproduct = "pdt_a"\n'


def offer(more: str = "", rest: str = "", top: str = "") -> str:
    return top + OFFER.format(more=more, rest=rest)


@pytest.mark.parametrize(
    ("agree", "by_country", "country", "how"),
    [
        (UNSET, {}, "DE", "button"),
        ("box", {}, "", "box"),
        (UNSET, {"US": "box"}, "US", "box"),
        (UNSET, {"US": "box"}, "DE", "button"),
        (UNSET, {"US": "box"}, "", "box"),  # nobody knows where: as the strictest market asks
        ("box", {"DE": "button"}, "DE", "button"),
        ("box", {"DE": "button"}, "", "box"),
    ],
)
def test_terms_are_agreed_to_as_the_country_asks_and_strictly_where_none_is_known(agree, by_country, country, how):
    assert agreement(agree, by_country, country) == how


def test_an_offers_own_word_goes_before_the_files():
    rules = ConsentRules("box", {"DE": "button"})
    assert merged(rules, UNSET, {}) == ("box", {"DE": "button"})
    assert merged(rules, UNSET, {"US": "button"}) == ("box", {"DE": "button", "US": "button"})
    assert merged(rules, "button", {}) == ("button", {})


def test_what_the_file_says_once_holds_for_every_offer_and_family_that_says_nothing_else():
    top = 'language = "de"\n[consent]\nagree_in = { US = "box" }\n[receipt]\nhelp_email = "help@mara.example"\n'
    file = read(offer(top=top) + FAMILY)
    (one,), (family,) = file.offers, file.families
    assert (one.agree, one.agree_in, one.language) == (UNSET, {"US": "box"}, "de")
    assert isinstance(one.receipt, ReceiptRules)
    assert one.receipt.help_email == "help@mara.example"
    assert (family.agree, family.agree_in, family.receipt) == ("button", {}, one.receipt)


def test_a_receipt_speaks_the_shoppers_language_and_of_withdrawing_where_it_is_offered():
    rules = ReceiptRules(
        help_url="https://a.example/help", withdraw_url="https://a.example/w", withdraw="14 days", withdraw_in=("DE",),
        locale={"de": ReceiptTexts(help_url="https://a.example/hilfe", withdraw="14 Tage")},
    )  # fmt: skip
    assert rules.kept().spoken("de-AT", "DE") == ReceiptTexts(
        "https://a.example/hilfe", "", "14 Tage", "https://a.example/w"
    )
    assert rules.kept().spoken("fr", "US") == ReceiptTexts("https://a.example/help")


@pytest.mark.parametrize(
    ("top", "more", "told"),
    [
        ('language = "Deutsch!"\n', "", "1 language: expected a BCP 47 name such as de or pt-BR"),
        ('[consent]\nagree = "tick"\n', "", "2 consent.agree: 'tick' is none of box, button"),
        ('[consent]\nagree_in = { us = "box" }\n', "", "2 consent.agree_in.us: expected a country, two capital letters (ISO 3166)"),
        ('[receipt]\nhelp_url = "http://a.example"\n', "", "2 receipt.help_url: expected an https address of at most 1000 characters"),
        ('[receipt]\nhelp_email = "mara at shop"\n', "", "2 receipt.help_email: expected an e-mail address such as help@shop.example"),
        ('[receipt]\nwithdraw_in = ["DE"]\n', "", "2 receipt.withdraw_in: says where one can withdraw but not how; write withdraw_url or withdraw"),
        ('[receipt]\n[receipt.locale.de]\nwithdraw_url = "javascript:1"\n', "", "3 receipt.locale.de.withdraw_url: expected an https address of at most 1000 characters"),
        ("", 'agree_in = { USA = "box" }', "4 offer[0].agree_in.USA: expected a country, two capital letters (ISO 3166)"),
        ("", 'receipt = { help_url = "/help" }', "4 offer[0].receipt.help_url: expected an https address of at most 1000 characters"),
    ],
)  # fmt: skip
def test_each_mistake_is_told_with_its_line_and_field(top, more, told):
    with pytest.raises(OffersFileError) as caught:
        read(offer(more, top=top))
    assert told in [f"{problem.line} {problem.field}: {problem.message}" for problem in caught.value.problems]


def said(text: str) -> list[str]:
    return [f"{one.line} {one.field}: {one.message}" for one in warnings(text, read(text))]


RULE = "[offer.rule]\n"


@pytest.mark.parametrize(
    ("top", "more", "rest", "missing"),
    [
        ("", "", "", []),  # made to everybody: nothing is expected
        ("", "", RULE + 'countries = ["US", "GB"]', []),
        ("", "", RULE + 'countries = ["DE", "AT", "US"]', ["8 offer[0].rule.countries: DE … de"]),
        ("", "", RULE + 'countries = ["CH"]\n[offer.locale.it]\nheadline = "Ancora"', []),  # one of its languages is enough
        ('language = "de"\n', "", RULE + 'countries = ["DE"]', []),
        ('language = "de"\n', "", RULE + 'countries = ["US"]', ["9 offer[0].rule.countries: US … en"]),
        ("", "", RULE + 'currencies = ["JPY", "EUR"]', ["8 offer[0].rule.currencies: JPY … ja"]),
        ("", 'when = { any = [ { country = ["BR"] }, { locale = ["fr"] } ] }', "", ["4 offer[0].when.any[0].country: BR … pt-BR", "4 offer[0].when.any[1].locale: fr … fr"]),
        ("", 'when = { none = [ { country = ["DE"] } ] }', "", []),
    ],
)  # fmt: skip
def test_an_offer_for_a_market_without_its_language_is_flagged(top, more, rest, missing):
    found = said(offer(more, rest, top))
    assert len(found) == len(missing), found
    for told, wanted in zip(found, missing, strict=True):
        where, language = wanted.split(" … ")
        assert told.startswith(where)
        assert f"write [offer.locale.{language}] with a headline" in told


def test_the_languages_of_a_country_are_those_of_cldr_and_ours():
    for country, languages in LANGUAGES_OF.items():
        official = {spoken_name(tag.replace("_", "-")) for tag in get_official_languages(country, True, True)}
        assert set(languages) <= set(SPOKEN)
        assert {one.split("-")[0] for one in languages} <= {str(one).split("-")[0] for one in official}, country
    assert set(ONE_COUNTRY) <= set(DIGITS)
    assert set(ONE_COUNTRY.values()) <= set(LANGUAGES_OF)

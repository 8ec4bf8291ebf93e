"""Every language says everything, with the same places and the forms its numbers need; and a shopper gets the right one."""

import re
from functools import cache
from pathlib import Path
from typing import get_args

import pytest
from babel import Locale
from babel.messages.pofile import read_po
from babel.numbers import get_currency_symbol

from widget.core.money import DIGITS, Money
from widget.core.offer import Button
from widget.web.catalogues import catalogue, counted, isolated, places, said
from widget.web.languages import SPOKEN, babel_locale, choose, nearest, spoken_name
from widget.web.money_text import money_text
from widget.web.plan_words import PlanWords, plan_words_for
from widget.web.refusal_words import refusal_words_for
from widget.web.said import everything
from widget.web.words import Words, words_for

ROOT = Path(__file__).parents[2]
OTHERS = [language for language in SPOKEN if language != "en"]
# The same word in both languages, or nothing to translate: name → languages, or all.
SAME = {
    "card.price_per": set(OTHERS), "panel.price": set(OTHERS), "panel.times": set(OTHERS), "panel.receipt_plan": {"fr", "es", "tr", "pl", "sv", "nl"},
    "card.receipt_item": {"nl", "id"},
}  # fmt: skip
# How much longer than the English a string may be, in letters; scripts that need fewer letters stay far below.
LONGER = 2.1
# What says "pay" or "buy" on the button, in the words of the law where the law has words.
OBLIGES = {
    "en": "Pay", "de": "zahlungspflichtig", "fr": "payer", "es": "pagar", "pt-BR": "pagar", "it": "paga", "nl": "betalen", "sv": "betala",
    "pl": "zapłać", "cs": "zaplatit", "tr": "öde", "ru": "оплат", "uk": "сплат", "ar": "ادفع", "he": "תשלום", "hi": "भुगतान", "id": "bayar",
    "vi": "thanh toán", "th": "ชำระ", "ja": "支払", "ko": "결제", "zh-Hans": "支付", "zh-Hant": "付款",
}  # fmt: skip


@cache
def written(language):
    """What the catalogue of a language holds, by the name it is translated under."""
    path = ROOT / "widget" / "locale" / language.replace("-", "_") / "LC_MESSAGES" / "encore.po"
    with path.open("rb") as text:
        return {message.context: message for message in read_po(text) if message.id}


def forms(message):
    return (message.string,) if isinstance(message.string, str) else tuple(message.string)


@pytest.mark.parametrize("language", OTHERS)
def test_nothing_is_missing_and_nothing_is_left_over(language):
    found = written(language)
    wanted = everything()
    missing = [name for name in wanted if name not in found or not all(forms(found[name]))]
    assert missing == [], f"{len(missing)} untranslated in {language}; .ci/languages lists them"
    assert set(found) == set(wanted), "run .ci/languages"
    assert [name for name in wanted if found[name].id != wanted[name]] == [], (
        "the English was changed: run .ci/languages"
    )


@pytest.mark.parametrize("language", OTHERS)
def test_every_sentence_has_the_places_of_the_english(language):
    plural = catalogue(language).plural
    reached = [plural(number) for number in range(1001)]
    for name, english in everything().items():
        message = written(language)[name]
        if isinstance(english, str):
            assert places(message.string) == places(english), (name, message.string)
            continue
        for index, form in enumerate(message.string):
            spared = {"count"} if reached.count(index) == 1 else set()  # "every two months" needs no 2
            assert places(form) | spared == places(english[1]), (name, form)


@pytest.mark.parametrize("language", OTHERS)
def test_a_sentence_is_plain_text_without_markup_or_stray_space(language):
    for name, message in written(language).items():
        for form in forms(message):
            assert form == form.strip(), (name, form)
            assert not re.search(r"[<>\[\]`|\\\u2066-\u2069\n]|&\w+;|  |\.\.\.", form), (name, form)


@pytest.mark.parametrize("language", OTHERS)
def test_nothing_is_english_by_oversight(language):
    same = [name for name, message in written(language).items() if message.id == message.string]
    assert [name for name in same if language not in SAME.get(name, set())] == []


@pytest.mark.parametrize("language", OTHERS)
def test_no_sentence_is_far_longer_than_the_english(language):
    for name, message in written(language).items():
        english = message.id if isinstance(message.id, str) else message.id[1]
        for form in forms(message):
            assert len(form) <= 14 + LONGER * len(english), (name, form)


@pytest.mark.parametrize("language", OTHERS)
def test_the_forms_of_a_number_are_those_of_the_language(language):
    """The catalogue's rule parts the numbers as CLDR does; every form is reached by some number."""
    rule = Locale.parse(language, sep="-").plural_form
    path = ROOT / "widget" / "locale" / language.replace("-", "_") / "LC_MESSAGES" / "encore.po"
    with path.open("rb") as text:
        number_of_forms = read_po(text).num_plurals
    plural = catalogue(language)
    seen = {}
    for number in range(1001):
        index = plural.plural(number)
        seen.setdefault(index, set()).add(rule(number))
    assert len(seen) == number_of_forms, seen
    if language in {"tr", "de"}:
        return
    assert all(len(tags) == 1 for tags in seen.values()), seen


def test_a_number_gets_its_form():
    assert [words_for("ru").period(count, "Month") for count in (1, 2, 5, 21)] == [
        "каждый месяц", "каждые 2 месяца", "каждые 5 месяцев", "каждый 21 месяц",
    ]  # fmt: skip
    assert words_for("pl").period(3, "Year") != words_for("pl").period(5, "Year")
    assert plan_words_for("en").discount_cycles.format(discount="A", count=1) == "A, 1 more time"


@pytest.mark.parametrize("language", SPOKEN)
def test_the_button_that_obliges_to_pay_says_so_and_how_much(language):
    card, panel = words_for(language), plan_words_for(language)
    for button in (*(getattr(card, name) for name in get_args(Button)), card.subscribe, panel.pay_and_change):
        assert OBLIGES[language].lower() in button.lower(), button
        assert "{amount}" in button


@pytest.mark.parametrize("language", SPOKEN)
def test_a_table_knows_its_language_and_direction(language):
    for table in (words_for(language), plan_words_for(language), refusal_words_for(language)):
        assert (table.locale, table.direction) == (language, "rtl" if language in {"ar", "he"} else "ltr")


def test_what_has_no_translation_is_said_in_english_and_so_is_what_lost_a_place():
    assert said("de", "card.nothing_like_it", "Not yet {amount}") == "Not yet {amount}"
    assert counted("de", "card.nothing_like_it", "one {count}", "many {count}", 1) == "one {count}"
    assert counted("de", "card.nothing_like_it", "one {count}", "many {count}", 2) == "many {count}"
    assert places("{broken") == {"\x00"}


def test_amounts_and_names_keep_their_own_direction_in_right_to_left_text():
    assert isolated("he", "a {amount} b") == "a \u2067{amount}\u2069 b"
    assert isolated("he", "{amount} b {plan}") == "\u200f\u2067{amount}\u2069 b \u2068{plan}\u2069"
    assert isolated("de", "a {amount} b") == "a {amount} b"
    assert "\u2067$1.00\u2069" in words_for("ar").pay.format(amount="$1.00")


def test_english_is_what_the_code_says():
    assert words_for("en") == Words()
    assert plan_words_for("en") == PlanWords()


@pytest.mark.parametrize(
    ("tag", "language"),
    [
        ("de-AT", "de"), ("DE_ch", "de"), ("pt", "pt-BR"), ("pt-PT", "pt-BR"), ("zh", "zh-Hans"), ("zh-CN", "zh-Hans"),
        ("zh-TW", "zh-Hant"), ("zh_Hant_HK", "zh-Hant"), ("zh-HK", "zh-Hant"), ("iw", "he"), ("in", "id"), ("en-GB", "en"),
        ("no", None), ("fi", None), ("", None), ("x", None), ("../../de", None),
    ],
)  # fmt: skip
def test_a_name_leads_to_a_language_we_speak(tag, language):
    assert spoken_name(tag) == language
    assert nearest(tag) == (language or "en")


@pytest.mark.parametrize(
    ("explicit", "accept", "chosen"),
    [
        (("de", "fr"), "es", "de"),
        ((None, "fr"), "es", "fr"),
        (("", ""), "es-MX,es;q=0.9,en;q=0.8", "es-MX"),
        ((None, None), "fi, nb;q=0.9, uk;q=0.5", "uk"),
        ((None, None), "en;q=0.2, ja;q=0.8", "ja"),
        ((None, None), "de;q=0, *, fr;q=oops", "en"),
        ((None, None), "", "en"),
        (("fi", None), "de", "fi"),  # somebody chose it: the merchant's words may be in it
        (("no such language", "pt_BR"), "de", "pt-BR"),
    ],
)
def test_the_language_is_chosen_by_ticket_element_and_browser(explicit, accept, chosen):
    assert choose(*explicit, accept=accept) == chosen


def test_an_amount_reads_right_in_right_to_left_text_and_below_zero():
    assert money_text(Money(1900, "USD"), babel_locale("ar")) == "\u200f19.00\xa0US$\u200e"
    assert money_text(Money(-1900, "USD"), babel_locale("he")) == "\u200f\u2066−19.00\u2069\xa0\u200f$"
    assert money_text(Money(-1900, "SEK"), babel_locale("sv")) == "−19,00\xa0kr"
    assert money_text(Money(12345678, "INR"), babel_locale("hi-IN")) == "₹1,23,456.78"


@pytest.mark.parametrize("language", SPOKEN)
def test_no_two_currencies_share_a_sign(language):
    locale = babel_locale(language)
    signs = [get_currency_symbol(currency, locale) for currency in DIGITS]
    assert len(set(signs)) == len(signs)

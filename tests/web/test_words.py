"""What Encore itself says: every sentence is whole, a refusal never tells on anybody, and money is read to the minor unit."""

import re
import string
from decimal import Decimal

import msgspec
import pytest
from babel import Locale
from babel.localedata import locale_identifiers
from hypothesis import given
from hypothesis import strategies as st

from widget.core.money import DIGITS, Money, digits
from widget.upsell import notices
from widget.web.languages import babel_locale
from widget.web.money_text import money_text
from widget.web.words import Words, words_for

SENTENCES = {field.name: field.default for field in msgspec.structs.fields(Words) if isinstance(field.default, str)}
PLACES = {"amount", "method", "period", "min", "max", "terms", "email"}


def test_the_yes_has_the_amount_in_its_own_words_and_the_no_is_as_plain():
    words = words_for("en")
    assert words.pay.format(amount="$12.40") == "Pay $12.40 now"
    assert words.checkout.format(amount="$12.40") == "Continue to checkout – $12.40"
    assert words.decline == "No thanks, continue"


@pytest.mark.parametrize("name", SENTENCES)
def test_a_sentence_has_only_places_that_somebody_fills(name):
    places = {place for _, place, _, _ in string.Formatter().parse(SENTENCES[name]) if place is not None}
    assert places <= PLACES


@pytest.mark.parametrize(
    "code", ["LOST_CARD", "STOLEN_CARD", "PICKUP_CARD", "FRAUDULENT", "DO_NOT_HONOR", "NEW_CODE", "", None]
)
@pytest.mark.case("F-50")
def test_a_lost_or_stolen_card_is_refused_in_the_words_of_any_other_no(code):
    assert words_for("en").refusal(code) == words_for("en").refused_generic


@pytest.mark.parametrize(
    ("code", "part"),
    [
        ("INSUFFICIENT_FUNDS", "enough available"),
        ("EXPIRED_CARD", "expired"),
        ("AUTHENTICATION_FAILURE", "could not confirm"),
        ("PAYMENT_METHOD_UNSUPPORTED", "cannot be used"),
    ],
)
def test_a_reason_that_helps_is_told(code, part):
    said = words_for("en").refusal(code)
    assert part in said
    assert "first order is not affected" in said


def test_every_notice_an_action_gives_has_a_sentence():
    names = [value for name, value in vars(notices).items() if name.isupper() and isinstance(value, str)]
    assert len(names) > 4
    for name in names:
        assert words_for("en").notice(name).endswith(".")
    assert words_for("en").notice("") == ""


def test_a_period_is_read_as_people_say_it():
    words = words_for("en")
    assert (words.period(1, "Month"), words.period(3, "Month")) == ("every month", "every 3 months")


@given(st.text(max_size=60))
def test_any_name_of_a_language_has_words_and_numbers(name):
    assert words_for(name).pay
    assert money_text(Money(1240, "USD"), babel_locale(name))


@pytest.mark.parametrize(
    "name", ["", "xx", "en_", "-", "de-DE-u-co-phonebk", "../../etc/passwd", "zh-Hant-TW", "e" * 35, "\x00"]
)
def test_an_odd_name_of_a_language_is_no_error(name):
    assert money_text(Money(1240, "USD"), babel_locale(name))


@pytest.mark.parametrize(
    ("amount", "currency", "locale", "text"),
    [
        (1240, "USD", "en", "$12.40"),
        (0, "USD", "en", "$0.00"),
        (-1240, "EUR", "en", "−€12.40"),
        (1240, "JPY", "en", "¥1,240"),
        (123456, "KWD", "en", "KWD\xa0123.456"),
        (1240, "CHF", "en", "CHF\xa012.40"),
        (-1240, "CHF", "en", "−CHF\xa012.40"),
        (1240, "CAD", "en", "CA$12.40"),
        (1240, "USD", "en_CA", "US$12.40"),
        (5, "KRW", "en", "₩5"),
        (123456789, "INR", "hi", "₹12,34,567.89"),
        (1240, "EUR", "de", "12,40\xa0€"),
        (99, "MGA", "en", "MGA\xa00.99"),
    ],
)
def test_money_is_read_with_the_digits_of_its_currency(amount, currency, locale, text):
    assert money_text(Money(amount, currency), Locale.parse(locale)) == text


@given(
    st.integers(-(10**15), 10**15),
    st.sampled_from(sorted(DIGITS)),
    st.sampled_from(["en", "ko", "zh_Hans", "hi", "vi", "pt_BR", "de"]),
)
def test_no_minor_unit_is_lost_between_the_books_and_the_button(amount, currency, locale):
    known = Locale.parse(locale)
    point = known.number_symbols["latn"]["decimal"]
    text = money_text(Money(amount, currency), known)
    number = "".join(letter for letter in text if letter.isdigit() or letter == point).replace(point, ".").strip(".")
    assert Decimal(number) == abs(Decimal(amount).scaleb(-digits(currency)))
    assert ("−" in text) == (amount < 0)


def test_every_language_shows_all_digits_and_some_sign():
    for name in locale_identifiers():
        text = money_text(Money(123456, "USD"), Locale.parse(name))
        assert len(re.findall(r"\d", text)) == 6, (name, text)
        assert re.search(r"[^\d\s.,'’٫٬\u200e\u200f]", text), (name, text)

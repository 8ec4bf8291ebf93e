"""The merchant's words in the shopper's language, where there are any."""

import time

import pytest

from widget.core.offer import Texts, spoken
from widget.core.offers_file import OffersFileError, read
from widget.storage import offers
from widget.web import tickets

HERE = Texts("Hello")
OTHERS = (("de", Texts("Hallo")), ("pt-BR", Texts("Olá")), ("zh-Hant", Texts("你好")))

FILE = """
[[offer]]
name = "workbook"
product = "pdt_workbook"
[offer.texts]
headline = "The workbook"
[offer.locale.de]
headline = "Das Arbeitsbuch"
"""


@pytest.mark.parametrize(
    ("locale", "headline"),
    [
        ("de", "Hallo"), ("de-AT", "Hallo"), ("DE", "Hallo"), ("de_CH", "Hallo"), ("pt-BR", "Olá"), ("pt", "Olá"),
        ("zh-Hant-TW", "你好"), ("fr", "Hello"), ("", "Hello"), ("nonsense!", "Hello"),
    ],
)  # fmt: skip
def test_the_nearest_words_are_taken(locale, headline):
    assert spoken(HERE, OTHERS, locale).headline == headline


def test_the_file_holds_them_by_language():
    (offer,) = read(FILE).offers
    assert offer.locale["de"].headline == "Das Arbeitsbuch"


@pytest.mark.parametrize(
    ("text", "field"),
    [
        (FILE.replace("locale.de", 'locale."not a language"'), "offer[0].locale.not a language"),
        (FILE.replace('"Das Arbeitsbuch"', '""'), "offer[0].locale.de.headline"),
        (FILE + 'bod = "Vierzig"\n[offer.locale.fr]\nheadline = "Le cahier"', "offer[0].locale.de.bod"),
    ],
)
def test_what_is_wrong_is_named(text, field):
    with pytest.raises(OffersFileError) as error:
        read(text)
    assert [problem.field.replace('"', "") for problem in error.value.problems] == [field]
    assert all(problem.line > 1 for problem in error.value.problems)


async def test_the_card_speaks_the_language_of_its_ticket(stage):
    await offers.apply(FILE, read(FILE), by="mara", at=int(time.time() * 1000))
    payment = await stage.purchase()
    await stage.open(payment)
    german = tickets.mint_offer(
        stage.settings.signing_keys,
        customer_id="cus_nadia",
        payment_id=payment["payment_id"],
        now=int(time.time()),
        locale="de-AT",
    )
    assert "Das Arbeitsbuch" in (await stage.get(german)).text
    assert "The workbook" in (await stage.open(payment)).text

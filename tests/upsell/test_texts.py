"""The merchant's words on the card: Markdown is read, places are filled with what is true now, and nothing gets through."""

import re
import time

from msgspec.structs import replace

from widget.core.offer import Texts, spoken
from widget.core.offers_file import read
from widget.storage import images, offers
from widget.storage.database import rows
from widget.web import tickets

FILE = """
[[offer]]
name = "workbook"
product = "pdt_workbook"
quantity_choice = { min = 1, max = 3 }
[offer.texts]
headline = "{product} for {price}"
badge = "only {price}"
body = '''
**Forty** exercises <script>alert(1)</script>
renews at {renewal}

[details](https://shop.example/details)'''
gain = ["*{price}* once", "saves {saving}"]
"""


async def mara_writes(text: str = FILE) -> None:
    await offers.apply(text, read(text), by="mara", at=int(time.time() * 1000))


async def test_markdown_is_read_and_places_are_filled(stage):
    await mara_writes()
    html = (await stage.open(await stage.purchase())).answer.text
    assert "<strong>Forty</strong> exercises &lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert '<a href="https://shop.example/details" target="_blank" rel="noopener noreferrer">details</a>' in html
    assert ">Workbook for $19.00</h2>" in html
    assert ">only $19.00</p>" in html
    assert "<em>$19.00</em> once" in html


async def test_a_line_about_what_this_offer_has_not_is_left_out(stage):
    await mara_writes()
    html = (await stage.open(await stage.purchase())).html
    assert "renews at" not in html
    assert "saves" not in html


async def test_the_price_in_the_text_is_the_one_on_the_button_after_a_choice(stage):
    await mara_writes()
    card = await stage.open(await stage.purchase())
    two = await card.press("pick", quantity="2")
    assert "Pay $38.00 now" in two.html
    assert "Workbook for $38.00" in two.html
    assert "<em>$38.00</em> once" in two.html
    assert "$19.00" not in two.html


async def test_a_saving_is_what_the_codes_take_off(stage):
    text = FILE.replace("quantity_choice = { min = 1, max = 3 }", 'discount_codes = ["FIVEOFF"]')
    await mara_writes(text)
    html = (await stage.open(await stage.purchase())).html
    assert "saves $5.00" in html


async def test_what_renews_says_how(stage):
    await mara_writes(FILE.replace("quantity_choice = { min = 1, max = 3 }", "").replace("pdt_workbook", "pdt_basic"))
    html = (await stage.open(await stage.purchase())).html
    assert "renews at $30.00 every month" in html


async def test_the_button_has_the_reviewed_words_that_were_chosen_and_the_amount(stage):
    german = '[offer.locale.de]\nheadline = "Noch eins"\n'
    await mara_writes(FILE.replace("badge =", 'button = "add_and_pay"\nbadge =') + german)
    payment = await stage.purchase()
    card = await stage.open(payment)
    assert "Add it and pay $19.00 now" in card.buttons
    ticket = tickets.mint_offer(
        stage.settings.signing_keys,
        customer_id="cus_nadia",
        payment_id=payment["payment_id"],
        now=int(time.time()),
        locale="de",
    )
    assert "Zusätzlich für 19,00\xa0$ zahlungspflichtig bestellen" in (await stage.get(ticket)).html
    await (await card.press("accept")).settled()
    (consent,) = await rows("SELECT text FROM consent")
    assert "[Add it and pay $19.00 now]" in consent["text"]


async def test_terms_that_renew_keep_the_words_of_a_subscription_on_their_button(stage):
    text = FILE.replace("quantity_choice = { min = 1, max = 3 }", "").replace("pdt_workbook", "pdt_basic")
    await mara_writes(text.replace("badge =", 'button = "add_and_pay"\nbadge ='))
    terms = await (await stage.open(await stage.purchase())).press("accept")
    assert "Subscribe and pay $30.00 now" in terms.buttons


PNG = b"\x89PNG\r\n\x1a\n"


async def test_a_picture_of_the_offers_own_stands_for_the_products_and_comes_from_us(stage):
    name = await images.keep("https://pictures.invalid/hers.png", "image/png", PNG, at=int(time.time() * 1000))
    await mara_writes(FILE.replace("badge =", 'image = "https://pictures.invalid/hers.png"\nbadge ='))
    html = (await stage.open(await stage.purchase())).html
    assert f'<img src="/a/image/{name}"' in html
    assert "pictures.invalid" not in html
    assert (await stage.encore.get(f"/a/image/{name}")).content == PNG


async def test_where_the_picture_cannot_be_had_the_products_is_shown(stage):
    await mara_writes()
    products = re.search(r'<img src="([^"]+)"', (await stage.open(await stage.purchase())).html)
    await mara_writes(FILE.replace("badge =", 'image = "https://127.0.0.1/inside.png"\nbadge ='))
    other = re.search(r'<img src="([^"]+)"', (await stage.open(await stage.purchase("cus_rex"))).html)
    assert (products and products[1]) == (other and other[1])


async def test_another_language_has_the_picture_of_the_texts_and_may_have_its_own(stage):
    here = Texts("Hello", image="https://a.example/1.png", button="add_and_pay")
    german, french = Texts("Hallo"), Texts("Salut", image="https://a.example/2.png", button="pay")
    others = (("de", german), ("fr", french))
    assert spoken(here, others, "de") == replace(german, image=here.image, button="add_and_pay")
    assert spoken(here, others, "fr") == french


async def test_what_was_shown_in_words_is_kept_with_its_places_filled(stage):
    await mara_writes()
    card = await stage.open(await stage.purchase())
    await (await card.press("accept")).settled()
    (consent,) = await rows("SELECT text FROM consent")
    assert "Workbook for $19.00" in consent["text"]

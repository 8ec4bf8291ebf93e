"""After paying: what was bought, how much with tax, which card, where the invoice is, help, and the way to withdraw."""

import re

import pytest

from tests.stage import Card, Stage
from tests.upsell.test_kinds import put
from widget.core.offers_file import read
from widget.storage import offers, retention
from widget.storage.database import rows

TOP = """
[receipt]
help_url = "https://mara.example/help"
help_email = "help@mara.example"
withdraw = "You can withdraw within 14 days."
withdraw_url = "https://mara.example/withdraw"
withdraw_in = ["DE"]
"""
BRUSHES = '[[offer]]\nname = "hers"\nproduct = "pdt_brushes"\n{more}\n[offer.texts]\nheadline = "Brushes"\n'


async def offered(stage: Stage, customer: str = "cus_nadia", *, more: str = "") -> Card:
    text = TOP + BRUSHES.format(more=more)
    await offers.apply(text, read(text), by="mara", at=1)
    return await stage.open(await stage.purchase(customer))


async def test_a_receipt_tells_everything_from_what_is_kept(stage):
    card = await offered(stage)
    assert (await (await card.press("accept")).settled()).state == "paid"
    (mine,) = await stage.ours()
    asked = len((await stage.sandbox.get("/_sandbox/requests")).json())
    again = await card.press("status")
    for part in ("Item Brush set", "Total paid $29.00", "Paid with Visa ···· 4242", "Paid on", mine["payment_id"]):
        assert part in again.text
    links = re.findall(r'<a href="([^"]+)"([^>]*)>([^<]+)</a>', again.html)
    assert [(url, words) for url, _, words in links] == [
        (f"http://127.0.0.1:8401/invoices/payments/{mine['payment_id']}", "Open the invoice"),
        ("https://mara.example/help", "Get help"),
        ("mailto:help@mara.example", "Write to help@mara.example"),
    ]  # withdrawing is offered in Germany, and Nadia is billed elsewhere
    assert all("noopener noreferrer" in more for url, more, _ in links if url.startswith("http"))
    assert len((await stage.sandbox.get("/_sandbox/requests")).json()) == asked


@pytest.mark.case("F-114")
async def test_where_it_is_offered_the_way_to_withdraw_stands_on_the_receipt(stage):
    paid = await (await (await offered(stage, "cus_otto")).press("accept")).settled()
    for part in ("Withdraw from this contract here", "You can withdraw within 14 days.", "Includes tax"):
        assert part in paid.text
    assert 'href="https://mara.example/withdraw"' in paid.html


async def test_what_renews_says_on_its_receipt_what_comes_next(stage):
    await put(stage, 'product = "pdt_basic"')
    terms = await (await stage.open(await stage.purchase())).press("accept")
    paid = await (await terms.press("accept")).settled()
    assert "After that $30.00 every month" in paid.text
    assert "Next payment" in paid.text


async def test_an_erased_customer_leaves_no_card_and_no_invoice_on_a_receipt(stage):
    await (await (await offered(stage)).press("accept")).settled()
    await retention.erase_customer("cus_nadia", 5)
    (kept,) = await rows("SELECT network, last_four, invoice_url FROM receipt")
    assert (kept["network"], kept["last_four"], kept["invoice_url"]) == ("", "", None)

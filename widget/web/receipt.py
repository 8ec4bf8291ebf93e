"""What stands on a receipt whatever was paid for: tax, card, day, reference, and where to go from here."""

from datetime import UTC, datetime
from urllib.parse import quote

from babel import Locale
from msgspec import Struct

from widget.core.charge import Charge
from widget.core.market import ReceiptTexts
from widget.core.method import method_name
from widget.core.money import Money
from widget.core.receipt import Receipt
from widget.web.date_text import date_text
from widget.web.money_text import money_text
from widget.web.words import Words

Rows = tuple[tuple[str, str], ...]


class Link(Struct, frozen=True):
    """A way on from a receipt; `beside` opens a window of its own."""

    label: str
    url: str
    beside: bool = True


def facts(
    charge: Charge, receipt: Receipt | None, words: Words, locale: Locale, *, tax: int, method: str, country: str
) -> Rows:
    """Tax, card, day and reference: as the payment says; `tax` and `method` are what was shown, should it not say."""
    paid = charge.paid
    told = receipt if receipt is not None and paid is not None and receipt.payment_id == charge.payment_id else None
    included = told.tax if told is not None else Money(tax, charge.quoted.currency) if paid == charge.quoted else None
    card = method_name(told.network, told.last_four, words.card_words) if told and told.last_four else method
    rows: list[tuple[str, str]] = []
    if included is not None and included.amount and paid is not None and paid.currency == included.currency:
        rows.append((words.receipt_tax, money_text(included, locale)))
    if card and paid is not None and paid.amount:
        rows.append((words.receipt_method, card))
    if charge.settled_at is not None:
        rows.append(
            (words.receipt_date, date_text(datetime.fromtimestamp(charge.settled_at / 1000, UTC), locale, country))
        )
    if charge.payment_id:
        rows.append((words.receipt_payment, charge.payment_id))
    return tuple(rows)


def links(receipt: Receipt | None, texts: ReceiptTexts | None, words: Words) -> tuple[Link, ...]:
    """The invoice, help, and where it is offered the way to withdraw."""
    found: list[Link] = []
    if receipt is not None and receipt.invoice_url:
        found.append(Link(words.receipt_invoice, receipt.invoice_url))
    if texts is not None and texts.help_url:
        found.append(Link(words.help, texts.help_url))
    if texts is not None and texts.help_email:
        address = texts.help_email
        found.append(Link(words.help_mail.format(email=address), f"mailto:{quote(address, safe='@')}", beside=False))
    if texts is not None and texts.withdraw_url:
        found.append(Link(words.withdraw, texts.withdraw_url))
    return tuple(found)


def example_links(words: Words) -> tuple[Link, ...]:
    """Every way on from a receipt, for the gallery."""
    texts = ReceiptTexts("https://shop.example/help", "help@shop.example", "", "https://shop.example/withdraw")
    invoice = "https://test.dodopayments.com/invoices/payments/pay_1"
    return links(Receipt("pay_1", Money(0, "USD"), invoice_url=invoice), texts, words)

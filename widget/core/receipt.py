"""What a payment says beyond its sum: the facts of a receipt."""

from msgspec import Struct

from widget.core.money import Money
from widget.core.payment import Payment


class Receipt(Struct, frozen=True):
    """As the provider told it when the charge was found to be taken; texts are empty where it said nothing."""

    payment_id: str
    tax: Money  # that is in the sum
    kind: str = ""  # card, wallet …
    network: str = ""
    last_four: str = ""
    invoice_url: str | None = None  # at the provider's own hosts


def receipt_of(payment: Payment) -> Receipt:
    """The part of a payment that is kept for its receipt."""
    return Receipt(
        payment_id=payment.id,
        tax=Money(payment.tax, payment.total.currency),
        kind=payment.method_kind[:40],
        network=payment.card_network[:40],
        last_four=payment.card_last_four[-4:],
        invoice_url=payment.invoice_url,
    )

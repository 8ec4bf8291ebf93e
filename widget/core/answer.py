"""What a call that may move money can end in: never only yes or no."""

from msgspec import Struct

from widget.core.money import Money
from widget.core.payment import Payment


class NotSent(Struct, frozen=True, tag=True):
    """No byte can have reached the provider."""

    cause: str


class Taken(Struct, frozen=True, tag=True):
    """The provider has the money."""

    payment_id: str
    paid: Money


class Refused(Struct, frozen=True, tag=True):
    """The provider's final no; `code` is its code, never shown as it is."""

    code: str
    payment_id: str | None = None


class Waiting(Struct, frozen=True, tag=True):
    """The provider knows it and it is not final; with `by_customer` the shopper's bank asks."""

    payment_id: str | None = None
    session_id: str | None = None
    by_customer: bool = False
    link: str | None = None
    status: str = ""


class Applied(Struct, frozen=True, tag=True):
    """A plan change is in force, or scheduled, and no payment was part of it: told by reading the subscription."""


class Unknown(Struct, frozen=True, tag=True):
    """We do not know whether the provider knows it; left by reading, never by sending."""

    cause: str


Answer = NotSent | Taken | Applied | Refused | Waiting | Unknown

_NOT_YET = frozenset({"processing", "requires_merchant_action", "requires_confirmation", "requires_capture", ""})


def answer_of(payment: Payment) -> Answer:
    """The answer a payment's present status is (IntentStatus, dodo-api 5.3; unknown values wait)."""
    match payment.status:
        case "succeeded" | "partially_captured" | "partially_captured_and_capturable":
            return Taken(payment.id, payment.total)
        case "failed" | "cancelled":
            return Refused(payment.error_code or payment.status.upper(), payment.id)
        case "requires_customer_action":
            return _waiting(payment, by_customer=True)
        case _:
            return _waiting(payment, by_customer=False)


def understood(status: str) -> bool:
    """Whether the status is one we know; others wait and are reported."""
    return status in _NOT_YET or status in {
        "succeeded", "failed", "cancelled", "partially_captured", "partially_captured_and_capturable",
        "requires_customer_action", "requires_payment_method",
    }  # fmt: skip


def _waiting(payment: Payment, *, by_customer: bool) -> Waiting:
    return Waiting(
        payment_id=payment.id,
        session_id=payment.checkout_session_id,
        by_customer=by_customer,
        link=payment.link if by_customer or payment.status == "requires_payment_method" else None,
        status=payment.status,
    )

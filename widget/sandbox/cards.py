"""How cards behave: Dodo's documented test cards, and three of our own where Dodo documents none.

Our own: 4000 0000 0000 3220 asks the bank on a page, 4000 0000 0000 3184 asks the bank without a page to go to.
0069 and 0127 stand only in older pages of Dodo.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from widget.sandbox.things import Card, Method

Verdict = Literal["succeeded", "failed", "challenge"]

SUCCEEDS = {"4242424242424242", "5555555555554444", "4576238912771450", "5409162669381034"}
DECLINES = {
    "4000000000000002": "GENERIC_DECLINE",
    "4000000000009995": "INSUFFICIENT_FUNDS",
    "4706131211212123": "CARD_DECLINED",
    "5105105105105100": "CARD_DECLINED",
    "4000000000000069": "EXPIRED_CARD",
    "4000000000000127": "INCORRECT_CVC",
}
SAVES_THEN_DECLINES = "4000000000000341"
CHALLENGE = "4000000000003220"
CHALLENGE_WITHOUT_PAGE = "4000000000003184"
INDIAN = {"4576238912771450", "5409162669381034", "4706131211212123", "5105105105105100"}
KNOWN = {*SUCCEEDS, *DECLINES, SAVES_THEN_DECLINES, CHALLENGE, CHALLENGE_WITHOUT_PAGE}
MESSAGES = {
    "GENERIC_DECLINE": "The card was declined. Ask the customer for another payment method.",
    "INSUFFICIENT_FUNDS": "Not enough balance on the card. Ask the customer for another payment method.",
    "CARD_DECLINED": "The card was declined by the issuing bank.",
    "EXPIRED_CARD": "The card has expired.",
    "INCORRECT_CVC": "The security code is wrong.",
    "AUTHENTICATION_FAILURE": "The customer could not be authenticated.",
    "AUTHENTICATION_TIMEOUT": "The customer did not finish the authentication in time.",
    "CUSTOMER_CANCELLED": "The customer cancelled.",
    "PAYMENT_METHOD_UNSUPPORTED": "This payment method does not support later charges.",
    "LIVE_MODE_TEST_CARD": "This number is not a test card.",
}


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the card says: succeeded, failed with a code, or a challenge with or without a page for it."""

    verdict: Verdict
    error_code: str | None = None
    has_page: bool = True


def judge(method: Method, *, on_session: bool, force_3ds: bool, now: datetime) -> Judgement:
    """What becomes of a charge; `on_session` means that the customer is at the hosted checkout."""
    if method.card is None:
        wallet = method.kind == "wallet" and method.fine_kind in {"apple_pay", "google_pay"}
        return Judgement("succeeded") if wallet else Judgement("failed", "PAYMENT_METHOD_UNSUPPORTED")
    number = method.card.number
    if is_expired(method.card, now):
        return Judgement("failed", "EXPIRED_CARD")
    if number in DECLINES:
        return Judgement("failed", DECLINES[number])
    if number == SAVES_THEN_DECLINES and not on_session:
        return Judgement("failed", "CARD_DECLINED")
    if number in {CHALLENGE, CHALLENGE_WITHOUT_PAGE} or force_3ds:
        return Judgement("challenge", has_page=on_session or number != CHALLENGE_WITHOUT_PAGE)
    return Judgement("succeeded") if number in KNOWN else Judgement("failed", "LIVE_MODE_TEST_CARD")


def is_expired(card: Card, now: datetime) -> bool:
    """Cards are good until the end of their month."""
    return (int(card.exp_year), int(card.exp_month)) < (now.year, now.month)


def network_of(number: str) -> str:
    """The network by the first digit."""
    return "mastercard" if number.startswith("5") else "visa"


def country_of(number: str) -> str:
    """Where the card was issued."""
    return "IN" if number in INDIAN else "US"

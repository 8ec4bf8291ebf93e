"""The form of the hosted checkout, read field by field; every mistake gets its own sentence."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from widget.sandbox import cards
from widget.sandbox.checkout_request import EMAIL
from widget.sandbox.money import COUNTRIES
from widget.sandbox.things import Address, Card, Checkout, Customer, Method
from widget.sandbox.world import World

NEW = "new"
EXPIRY = re.compile(r"(0[1-9]|1[0-2])(?:20)?(\d\d)")


@dataclass(slots=True)
class Filled:
    """What stands in the form; `errors` by field name. `amount` is what a pay-what-you-want buyer typed."""

    email: str = ""
    name: str = ""
    method_id: str = NEW
    card_number: str = ""
    expiry: str = ""
    cvc: str = ""
    country: str = "US"
    zipcode: str = ""
    errors: dict[str, str] = field(default_factory=lambda: {})


def prefill(checkout: Checkout, customer: Customer | None, methods: list[Method]) -> Filled:
    """The form as it is first shown."""
    where = checkout.billing or (customer.address if customer else None)
    return Filled(
        checkout.email or "",
        checkout.name or "",
        methods[0].payment_method_id if methods else NEW,
        country=where.country if where else "US",
        zipcode=(where.zipcode or "") if where else "",
    )


def read_form(given: Mapping[str, object], world: World, checkout: Checkout, methods: list[Method]) -> Filled:
    """What was sent, with the mistakes in it."""
    text = {name: str(value).strip()[:200] for name, value in given.items() if isinstance(value, str)}
    filled = Filled(
        text.get("email", checkout.email or ""), text.get("name", checkout.name or ""), text.get("payment_method", NEW),
        re.sub(r"[ -]", "", text.get("card_number", "")), re.sub(r"[ /-]", "", text.get("expiry", "")),
        text.get("cvc", ""), text.get("country", ""), text.get("zipcode", ""),
    )  # fmt: skip
    if not EMAIL.fullmatch(filled.email):
        filled.errors["email"] = "Enter your e-mail address, like name@example.com."
    if not filled.name:
        filled.errors["name"] = "Enter your name."
    if filled.country not in COUNTRIES:
        filled.errors["country"] = "Choose your country."
    if filled.method_id == NEW:
        _check_card(filled, world)
    elif filled.method_id not in {method.payment_method_id for method in methods}:
        filled.errors["payment_method"] = "Choose one of the ways to pay."
    return filled


def billing_of(filled: Filled, checkout: Checkout, customer: Customer | None) -> Address:
    """The billing address: the known one, with the country and postal code of the form."""
    known = checkout.billing or (customer.address if customer else Address(filled.country))
    same = known.country == filled.country
    return Address(
        filled.country,
        known.state if same else None,
        known.city if same else None,
        known.street if same else None,
        filled.zipcode or None,
    )


def card_of(filled: Filled) -> Card:
    """The card of a form without mistakes."""
    found = EXPIRY.fullmatch(filled.expiry)
    month, year = (found[1], f"20{found[2]}") if found else ("01", "2000")
    number = filled.card_number
    return Card(number, cards.network_of(number), month, year, filled.name, cards.country_of(number))


def _check_card(filled: Filled, world: World) -> None:
    number = filled.card_number
    if number not in cards.KNOWN:
        real = number.isascii() and number.isdigit() and 12 <= len(number) <= 19 and _luhn(number)
        filled.errors["card_number"] = (
            "This is test mode: use one of the test cards listed below."
            if real
            else "This is not a card number. Check the digits."
        )
    if not EXPIRY.fullmatch(filled.expiry):
        filled.errors["expiry"] = "Enter the month and year, like 06 / 32."
    elif cards.is_expired(card_of(filled), world.now()):
        filled.errors["expiry"] = "This card has expired. Use another one."
    if not filled.cvc.isascii() or not filled.cvc.isdigit() or not 3 <= len(filled.cvc) <= 4:
        filled.errors["cvc"] = "Enter the three or four digits from your card."


def _luhn(number: str) -> bool:
    total = 0
    for at, digit in enumerate(reversed(number)):
        value = int(digit) * (2 if at % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0

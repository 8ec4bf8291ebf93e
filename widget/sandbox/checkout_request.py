"""What a caller asks for at the checkout, checked as Dodo checks it; nothing is made here."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Annotated, Any
from urllib.parse import urlsplit

import msgspec

from widget.sandbox import cards
from widget.sandbox.errors import Refusal, not_found
from widget.sandbox.money import COUNTRIES, CURRENCIES, MINIMUM
from widget.sandbox.things import AddonLine, Address, CartLine, Customer, Metadata, Method, Product
from widget.sandbox.world import World

Int32 = Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)]
METADATA_KEY = re.compile(r"[A-Za-z0-9_-]{1,40}")
METADATA_PAIRS = 50
EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,190}\.[^@\s.]{2,}")


class AskedAddon(msgspec.Struct):
    """So many of an add-on."""

    addon_id: str
    quantity: Int32


class AskedLine(msgspec.Struct):
    """One item of `product_cart`."""

    product_id: str
    quantity: Int32
    addons: list[AskedAddon] | None = None
    amount: Int32 | None = None
    credit_entitlements: list[dict[str, Any]] | None = None


class AskedCustomer(msgspec.Struct):
    """`{customer_id}` or `{email, name?, phone_number?}`."""

    customer_id: str | None = None
    email: str | None = None
    name: str | None = None
    phone_number: str | None = None


class AskedAddress(msgspec.Struct):
    """A billing address; only the country is required."""

    country: str
    state: str | None = None
    city: str | None = None
    street: str | None = None
    zipcode: str | None = None


class AskedFlags(msgspec.Struct):
    """The feature flags the sandbox acts upon; the others are accepted."""

    always_create_new_customer: bool = False
    redirect_immediately: bool = False
    allow_discount_code: bool = True


class AskedSubscription(msgspec.Struct):
    """`subscription_data`."""

    trial_period_days: Annotated[int, msgspec.Meta(ge=0, le=10_000)] | None = None
    on_demand: dict[str, Any] | None = None


class CheckoutRequest(msgspec.Struct):
    """`CreateCheckoutSessionRequest`."""

    product_cart: Annotated[list[AskedLine], msgspec.Meta(max_length=20)]
    customer: AskedCustomer | None = None
    confirm: bool = False
    payment_method_id: str | None = None
    billing_address: AskedAddress | None = None
    billing_currency: str | None = None
    discount_code: str | None = None
    discount_codes: Annotated[list[str], msgspec.Meta(max_length=20)] | None = None
    return_url: str | None = None
    cancel_url: str | None = None
    metadata: dict[str, str | int | float | bool] | None = None
    subscription_data: AskedSubscription | None = None
    feature_flags: AskedFlags = msgspec.field(default_factory=AskedFlags)
    force_3ds: bool | None = None
    show_saved_payment_methods: bool = False
    allowed_payment_method_types: list[str] | None = None
    custom_fields: Annotated[list[dict[str, Any]], msgspec.Meta(max_length=5)] | None = None
    customer_business_name: str | None = None
    customization: dict[str, Any] | None = None
    mandate_min_amount_inr_paise: int | None = None
    minimal_address: bool = False
    product_collection_id: str | None = None
    short_link: bool = False
    tax_id: str | None = None

    def codes(self) -> list[str]:
        """The discount codes in order; the deprecated single one excludes the list."""
        if self.discount_code is not None and self.discount_codes is not None:
            raise Refusal("INVALID_REQUEST_BODY", "`discount_code` and `discount_codes` exclude each other")
        return [self.discount_code] if self.discount_code is not None else list(self.discount_codes or [])


def check_cart(world: World, asked: Sequence[AskedLine]) -> list[CartLine]:
    """The cart: known products, for sale, one currency, quantities and amounts that make sense."""
    if not asked:
        raise Refusal("PRODUCT_CART_EMTPY", "`product_cart` must name at least one product")
    cart = [_line(world, line, at) for at, line in enumerate(asked)]
    if len(currencies := {world.products[line.product_id].currency for line in cart}) > 1:
        raise Refusal("UNSUPPORTED_CURRENCY", "the cart mixes currencies: " + ", ".join(sorted(currencies)))
    return cart


def _line(world: World, asked: AskedLine, at: int) -> CartLine:
    where = f"`product_cart[{at}]"
    product = world.products.get(asked.product_id)
    if product is None:
        raise Refusal("NOT_FOUND", f"{where}.product_id`: there is no product {asked.product_id[:80]}", 404)
    if product.archived:
        raise Refusal("PRODUCT_IS_DELETED", f"{where}.product_id`: {product.product_id} is archived", 410)
    if asked.quantity < 1:
        raise Refusal("INVALID_QUANTITY", f"{where}.quantity`: expected at least 1")
    amount = _named_amount(product, asked.amount, where)
    return CartLine(product.product_id, asked.quantity, amount, _addons(world, product, asked.addons or (), where))


def _named_amount(product: Product, amount: int | None, where: str) -> int | None:
    if not product.pay_what_you_want:
        return None
    if amount is not None and amount < product.price:
        raise Refusal("REQUEST_AMOUNT_BELOW_MINIMUM", f"{where}.amount`: expected at least {product.price}")
    return amount


def _addons(world: World, product: Product, asked: Sequence[AskedAddon], where: str) -> tuple[AddonLine, ...]:
    if len({extra.addon_id for extra in asked}) < len(asked):
        raise Refusal("DUPLICATE_ADDON_IDS_IN_REQUEST", f"{where}.addons` names an add-on twice")
    for extra in asked:
        if extra.addon_id not in world.addons or extra.addon_id not in product.addons:
            raise Refusal("MISSING_ADDON_IDS", f"{where}.addons`: {extra.addon_id[:80]} is not on {product.product_id}")
        if extra.quantity < 1:
            raise Refusal("INVALID_QUANTITY", f"{where}.addons`: quantity of {extra.addon_id} must be at least 1")
    return tuple(AddonLine(extra.addon_id, extra.quantity) for extra in asked)


def check_address(asked: AskedAddress | None) -> Address | None:
    """The address, its country known."""
    if asked is None:
        return None
    if asked.country not in COUNTRIES:
        raise Refusal("UNSUPPORTED_COUNTRY", f"`country`: {asked.country[:10]} is not an ISO 3166-1 alpha-2 code")
    return Address(asked.country, asked.state, asked.city, asked.street, asked.zipcode)


def check_currency(code: str | None) -> None:
    """A known currency; without adaptive pricing it is then dropped without a word, as documented."""
    if code is not None and code not in CURRENCIES:
        raise Refusal("UNSUPPORTED_BILLING_CURRENCY", f"`billing_currency`: {code[:10]} is not a currency")


def check_metadata(metadata: Metadata | None) -> Metadata:
    """At most 50 pairs, keys of 1–40 letters, digits, `_`, `-`, text values of at most 500."""
    if metadata is None:
        return {}
    if len(metadata) > METADATA_PAIRS:
        raise Refusal("MAXIMUM_KEYS_REACHED", f"`metadata`: expected at most {METADATA_PAIRS} pairs")
    for key, value in metadata.items():
        if not METADATA_KEY.fullmatch(key):
            raise Refusal("INVALID_REQUEST_BODY", f"`metadata`: the key {key[:60]!r} is not 1-40 of [A-Za-z0-9_-]")
        if isinstance(value, str) and len(value) > 500:
            raise Refusal("INVALID_REQUEST_BODY", f"`metadata.{key}`: expected at most 500 characters")
    return metadata


def check_url(name: str, url: str | None) -> str | None:
    """An absolute http(s) address."""
    if url is None:
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in ("http", "https") or not parts.netloc or len(url) > 2048:
        raise Refusal("INVALID_REQUEST_BODY", f"`{name}`: expected an absolute http(s) address")
    return url


def check_customer(world: World, asked: AskedCustomer | None) -> Customer | None:
    """The known customer, or None for a new one."""
    if asked is None:
        return None
    if asked.customer_id is not None:
        customer = world.customers.get(asked.customer_id)
        if customer is None:
            raise not_found("customer", asked.customer_id)
        return customer
    if asked.email is None or not EMAIL.fullmatch(asked.email):
        raise Refusal("INVALID_REQUEST_BODY", "`customer`: expected customer_id, or email")
    return None


def check_method(world: World, customer: Customer, method_id: str, currency: str) -> Method:
    """The saved method: the customer's own, and fit for this currency."""
    method = world.methods.get(method_id)
    if method is None or method.customer_id != customer.customer_id:
        raise Refusal("NOT_FOUND", "`payment_method_id`: the customer has no such payment method", 404)
    if method.kind == "upi" and currency != "INR":
        raise Refusal("NO_ELIGIBLE_PAYMENT_METHODS", f"`payment_method_id`: {method.kind} cannot pay in {currency}")
    if method.card is not None and method.card.number in cards.INDIAN and currency == "JPY":
        raise Refusal("NO_ELIGIBLE_PAYMENT_METHODS", f"`payment_method_id`: this card cannot pay in {currency}")
    return method


def check_total(total: int, currency: str) -> None:
    """Not below the minimum charge of the currency."""
    if 0 < total < (least := MINIMUM.get(currency, 0)):
        raise Refusal(
            "TOTAL_PAYMENT_AMOUNT_BELOW_MINIMUM_AMOUNT", f"the total is {total} {currency}, expected at least {least}"
        )

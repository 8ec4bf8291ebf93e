"""What the provider says about a payment, a checkout and a product: the facts we rely on, and no more."""

from calendar import monthrange
from datetime import datetime, timedelta

from msgspec import Struct

from widget.core.money import Money


class Address(Struct, frozen=True, omit_defaults=True):
    """A billing address as the provider takes it; the country is ISO 3166 alpha-2."""

    country: str
    state: str | None = None
    city: str | None = None
    street: str | None = None
    zipcode: str | None = None


class MoneyBack(Struct, frozen=True):
    """A refund or dispute as it stands on its payment; `amount` in minor units of the payment's currency."""

    id: str
    kind: str  # refund, dispute
    status: str  # the provider's word: succeeded, pending, dispute_opened …
    amount: Money
    at: datetime


class Customer(Struct, frozen=True):
    """What we ask of a customer: the language they prefer, as the provider keeps it, and nothing else."""

    id: str
    locale: str | None = None


class Payment(Struct, frozen=True):
    """A payment as read from the provider (GET /payments/{id}); `status` is its IntentStatus or empty for null."""

    id: str
    customer_id: str
    business_id: str
    status: str
    total: Money
    tax: int
    created_at: datetime
    products: tuple[tuple[str, int], ...]  # (product id, quantity); empty for subscription payments
    subscription_ids: tuple[str, ...] = ()
    charge_type: str = ""  # new, renewal, plan_change, on_demand or empty
    billing: Address | None = None
    method_id: str | None = None
    method_kind: str = ""
    method_fine_kind: str = ""  # apple_pay of a wallet, debit of a card
    card_network: str = ""
    card_last_four: str = ""
    checkout_session_id: str | None = None
    link: str | None = None  # where a shopper may finish it
    error_code: str | None = None
    metadata: dict[str, str] = {}
    customer_metadata: dict[str, str] | None = None  # as it is now, not as it was at the payment
    is_card_check: bool = False  # is_update_payment_method: not a sale
    invoice_url: str | None = None  # a page or file of the provider's
    money_back: tuple[MoneyBack, ...] = ()  # every refund and dispute of it


class PaymentLine(Struct, frozen=True):
    """A payment as it stands in a list (GET /payments): enough to find ours by its metadata."""

    id: str
    status: str
    total: Money
    created_at: datetime
    metadata: dict[str, str]
    checkout_session_id: str | None = None
    charge_type: str = ""


class Checkout(Struct, frozen=True):
    """A checkout session's status; payment fields are empty while the form is being filled in."""

    id: str
    payment_id: str | None
    payment_status: str | None


class Recurring(Struct, frozen=True):
    """The terms of a subscription product: `price` every `count` `interval`s, pre-tax unless inclusive."""

    price: Money
    count: int
    interval: str  # Day, Week, Month, Year
    trial_days: int = 0

    def next_bill(self, at: datetime) -> datetime:
        """When the bill after the one of today comes; a day that a month lacks is its last one."""
        if self.trial_days:
            return at + timedelta(days=self.trial_days)
        match self.interval:
            case "Day":
                return at + timedelta(days=self.count)
            case "Week":
                return at + timedelta(weeks=self.count)
            case _:
                months = self.count * (12 if self.interval == "Year" else 1) + at.month - 1
                year, month = at.year + months // 12, months % 12 + 1
                return at.replace(year=year, month=month, day=min(at.day, monthrange(year, month)[1]))


class LocalPrice(Struct, frozen=True):
    """What a product costs in another currency, or in one country only; for display, as its price is."""

    price: Money
    country: str = ""  # ISO 3166 alpha-2; empty: whoever pays in the currency


class Product(Struct, frozen=True):
    """A product at the provider; `price` is for display, never for charging (dodo-api 3.2)."""

    id: str
    name: str
    description: str
    image: str | None
    price: Money
    tax_inclusive: bool
    recurring: Recurring | None = None
    pay_what_you_want: bool = False
    archived: bool = False
    metered: bool = False
    addons: tuple[str, ...] = ()  # ids of the add-ons it may carry
    metadata: dict[str, str] = {}
    pricing_mode: str = ""  # by_currency or by_country where it has localized prices
    local: tuple[LocalPrice, ...] = ()

    def priced_in(self, currency: str) -> int | None:
        """What it costs in a currency, in minor units before tax; None where no price is for all who pay in it."""
        if currency == self.price.currency:
            return self.price.amount
        return next(
            (one.price.amount for one in self.local if one.price.currency == currency and not one.country), None
        )


class Addon(Struct, frozen=True):
    """An add-on of subscription products; billed on the subscription's own cycle (dodo-api 3.3)."""

    id: str
    name: str
    price: Money
    description: str = ""


class PromoCode(Struct, frozen=True):
    """A discount code at the provider (dodo-api 5); `products` empty: for all of them."""

    code: str
    products: tuple[str, ...] = ()
    expires_at: datetime | None = None
    used_up: bool = False


class Order(Struct, frozen=True):
    """What would be bought by whom: one value for the preview, the charge and the hosted checkout."""

    customer_id: str
    product_id: str
    quantity: int
    billing: Address
    currency: str | None = None
    discount_codes: tuple[str, ...] = ()
    amount: int | None = None  # of one, in minor units before tax; for pay-what-you-want products only


class Preview(Struct, frozen=True):
    """The provider's exact price for an order, due today, in minor units; `renewal` is each later bill."""

    total: Money
    subtotal: int
    discount: int
    tax: int
    country: str
    renewal: Money | None = None
    exact: bool = True  # False where the provider says its amounts are not what will be charged

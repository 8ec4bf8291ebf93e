"""The things of the pretend world: one dataclass for each noun of Dodo's API, amounts in minor units, times in UTC."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from widget.sandbox.world import World

Metadata = dict[str, str | int | float | bool]
Interval = Literal["Day", "Week", "Month", "Year"]
PriceKind = Literal["one_time_price", "recurring_price", "usage_based_price"]
FINAL = frozenset({"succeeded", "failed", "cancelled"})


@dataclass(frozen=True, slots=True)
class Address:
    """Where tax is due; `country` is ISO 3166-1 alpha-2."""

    country: str
    state: str | None = None
    city: str | None = None
    street: str | None = None
    zipcode: str | None = None


@dataclass(frozen=True, slots=True)
class Card:
    """A card; how it behaves is decided by its number in `cards.py`."""

    number: str
    network: str
    exp_month: str
    exp_year: str
    holder: str
    country: str = "US"
    kind: str = "credit"

    @property
    def last4(self) -> str:
        return self.number[-4:]


@dataclass(slots=True)
class Method:
    """A saved payment method; `kind` is Dodo's `payment_method`, `fine_kind` its `payment_method_type`."""

    payment_method_id: str
    customer_id: str
    kind: str = "card"
    fine_kind: str | None = "credit"
    card: Card | None = None
    recurring_enabled: bool | None = True
    last_used_at: datetime | None = None


@dataclass(slots=True)
class Customer:
    """A buyer. `hangs` marks the person whose charges are executed while the answer never comes in time."""

    customer_id: str
    email: str
    name: str
    created_at: datetime
    address: Address
    phone_number: str | None = None
    metadata: Metadata = field(default_factory=lambda: {})
    preferred_locale: str | None = None
    blocked_at: datetime | None = None
    hangs: bool = False
    credits: dict[str, int] = field(default_factory=lambda: {})


@dataclass(frozen=True, slots=True)
class Product:
    """Something for sale; the frequency is the billing cycle, the period how long a subscription may live."""

    product_id: str
    name: str
    price: int
    currency: str = "USD"
    description: str | None = None
    picture: str | None = None
    tax_category: str = "digital_products"
    tax_inclusive: bool = False
    price_kind: PriceKind = "one_time_price"
    pay_what_you_want: bool = False
    suggested_price: int | None = None
    frequency_count: int = 1
    frequency_interval: Interval = "Month"
    period_count: int = 20
    period_interval: Interval = "Year"
    trial_period_days: int = 0
    addons: tuple[str, ...] = ()
    collection_id: str | None = None
    archived: bool = False
    metadata: Metadata = field(default_factory=lambda: {})

    @property
    def is_recurring(self) -> bool:
        return self.price_kind != "one_time_price"


@dataclass(frozen=True, slots=True)
class Addon:
    """An extra on a subscription, billed on its cycle."""

    addon_id: str
    name: str
    price: int
    currency: str = "USD"
    description: str | None = None
    tax_category: str = "saas"


@dataclass(slots=True)
class CollectionGroup:
    """A shelf inside a plan family; the order of `product_ids` is the display order."""

    group_id: str
    name: str | None
    product_ids: list[str]
    status: bool = True


@dataclass(slots=True)
class Collection:
    """A plan family; the five policy fields are null when the business default applies."""

    collection_id: str
    name: str
    groups: list[CollectionGroup]
    description: str | None = None
    archived: bool = False
    effective_at_on_upgrade: str | None = None
    effective_at_on_downgrade: str | None = None
    proration_billing_mode_on_upgrade: str | None = None
    proration_billing_mode_on_downgrade: str | None = None
    on_payment_failure: str | None = None


@dataclass(slots=True)
class Discount:
    """A code: `percentage` with `amount` in basis points, or `flat` with amounts by currency in minor units."""

    discount_id: str
    code: str
    kind: Literal["percentage", "flat"]
    amount: int
    name: str | None = None
    amounts: dict[str, int] = field(default_factory=lambda: {})
    expires_at: datetime | None = None
    usage_limit: int | None = None
    times_used: int = 0
    restricted_to: tuple[str, ...] = ()
    subscription_cycles: int | None = None
    preserve_on_plan_change: bool = False


@dataclass(frozen=True, slots=True)
class AddonLine:
    """So many of an add-on."""

    addon_id: str
    quantity: int


@dataclass(frozen=True, slots=True)
class CartLine:
    """So many of a product; `amount` is what the buyer named for a pay-what-you-want product."""

    product_id: str
    quantity: int
    amount: int | None = None
    addons: tuple[AddonLine, ...] = ()


@dataclass(slots=True)
class Checkout:
    """A checkout session: one chance to pay. `consumed` as soon as a payment of it succeeded or is under way."""

    session_id: str
    created_at: datetime
    expires_at: datetime
    cart: list[CartLine]
    currency: str
    customer_id: str | None = None
    email: str | None = None
    name: str | None = None
    phone_number: str | None = None
    billing: Address | None = None
    discount_codes: list[str] = field(default_factory=lambda: [])
    metadata: Metadata = field(default_factory=lambda: {})
    return_url: str | None = None
    cancel_url: str | None = None
    confirm: bool = False
    force_3ds: bool = False
    show_saved_methods: bool = False
    always_new_customer: bool = False
    trial_period_days: int | None = None
    on_demand: bool = False
    payment_id: str | None = None
    consumed: bool = False


@dataclass(slots=True)
class ServicePeriod:
    """The span a subscription payment bought."""

    subscription_id: str
    starts_at: datetime
    ends_at: datetime
    proration_factor: str = "1"


@dataclass(slots=True)
class Payment:
    """One attempt to take money. `then` runs once when it becomes final; the ledger entry is written before it."""

    payment_id: str
    customer_id: str
    created_at: datetime
    currency: str
    total_amount: int
    tax: int
    billing: Address
    status: str = "processing"
    updated_at: datetime | None = None
    cart: list[CartLine] | None = None
    product_ids: list[str] = field(default_factory=lambda: [])
    metadata: Metadata = field(default_factory=lambda: {})
    checkout_session_id: str | None = None
    method_id: str | None = None
    method_kind: str | None = None
    method_fine_kind: str | None = None
    card: Card | None = None
    charge_type: str | None = None
    subscription_ids: list[str] = field(default_factory=lambda: [])
    service_periods: list[ServicePeriod] = field(default_factory=lambda: [])
    discount_ids: list[str] = field(default_factory=lambda: [])
    error_code: str | None = None
    error_message: str | None = None
    payment_link: str | None = None
    return_url: str | None = None
    three_ds_flow: str | None = None
    three_ds_status: str | None = None
    is_update_payment_method: bool = False
    retry_attempt: int = 0
    refund_status: str | None = None
    invoice_id: str | None = None
    quiet: bool = False
    then: Callable[[World, Payment], None] | None = None

    @property
    def is_final(self) -> bool:
        return self.status in FINAL


@dataclass(slots=True)
class ScheduledChange:
    """A plan change that waits for the next billing date."""

    change_id: str
    product_id: str
    quantity: int
    addons: list[AddonLine]
    created_at: datetime
    effective_at: datetime
    discount_codes: list[str] | None = None
    metadata: Metadata | None = None
    on_payment_failure: str | None = None


@dataclass(slots=True)
class Subscription:
    """A product bought again every cycle; the full billing cycle is previous … next billing date."""

    subscription_id: str
    customer_id: str
    product_id: str
    status: str
    created_at: datetime
    previous_billing_date: datetime
    next_billing_date: datetime
    currency: str
    recurring_pre_tax_amount: int
    billing: Address
    quantity: int = 1
    addons: list[AddonLine] = field(default_factory=lambda: [])
    tax_inclusive: bool = False
    frequency_count: int = 1
    frequency_interval: Interval = "Month"
    period_count: int = 20
    period_interval: Interval = "Year"
    expires_at: datetime | None = None
    on_demand: bool = False
    method_id: str | None = None
    metadata: Metadata = field(default_factory=lambda: {})
    trial_period_days: int = 0
    trial_ends_at: datetime | None = None
    trial_paid: bool = False
    cancel_at_next_billing_date: bool = False
    cancelled_at: datetime | None = None
    cancelled_by: str | None = None
    cancellation_feedback: str | None = None
    cancellation_comment: str | None = None
    paused_at: datetime | None = None
    past_due_ends_at: datetime | None = None
    scheduled_change: ScheduledChange | None = None
    pending_payment_id: str | None = None
    discount_ids: list[str] = field(default_factory=lambda: [])
    discount_cycles_remaining: dict[str, int] = field(default_factory=lambda: {})
    tax_id: str | None = None
    customer_business_name: str | None = None
    credits: int = 0


@dataclass(frozen=True, slots=True)
class PortalSession:
    """A link into the customer portal."""

    customer_id: str
    expires_at: datetime
    return_url: str | None


@dataclass(slots=True)
class Refund:
    """Money that went back."""

    refund_id: str
    payment_id: str
    amount: int
    currency: str
    status: str
    created_at: datetime
    is_partial: bool
    reason: str | None = None
    metadata: Metadata = field(default_factory=lambda: {})


@dataclass(slots=True)
class Dispute:
    """A cardholder said no to the bank; `amount` goes out as a string of minor units."""

    dispute_id: str
    payment_id: str
    amount: int
    currency: str
    stage: str
    status: str
    created_at: datetime
    reason: str | None = None
    remarks: str | None = None


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """One movement of money; failed attempts are listed too, `status` tells."""

    payment_id: str
    customer_id: str
    product_ids: list[str]
    subscription_id: str | None
    kind: str
    amount: int
    currency: str
    status: str
    metadata: Metadata
    at: datetime


@dataclass(slots=True)
class RequestLog:
    """One API request as received; `status` null means that no answer was given (yet)."""

    method: str
    path: str
    query: str
    body: object
    headers: dict[str, str]
    at: datetime
    status: int | None = None
    fault: str | None = None


@dataclass(slots=True)
class Event:
    """A webhook message; its data is rendered when it is delivered, from `kind` and `thing_id`."""

    event_id: str
    type: str
    kind: Literal["Payment", "Subscription", "Refund", "Dispute"]
    thing_id: str
    timestamp: datetime
    due: datetime
    payment_id: str | None = None
    copies: int = 1
    order: float = 0.0
    attempts: int = 0
    outcome: str = "waiting"
    statuses: list[int | str] = field(default_factory=lambda: [])


@dataclass(slots=True)
class Fault:
    """Something that goes wrong with the next `times` requests of one operation."""

    method: str
    path: str
    fault: str
    status: int = 500
    seconds: float = 5.0
    times: int = 1
    executed: bool = False
    path_contains: str | None = None
    body_contains: str | None = None
    code: str | None = None
    message: str | None = None
    kind: str = "html"
    headers: dict[str, str] = field(default_factory=lambda: {})


@dataclass(slots=True)
class Settings:
    """The switches: where nobody knows how Dodo behaves, the default is the documented guess."""

    final_after: float = 0.4
    challenge_link: bool = True
    challenge_timeout_s: float = 900.0
    list_lag_s: float = 0.0
    declines_as_4xx: bool = False
    confirm_needs_country: bool = True
    refuse_second_pending: bool = False
    metadata_dropped: bool = False
    hang_s: float = 60.0
    preview_total_before_credits: bool = False
    preview_settlement_currency: str | None = None
    next_billing_date_needs_full: bool = False
    paid_change_keeps_cycle: bool = False
    past_due_grace_days: int = 0
    one_subscription_per_customer: bool = False
    plan_change_links: bool = True


@dataclass(slots=True)
class Postbox:
    """Where webhooks go and what happens to them on the way; `delay` in seconds."""

    target: str | None = None
    secret: str = "whsec_c2FuZGJveC1zZWNyZXQtc2FuZGJveC1zZWNyZXQ="  # noqa: S105 - a pretend secret of a pretend Dodo
    delay: float = 0.0
    copies: int = 1
    shuffle: bool = False
    drop: bool = False

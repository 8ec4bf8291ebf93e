"""What a condition may ask, as far as it could be read."""

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct

from widget.core.condition import Scalar
from widget.core.subscription import Subscription


class Facts(Struct, frozen=True, kw_only=True):
    """Everything a condition may ask of an occasion; None is a fact nobody could read, never one that is empty."""

    now: datetime | None = None
    customer_id: str | None = None
    # this payment; of a moment in the app nothing is bought
    bought: tuple[str, ...] | None = None  # product ids
    items: int | None = None  # quantities of all products together
    total: int | None = None  # minor units of `currency`
    currency: str | None = None
    country: str | None = None
    method: tuple[str, ...] | None = None  # every word for it: ("wallet", "apple_pay")
    payment_metadata: Mapping[str, Scalar] | None = None
    product_metadata: Mapping[str, Mapping[str, Scalar]] | None = None  # by product id, of what was bought
    # the customer before this payment
    bought_before: tuple[str, ...] | None = None
    past_purchases: int | None = None
    spent: Mapping[str, int] | None = None  # minor units by currency
    subscriptions: tuple[Subscription, ...] | None = None
    customer_metadata: Mapping[str, Scalar] | None = None
    locale: str | None = None
    # the moment in the app; an empty name is none
    occasion: str | None = None
    occasion_data: Mapping[str, Scalar] | None = None

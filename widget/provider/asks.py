"""What we ask the provider: reads only, retried with backoff, never moving money."""

from datetime import datetime
from typing import Protocol

from msgspec import Struct

from widget.core.method import Method
from widget.core.payment import Addon, Checkout, Customer, Order, Payment, PaymentLine, Preview, Product, PromoCode
from widget.core.plan_change import Change, ChangePreview
from widget.core.plan_family import Collection
from widget.core.subscription import Subscription
from widget.provider.images import Image


class NotThere(Struct, frozen=True, tag=True):
    """The provider says that this does not exist (404, 410)."""


class Unreadable(Struct, frozen=True, tag=True):
    """No usable answer after the retries: down, slow, rate-limited, or nonsense; `cause` is for the log."""

    cause: str


class Declined(Struct, frozen=True, tag=True):
    """The provider understood and said no to a preview: `code` as in its list of error codes."""

    code: str


class Asks(Protocol):
    """Every answer is a value; nothing here raises for anything the provider does."""

    async def payment(self, payment_id: str) -> Payment | NotThere | Unreadable: ...

    async def customer(self, customer_id: str) -> Customer | NotThere | Unreadable: ...

    async def payments_of(
        self, customer_id: str, *, since: datetime
    ) -> tuple[PaymentLine, ...] | NotThere | Unreadable:
        """All payments of the customer created at or after `since`, every page read."""
        ...

    async def payments_page(self, number: int) -> tuple[PaymentLine, ...] | NotThere | Unreadable:
        """A page of the business's payments, newest first, whatever their status; empty after the last. From 0."""
        ...

    async def checkout(self, session_id: str) -> Checkout | NotThere | Unreadable: ...

    async def methods(self, customer_id: str) -> tuple[Method, ...] | NotThere | Unreadable: ...

    async def product(self, product_id: str) -> Product | NotThere | Unreadable: ...

    async def shelf(self, *, archived: bool) -> dict[str, str] | NotThere | Unreadable:
        """The names of all products of the business by id, those on sale or those that are not any more."""
        ...

    async def promo_code(self, code: str) -> PromoCode | NotThere | Unreadable:
        """A discount code by its name, ended and used-up ones too."""
        ...

    async def subscription(self, subscription_id: str) -> Subscription | NotThere | Unreadable: ...

    async def subscriptions_of(self, customer_id: str) -> tuple[Subscription, ...] | NotThere | Unreadable:
        """All of the customer's, in whatever state, without add-ons, discounts and what is scheduled."""
        ...

    async def bought(self, customer_id: str, product_id: str, *, until: datetime) -> bool | Unreadable:
        """Whether they ever paid for the product or subscribed to it by then, whatever became of it."""
        ...

    async def owns(self, customer_id: str, product_id: str) -> bool | Unreadable:
        """A succeeded, not fully refunded payment for the product, or a live subscription to it."""
        ...

    async def image(self, url: str) -> Image | None:
        """A product's picture from the address the provider gave; None for whatever is not plainly one."""
        ...

    async def preview(self, order: Order) -> Preview | Declined | Unreadable:
        """POST /checkouts/preview with exactly the body a charge would send; creates nothing."""
        ...

    async def change_preview(self, change: Change) -> ChangePreview | Declined | NotThere | Unreadable:
        """POST /subscriptions/{id}/change-plan/preview with the body a change would send; changes nothing."""
        ...

    async def addon(self, addon_id: str) -> Addon | NotThere | Unreadable: ...

    async def collection(self, collection_id: str) -> Collection | NotThere | Unreadable: ...

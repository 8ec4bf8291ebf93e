"""What may move money at the provider: sent once, never retried. Imported by the till and the front door only."""

from typing import Protocol

from msgspec import Struct

from widget.core.answer import Answer, NotSent, Refused, Unknown
from widget.core.payment import Order
from widget.core.plan_change import Change


class Opened(Struct, frozen=True, tag=True):
    """A hosted checkout that someone may pay: no money has moved."""

    session_id: str
    url: str


class Done(Struct, frozen=True, tag=True):
    """The provider has done what was asked and no money was part of it."""


class Cancelling(Struct, frozen=True):
    """A cancellation at the end of the period, in the provider's words (dodo-api 6.1, 6.6)."""

    feedback: str | None = None  # too_expensive, missing_features, …
    comment: str | None = None


class Moves(Protocol):
    """Every answer is a value, classified by cause and by shape (reliability 1.4)."""

    async def charge(self, order: Order, *, method_id: str, return_url: str, metadata: dict[str, str]) -> Answer:
        """POST /checkouts with confirm and a saved method; the answer never says paid (dodo-api 4.2)."""
        ...

    async def open_checkout(
        self, order: Order, *, return_url: str, cancel_url: str | None, metadata: dict[str, str]
    ) -> Opened | Refused | NotSent | Unknown:
        """POST /checkouts without confirm; a stranger has no `order.customer_id` and an empty billing country."""
        ...

    async def change_plan(self, change: Change, *, return_url: str | None, metadata: dict[str, str]) -> Answer:
        """POST /subscriptions/{id}/change-plan, once; `return_url` travels only with a change by link (dodo-api 6.3).

        A 200 never says paid and hardly ever names a payment: Waiting, with payment id and link where they are given
        (then `by_customer`, `status="requires_payment_method"`). A 409 that says a change is pending or scheduled is
        Refused with that code: nothing happened by this call.
        """
        ...

    async def drop_scheduled(self, subscription_id: str) -> Done | Refused | NotSent | Unknown:
        """DELETE /subscriptions/{id}/change-plan/scheduled; none scheduled (404) is Refused."""
        ...

    async def cancel_at_period_end(
        self, subscription_id: str, wanted: Cancelling | None
    ) -> Done | Refused | NotSent | Unknown:
        """PATCH: cancel at the next billing date, or with None take that back (dodo-api 6.6)."""
        ...

    async def pause(self, subscription_id: str, *, paused: bool) -> Done | Refused | NotSent | Unknown:
        """PATCH: `status` paused or active, alone in the body (dodo-api 6.6)."""
        ...

    async def use_method(self, subscription_id: str, method_id: str) -> Done | Refused | NotSent | Unknown:
        """POST update-payment-method with a saved one; only for active subscriptions: on others it takes the dues."""
        ...

    async def enter_method(self, subscription_id: str, *, return_url: str) -> Opened | Refused | NotSent | Unknown:
        """POST update-payment-method, new: a page where another method is entered, and dues are paid by hand.

        `Opened.session_id` is the payment id; the URL must be one of the provider's own hosts.
        """
        ...

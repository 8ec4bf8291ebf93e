"""What was really bought: payments and subscriptions as Dodo tells them, never as an address claims."""

import asyncio
import re
from dataclasses import dataclass
from typing import Literal

from dodopayments import APIStatusError, AsyncDodoPayments
from dodopayments.types import Payment, SubscriptionListResponse

from widget.shop.checkout import ORDER
from widget.shop.goods import Goods
from widget.shop.prices import spoken

State = Literal["paid", "confirming", "failed"]
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_NOT_THERE = {400, 404, 422}
_LATEST = 10
_LATER_BILLS = {"renewal", "plan_change", "on_demand"}


@dataclass(frozen=True)
class Line:
    """One thing bought, ready to print. `product_id` is the first product of it."""

    payment_id: str
    product_id: str
    names: str
    total: str
    state: State
    on: str


@dataclass(frozen=True)
class Order:
    """An order that this browser started, with what was added to it since."""

    number: str
    customer_id: str
    email: str
    bought: Line
    added: list[Line]


class Orders:
    """One for the life of the shop."""

    def __init__(self, client: AsyncDodoPayments, goods: Goods) -> None:
        self._client = client
        self._goods = goods

    async def find(self, number: str, *, payment_id: str, subscription_id: str) -> Order | None:
        """The order with this number, if the payment (or the one of the subscription) says that it belongs to it."""
        if not payment_id and _ID.fullmatch(subscription_id):
            payment_id = await self._first_payment(number, subscription_id)
        payment = await self._payment(payment_id)
        if payment is None or (payment.metadata or {}).get(ORDER) != number:
            return None
        bought = await self._line(payment)
        added = await self._added(payment) if bought.state != "failed" else []
        return Order(number, payment.customer.customer_id, payment.customer.email, bought, added)

    async def of(self, customer_id: str) -> list[Line]:
        """The customer's latest payments, newest first."""
        found = await self._client.payments.list(customer_id=customer_id, page_size=_LATEST)
        return await self._lines([item.payment_id for item in found.items])

    async def subscriptions(self, customer_id: str) -> list[SubscriptionListResponse]:
        """The customer's subscriptions that are not over."""
        found = await self._client.subscriptions.list(customer_id=customer_id, page_size=_LATEST)
        return [one for one in found.items if one.status in {"active", "on_hold", "past_due", "paused"}]

    async def _first_payment(self, number: str, subscription_id: str) -> str:
        """A plan's return address names the subscription only; its payment carries our number."""
        try:
            found = await self._client.payments.list(subscription_id=subscription_id, page_size=_LATEST)
        except APIStatusError as error:
            if error.status_code in _NOT_THERE:
                return ""
            raise
        ours = (item.payment_id for item in found.items if (item.metadata or {}).get(ORDER) == number)
        return next(ours, "")

    async def _payment(self, payment_id: str) -> Payment | None:
        if not _ID.fullmatch(payment_id):
            return None
        try:
            return await self._client.payments.retrieve(payment_id)
        except APIStatusError as error:
            if error.status_code in _NOT_THERE:
                return None
            raise

    async def _added(self, payment: Payment) -> list[Line]:
        """What the same customer has bought since without starting another order here: Encore's offers."""
        later = await self._client.payments.list(
            customer_id=payment.customer.customer_id, created_at_gte=payment.created_at, page_size=_LATEST
        )
        wanted = [
            item.payment_id
            for item in later.items
            if item.payment_id != payment.payment_id
            and ORDER not in (item.metadata or {})
            and item.charge_type not in _LATER_BILLS
        ]
        return [line for line in await self._lines(wanted) if line.state != "failed"]

    async def _lines(self, ids: list[str]) -> list[Line]:
        found = await asyncio.gather(*map(self._payment, ids))
        return [await self._line(payment) for payment in found if payment is not None]

    async def _line(self, payment: Payment) -> Line:
        ids = [item.product_id for item in payment.product_cart or ()] or await self._plan(payment)
        goods = await self._goods.shelf(tuple(ids))
        names = ", ".join(good.name for good in goods) or "Your order"
        total = spoken(payment.total_amount, payment.currency)
        on = f"{payment.created_at.day} {payment.created_at:%B %Y}"
        return Line(payment.payment_id, ids[0] if ids else "", names, total, _state(payment.status), on)

    async def _plan(self, payment: Payment) -> list[str]:
        """The payment of a subscription has no cart; the subscription knows its product."""
        if not payment.subscription_id:
            return []
        return [(await self._client.subscriptions.retrieve(payment.subscription_id)).product_id]


def _state(status: str | None) -> State:
    """Only what Dodo calls final is final; whatever else it says is still being confirmed."""
    match status:
        case "succeeded":
            return "paid"
        case "failed" | "cancelled":
            return "failed"
        case _:
            return "confirming"

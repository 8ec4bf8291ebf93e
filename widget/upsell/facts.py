"""The facts of an occasion that conditions may ask: read only where an offer in force asks for them."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from widget.core.condition import Condition
from widget.core.condition_facts import Facts
from widget.core.condition_references import Need, references
from widget.core.payment import Payment, PaymentLine, Product
from widget.core.subscription import Subscription
from widget.provider.asks import Asks, NotThere, Unreadable
from widget.storage import purchases
from widget.storage.occasions import Occasion
from widget.upsell.judging import product_now

_LOOK_BACK = timedelta(days=10 * 365)
_PURCHASES = frozenset({"", "new", "on_demand"})  # renewals and plan changes are spent on what was bought before
_PRODUCTS = 50  # asked about one by one, where their past is unknown here


async def facts_of(
    asks: Asks,
    occasion: Occasion,
    payment: Payment,
    bought: tuple[str, ...],
    needs: frozenset[Need],
    *,
    ever: tuple[str, ...] = (),
    at: datetime,
) -> Facts:
    """What is known; None for what could not be read, so that nothing is offered on the strength of it.

    Of a moment in the app nothing is bought, and the payment is only the customer's latest.
    """
    moment = occasion.is_moment
    products, _ = await purchases.before(
        payment.customer_id, payment_id="" if moment else payment.id, until=int(at.timestamp() * 1000)
    )
    unmet = tuple(product for product in ever if product not in products and product not in bought)
    past, earlier, subscriptions, described = await asyncio.gather(
        _past(asks, payment, moment=moment, at=at) if "history" in needs else _nothing(),
        _earlier(asks, payment.customer_id, unmet, until=at if moment else payment.created_at),
        _subscriptions(asks, payment, at=at) if "subscriptions" in needs else _nothing(),
        _described(asks, bought, at) if "product_metadata" in needs else _nothing(),
    )
    return Facts(
        now=at,
        customer_id=payment.customer_id,
        bought=() if moment else bought,
        items=0 if moment else sum(quantity for _, quantity in payment.products) or len(bought),
        total=None if moment else payment.total.amount,
        currency=payment.total.currency,
        country=payment.billing.country if payment.billing else None,
        method=tuple(filter(None, (payment.method_kind, payment.method_fine_kind))) or None,
        payment_metadata=None if moment else payment.metadata,
        product_metadata=described,
        customer_metadata=payment.customer_metadata,
        bought_before=None if earlier is None else (*products, *earlier),
        past_purchases=None if past is None else sum(line.charge_type in _PURCHASES for line in past),
        spent=None if past is None else _spent(past),
        subscriptions=subscriptions,
        locale=occasion.locale,
        occasion=occasion.name or "",
        occasion_data=occasion.data,
    )


def ever_of(asked: Sequence[Condition]) -> tuple[str, ...]:
    """The products whose whole past these conditions ask for."""
    return tuple(sorted({product for condition in asked for product in references(condition).ever}))


def needs_of(asked: Sequence[Condition]) -> frozenset[Need]:
    """What has to be read before these conditions can be asked."""
    return frozenset(need for condition in asked for need in references(condition).needs)


async def _described(asks: Asks, bought: tuple[str, ...], at: datetime) -> dict[str, dict[str, str]] | None:
    """The metadata of each product that was bought; None where one of them could not be read."""
    now = int(at.timestamp() * 1000)
    found = {product_id: await product_now(asks, product_id, now=now) for product_id in bought}
    if any(isinstance(product, Unreadable) for product in found.values()):
        return None
    return {name: product.metadata for name, product in found.items() if isinstance(product, Product)}


async def _nothing() -> None:
    return None


async def _past(asks: Asks, payment: Payment, *, moment: bool, at: datetime) -> tuple[PaymentLine, ...] | None:
    """The customer's succeeded payments before this one, as the provider lists them."""
    lines = await asks.payments_of(payment.customer_id, since=at - _LOOK_BACK)
    if not isinstance(lines, tuple):
        return None
    until = at if moment else payment.created_at  # looked back at, there are later ones
    return tuple(
        line
        for line in lines
        if line.status == "succeeded" and line.created_at <= until and (moment or line.id != payment.id)
    )


def _spent(past: tuple[PaymentLine, ...]) -> dict[str, int]:
    spent: Counter[str] = Counter()
    for line in past:
        spent[line.total.currency] += line.total.amount
    return dict(spent)


async def _earlier(
    asks: Asks, customer_id: str, products: tuple[str, ...], *, until: datetime
) -> tuple[str, ...] | None:
    """Which of these they came to before we met them; None where the provider does not say so of one."""
    if len(products) > _PRODUCTS:
        return None
    found = await asyncio.gather(*(asks.bought(customer_id, product, until=until) for product in products))
    if any(isinstance(one, Unreadable) for one in found):
        return None
    return tuple(product for product, bought in zip(products, found, strict=True) if bought is True)


async def _subscriptions(asks: Asks, payment: Payment, *, at: datetime) -> tuple[Subscription, ...] | None:
    """The customer's, as they are now; None where they could not be read. Looked back at, there are later ones."""
    listed = await asks.subscriptions_of(payment.customer_id)
    if isinstance(listed, Unreadable):
        return None
    known = {} if isinstance(listed, NotThere) else {one.id: one for one in listed}
    for subscription_id in payment.subscription_ids:  # of this very payment; a list may be behind
        if subscription_id not in known:
            found = await asks.subscription(subscription_id)
            if not isinstance(found, Subscription):
                return None
            known[subscription_id] = found
    return tuple(one for one in known.values() if one.created_at is None or one.created_at <= at)

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
from widget.provider.asks import Asks, Unreadable
from widget.storage import purchases
from widget.storage.occasions import Occasion
from widget.upsell.judging import product_now

_LOOK_BACK = timedelta(days=10 * 365)
_SUBSCRIPTIONS = 10


async def facts_of(
    asks: Asks,
    occasion: Occasion,
    payment: Payment,
    bought: tuple[str, ...],
    needs: frozenset[Need],
    *,
    at: datetime,
) -> Facts:
    """What is known; None for what could not be read, so that nothing is offered on the strength of it.

    Of a moment in the app nothing is bought, and the payment is only the customer's latest.
    """
    moment = occasion.is_moment
    products, ids = await purchases.before(
        payment.customer_id, payment_id="" if moment else payment.id, until=int(at.timestamp() * 1000)
    )
    past, subscriptions, described = await asyncio.gather(
        _past(asks, payment, moment=moment, at=at) if "history" in needs else _nothing(),
        _subscriptions(asks, payment, ids) if "subscriptions" in needs else _nothing(),
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
        method=(payment.method_kind,) if payment.method_kind else None,
        payment_metadata=None if moment else payment.metadata,
        product_metadata=described,
        customer_metadata=payment.customer_metadata,
        bought_before=products,
        past_purchases=None if past is None else len(past),
        spent=None if past is None else _spent(past),
        subscriptions=subscriptions,
        locale=occasion.locale,
        occasion=occasion.name or "",
        occasion_data=occasion.data,
    )


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


async def _subscriptions(asks: Asks, payment: Payment, ids: tuple[str, ...]) -> tuple[Subscription, ...] | None:
    """Those we know of, as they are now; None where one of them could not be read."""
    wanted = dict.fromkeys([*payment.subscription_ids, *ids])
    found = [await asks.subscription(one) for one in list(wanted)[-_SUBSCRIPTIONS:]]
    known = tuple(one for one in found if isinstance(one, Subscription))
    return known if len(known) == len(found) else None

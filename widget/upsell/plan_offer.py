"""Judge an offered plan: whose subscription may move to it, and the price of a period; a change has its own preview."""

from msgspec import Struct
from msgspec.structs import replace

from widget.core.gate import Seen, Verdict, judge
from widget.core.money import Money
from widget.core.offer import Check, Offer
from widget.core.payment import Payment, Product
from widget.core.presentation import PlanOffer
from widget.core.subscription import Subscription, obstacle
from widget.provider.asks import Asks
from widget.storage import purchases, subscriptions
from widget.storage.standing import Standing, stand

_SUBSCRIPTIONS = 5  # asked about, the purchase's own first


class Move(Struct, frozen=True):
    """A subscription that may move to the offered plan."""

    product: Product
    plan: PlanOffer


async def judge_plan(asks: Asks, payment: Payment, offer: Offer, known: Seen) -> tuple[Move | None, Verdict]:
    """The move, and every check; nothing is charged from the card, so no method is asked for."""
    ids = await _ids(asks, payment)
    moves = [move for ref in ids if (move := await _move(asks, payment, offer, ref, known)) is not None]
    found = moves[0] if moves else None
    verdict = judge(
        replace(
            known,
            product_active=found is not None,
            owned=False,
            total=found.plan.price if found else None,
            methods=(),
        )
    )
    may_move = Check("may_move", found.plan.subscription_id if found else "no subscription", held=found is not None)
    showing = tuple(check for check in verdict.checks if check.name not in _OF_CHARGING)
    return found if verdict.show else None, Verdict(verdict.show, False, (), (may_move, *showing))


_OF_CHARGING = frozenset(
    {"has_method", "method_chargeable", "method_not_expired", "method_not_refused", "price_exact", "not_owned"}
)


async def _ids(asks: Asks, payment: Payment) -> tuple[str, ...]:
    """The purchase's own first, then those met here, then whatever else the provider lists as running."""
    _, earlier = await purchases.before(payment.customer_id, payment_id=payment.id)
    met = dict.fromkeys((*payment.subscription_ids, *earlier[::-1]))
    listed = await asks.subscriptions_of(payment.customer_id)
    running = [one.id for one in listed if one.status == "active"] if isinstance(listed, tuple) else []
    return tuple(dict.fromkeys((*met, *running)))[:_SUBSCRIPTIONS]


async def _move(asks: Asks, payment: Payment, offer: Offer, subscription_id: str, known: Seen) -> Move | None:
    found = await asks.subscription(subscription_id)
    if not isinstance(found, Subscription) or found.customer_id != payment.customer_id:
        return None
    await subscriptions.keep(found, at=int(known.now.timestamp() * 1000))
    standing = await stand(subscription_id)
    if standing is None or not _free(standing) or found.product_id == offer.product:
        return None
    terms = standing.terms(offer.product, found.quantity, found.addons)
    product = standing.products.get(offer.product)
    price = standing.price(offer.product, found.quantity, found.addons)
    if terms is None or not terms.allowed or product is None or product.archived or price is None:
        return None
    plan = PlanOffer(
        subscription_id=found.id,
        product_id=offer.product,
        price=Money(price, found.currency),
        price_now=_price_now(standing, product),
    )
    return Move(product, plan)


def _free(standing: Standing) -> bool:
    """Nothing is in the way of a change, and none is under way or planned."""
    subscription = standing.subscription
    return obstacle(subscription) is None and subscription.scheduled is None and standing.underway is None


def _price_now(standing: Standing, product: Product) -> Money | None:
    """What a period costs them now, where it is as long as the new plan's."""
    now = standing.subscription
    terms = product.recurring
    if terms is None or (terms.count, terms.interval) != (now.count, now.interval):
        return None
    amount = standing.price(now.product_id, now.quantity, now.addons)
    return Money(amount, now.currency) if amount is not None else None

"""Look back: past purchases with what was known of them then; the provider is read, nothing is written."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime

from msgspec.structs import replace

from widget.core.condition import Condition
from widget.core.gate import charging
from widget.core.offer import Check
from widget.core.payment import Payment, PaymentLine
from widget.core.replaying import Past
from widget.provider.asks import Asks, NotThere, Unreadable
from widget.storage.occasions import Occasion
from widget.storage.pasts import METHOD_CHECKS
from widget.upsell.facts import ever_of, facts_of, needs_of
from widget.upsell.prepare import bought_with, no_occasion

_PAGE_LIMIT = 10_000  # pages of a list; a longer one is somebody else's


async def with_facts(asks: Asks, past: Past, asked: Sequence[Condition]) -> Past:
    """The past with what these conditions ask, as of then; as it is where the provider cannot be read."""
    payment = await asks.payment(past.payment_id)
    return await _with_facts(asks, past, payment, asked) if isinstance(payment, Payment) else past


async def _with_facts(asks: Asks, past: Past, payment: Payment, asked: Sequence[Condition]) -> Past:
    occasion = Occasion(past.occasion_id, "post_purchase", payment.id, "ready", customer_id=payment.customer_id)
    facts = await facts_of(asks, occasion, payment, past.products, needs_of(asked), ever=ever_of(asked), at=past.at)
    if not past.occasion_id:  # never met here: what was listed before it is what they had
        had = dict.fromkeys((*(facts.bought_before or ()), *sorted(past.owned)))
        facts = replace(facts, bought_before=tuple(had))
    return replace(past, facts=facts)


async def at_dodo(
    asks: Asks, limit: int, *, without: frozenset[str], asked: Sequence[Condition]
) -> AsyncIterator[Past]:
    """The newest purchases the provider lists, oldest of them first; `without` are payment ids known already.

    What somebody owned by then is what these very purchases tell. Raises `Unlisted`.
    """
    owned: dict[str, frozenset[str]] = {}
    for line in reversed(await _lines(asks, limit)):
        payment = None if line.id in without else await asks.payment(line.id)
        if not isinstance(payment, Payment) or no_occasion(payment) is not None:
            continue
        products = await bought_with(asks, payment)
        before = owned.get(payment.customer_id, frozenset[str]())
        owned[payment.customer_id] = before | frozenset(products)
        yield await _past(asks, payment, products, before, asked)


class Unlisted(Exception):
    """The provider's list of payments could not be read."""


async def _lines(asks: Asks, limit: int) -> list[PaymentLine]:
    found: dict[str, PaymentLine] = {}
    for page in range(_PAGE_LIMIT):
        lines = await asks.payments_page(page)
        if isinstance(lines, NotThere | Unreadable):
            raise Unlisted(str(lines))
        found |= {line.id: line for line in lines if line.status == "succeeded" and line.charge_type in {"new", ""}}
        if not lines or len(found) >= limit:
            break
    return sorted(found.values(), key=lambda line: line.created_at, reverse=True)[:limit]


async def _past(
    asks: Asks, payment: Payment, products: tuple[str, ...], owned: frozenset[str], asked: Sequence[Condition]
) -> Past:
    past = Past(
        occasion_id="",
        payment_id=payment.id,
        customer_id=payment.customer_id,
        products=products,
        total=payment.total,
        country=payment.billing.country if payment.billing else "",
        at=payment.created_at,
        owned=owned,
        method_checks=await _methods(asks, payment, payment.created_at),
    )
    return await _with_facts(asks, past, payment, asked) if asked else past


async def _methods(asks: Asks, payment: Payment, at: datetime) -> tuple[Check, ...]:
    found = await asks.methods(payment.customer_id)
    if isinstance(found, NotThere | Unreadable):
        return ()
    _, checks = charging(found, used=payment.method_id, refused=frozenset(), exact=True, at=at)
    return tuple(check for check in checks if check.name in METHOD_CHECKS)

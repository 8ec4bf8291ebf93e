"""Choose the offer for an occasion: the first in order whose rule holds and that passes the gate."""

from datetime import UTC, datetime

from msgspec import Struct

from widget.core.condition_facts import Facts
from widget.core.considered import Considered
from widget.core.method import Method
from widget.core.money import Money
from widget.core.offer import Check, Offer, PurchaseFacts, rule_checks
from widget.core.payment import Payment
from widget.provider.asks import Asks, NotThere, Unreadable
from widget.storage import fairness, offers
from widget.storage.occasions import Occasion
from widget.upsell.facts import facts_of
from widget.upsell.judging import Step, judge_offer


class Choice(Struct, frozen=True):
    """The steps of the chain to show, none where no offer may be; and every offer that was looked at, with why."""

    steps: tuple[Step, ...]
    considered: tuple[Considered, ...]
    version: int  # of the file they were chosen from; another may have come in force since


async def choose(asks: Asks, occasion: Occasion, payment: Payment, bought: tuple[str, ...], *, now: int) -> Choice:
    """At most one chain, from the offers in force now."""
    at = datetime.fromtimestamp(now / 1000, UTC)
    country = payment.billing.country if payment.billing else ""
    total = Money(0, payment.total.currency) if occasion.is_moment else payment.total
    found = await asks.methods(payment.customer_id)
    methods = None if isinstance(found, NotThere | Unreadable) else found
    version, line_up = await offers.line_up()
    placement = occasion.placement
    asked = line_up.asks(placement)
    known = (
        await facts_of(asks, occasion, payment, bought, line_up.needs(placement), ever=line_up.ever(placement), at=at)
        if asked
        else Facts()
    )
    facts = PurchaseFacts(bought, total, country, at, occasion.name or "", known)
    capped = await fairness.caps_of(line_up.caps, payment.customer_id, now)
    judged: dict[int, tuple[Considered, ...]] = {}
    for place, head, checks in line_up.candidates(placement, facts, at):
        ruled = ((offer, checks if offer is head else rule_checks(offer, facts, at)) for offer in line_up.chain(head))
        steps, judged[place] = await _judge(asks, payment, tuple(ruled), bought, methods, at, capped)
        if steps:
            return Choice(steps, line_up.told(placement, facts, at, judged=judged, chosen=place), version)
    return Choice((), line_up.told(placement, facts, at, judged=judged, chosen=None), version)


async def _judge(
    asks: Asks,
    payment: Payment,
    chain: tuple[tuple[Offer, tuple[Check, ...]], ...],
    bought: tuple[str, ...],
    methods: tuple[Method, ...] | None,
    at: datetime,
    capped: tuple[Check, ...],
) -> tuple[tuple[Step, ...], tuple[Considered, ...]]:
    """The gate for every offer of a chain whose own rule holds (paused and ended ones have none); without its first
    there is no chain.
    """
    steps: list[Step] = []
    considered: list[Considered] = []
    for number, (offer, ruled) in enumerate(chain):
        if not all(check.held for check in ruled):
            considered.append(Considered(offer.name, ruled, False))
            continue
        step, verdict = await judge_offer(asks, payment, offer, bought, methods, at, capped)
        considered.append(Considered(offer.name, (*ruled, *verdict.checks), step is not None))
        if step is not None:
            steps.append(step)
        elif number == 0:
            break
    return tuple(steps), tuple(considered)

"""Choose the offer for an occasion: the first in order whose rule holds and that passes the gate."""

from datetime import UTC, datetime

from widget.core.condition import Condition
from widget.core.condition_facts import Facts
from widget.core.considered import Considered
from widget.core.money import Money
from widget.core.offer import Check, Offer, PurchaseFacts, chain, in_order, rule_checks
from widget.core.payment import Payment
from widget.provider.asks import Asks, NotThere, Unreadable
from widget.storage import offers
from widget.storage.occasions import Occasion
from widget.upsell.facts import facts_of
from widget.upsell.judging import Step, judge_offer


async def choose(
    asks: Asks, occasion: Occasion, payment: Payment, bought: tuple[str, ...], *, now: int
) -> tuple[list[Step], tuple[Considered, ...]]:
    """The steps of the chain to show, none where no offer may be; and every offer that was looked at, with why."""
    at = datetime.fromtimestamp(now / 1000, UTC)
    country = payment.billing.country if payment.billing else ""
    total = Money(0, payment.total.currency) if occasion.is_moment else payment.total
    found = await asks.methods(payment.customer_id)
    methods = None if isinstance(found, NotThere | Unreadable) else found
    _, in_force = await offers.in_force()
    asked = [head.when for head in in_order(in_force, occasion.placement) if isinstance(head.when, Condition)]
    known = await facts_of(asks, occasion, payment, bought, asked, at=at) if asked else Facts()
    facts = PurchaseFacts(bought, total, country, at, occasion.name or "", known)
    considered: list[Considered] = []
    for head in in_order(in_force, occasion.placement):
        checks = rule_checks(head, facts, at)
        if not all(check.held for check in checks):
            considered.append(Considered(head.name, checks, False))
            continue
        steps: list[Step] = []
        for offer in chain(head, in_force):
            step, verdict = await judge_offer(asks, payment, offer, bought, methods, at)
            if step is None and offer is head:
                considered.append(Considered(head.name, (*checks, *verdict.checks), False))
                break
            considered.append(Considered(offer.name, (*checks, *verdict.checks), step is not None))
            if step is not None:
                steps.append(step)
        if steps:
            return steps, (*considered, *_passed_over(in_force, occasion.placement, head, facts, at))
    return [], tuple(considered)


def _passed_over(
    in_force: tuple[Offer, ...], placement: str, chosen: Offer, facts: PurchaseFacts, at: datetime
) -> tuple[Considered, ...]:
    """Those behind the chosen one: nothing was asked about them but their rule."""
    heads = in_order(in_force, placement)
    behind = heads[heads.index(chosen) + 1 :]
    why = Check("first_in_order", chosen.name, held=False)
    return tuple(Considered(head.name, (*rule_checks(head, facts, at), why), False) for head in behind)

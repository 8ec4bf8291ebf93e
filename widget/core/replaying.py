"""What a draft of the offers file would have done for past purchases: the same law as live, on what was kept."""

from datetime import datetime

from msgspec import Struct

from widget.core.caps import cap_checks
from widget.core.condition_facts import Facts
from widget.core.considered import Considered
from widget.core.lineup import LineUp
from widget.core.money import Money
from widget.core.offer import Amounts, Check, Offer, PurchaseFacts
from widget.core.plan_family import PlanFamily, tiers


class Past(Struct, frozen=True):
    """A purchase as it was when its offer was prepared; `chosen` is what it brought then, first of the chain first."""

    occasion_id: str
    payment_id: str
    customer_id: str
    products: tuple[str, ...]
    total: Money
    country: str
    at: datetime
    chosen: tuple[str, ...] = ()
    owned: frozenset[str] = frozenset()  # products the customer had by then, this purchase included
    quiet: frozenset[str] = frozenset()  # offers they had said no to, within the quiet period
    shown: tuple[tuple[str, int], ...] = ()  # how often each offer had been shown to them
    shown_today: tuple[tuple[str, int], ...] = ()  # of these, within the 24 hours before
    cards: int = 0  # of all offers that they had seen, a chain once
    cards_today: int = 0  # of these, within the 24 hours before
    not_sold: tuple[tuple[str, Check], ...] = ()  # offers that were looked at then and could not be sold, and why
    method_checks: tuple[Check, ...] = ()  # what was found out about their saved methods
    facts: Facts | None = None  # what conditions may ask; None where only what stands above is known


class Replayed(Struct, frozen=True):
    """What the draft would have shown, and why not the others; `one_click` None where nothing is known of methods."""

    past: Past
    offer: str | None
    one_click: bool | None
    considered: tuple[Considered, ...]

    @property
    def differs(self) -> bool:
        """Something else than what was really shown."""
        return (self.past.chosen[0] if self.past.chosen else None) != self.offer


def replay(
    offers: tuple[Offer, ...] | LineUp,
    past: Past,
    *,
    families: tuple[PlanFamily, ...] = (),
    placement: str = "post_purchase",
    sells_else: frozenset[str] = frozenset(),
) -> Replayed:
    """Total and deterministic. Nothing is asked again: whether something could be sold is known of the offers that were
    looked at then, unless they are in `sells_else`: the names that sell something else in the draft.
    """
    known = past.facts or _facts(past)
    facts = PurchaseFacts(past.products, past.total, past.country, past.at, facts=known)
    line_up = offers if isinstance(offers, LineUp) else LineUp(offers)
    capped = cap_checks(line_up.caps, today=past.cards_today, in_all=past.cards)
    judged: dict[int, tuple[Considered, ...]] = {}
    for place, offer, ruled in line_up.candidates(placement, facts, past.at):
        unsold = () if offer.name in sells_else else tuple(check for name, check in past.not_sold if name == offer.name)
        checks = (*ruled, *unsold, *_gate(offer, past, known, families), *capped)
        held = all(check.held for check in checks)
        judged[place] = (Considered(offer.name, checks, held),)
        if held:
            one_click = all(check.held for check in past.method_checks) if past.method_checks else None
            if offer.plan_change:
                one_click = None
            why = line_up.told(placement, facts, past.at, judged=judged, chosen=place)
            return Replayed(past, offer.name, one_click, why)
    return Replayed(past, None, None, line_up.told(placement, facts, past.at, judged=judged, chosen=None))


def _facts(past: Past) -> Facts:
    return Facts(
        now=past.at,
        customer_id=past.customer_id,
        bought=past.products,
        total=past.total.amount,
        currency=past.total.currency,
        country=past.country or None,
        occasion="",
    )


def _gate(offer: Offer, past: Past, facts: Facts, families: tuple[PlanFamily, ...]) -> tuple[Check, ...]:
    times, today = dict(past.shown).get(offer.name, 0), dict(past.shown_today).get(offer.name, 0)
    amounts = offer.pay_what_you_want
    currency = past.total.currency
    says_how_much = (
        (Check("amount_currency", currency, currency == amounts.currency),) if isinstance(amounts, Amounts) else ()
    )
    return (
        _may_move(offer, facts, families) if offer.plan_change else _not_owned(offer, past),
        Check("not_declined", "quiet" if offer.name in past.quiet else "never", offer.name not in past.quiet),
        Check("cap_not_reached", str(times), not 0 < offer.shown_at_most <= times),
        *((Check("daily_cap_not_reached", str(today), today < offer.shown_per_day),) if offer.shown_per_day else ()),
        *says_how_much,
    )


def _not_owned(offer: Offer, past: Past) -> Check:
    """One of its products may be had."""
    had = [product for product in offer.products if product in past.owned or product in past.products]
    free = [
        product
        for product in offer.products
        if product not in had
        or offer.repeats == "always"
        or (offer.repeats == "once_per_order" and product not in past.products)
    ]
    return Check("not_owned", str(bool(had)).lower(), bool(free))


def _may_move(offer: Offer, facts: Facts, families: tuple[PlanFamily, ...]) -> Check:
    """Whether a subscription of theirs is in a family with the plan; a collection's plans are not known here."""
    if facts.subscriptions is None:
        return Check("may_move", "unread", held=False)
    plans = [{name for tier in tiers(family, None) for name in tier.products} for family in families]
    mine = {one.product_id for one in facts.subscriptions if one.status == "active"} - {offer.product}
    fits = any(offer.product in products and not mine.isdisjoint(products) for products in plans)
    return Check("may_move", ", ".join(sorted(mine)) or "no subscription", held=fits)

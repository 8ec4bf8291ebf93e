"""What a draft of the offers file would have done for past purchases: the same law as live, on what was kept."""

from datetime import datetime

from msgspec import Struct

from widget.core.considered import Considered
from widget.core.money import Money
from widget.core.offer import Check, Offer, PurchaseFacts, in_order, rule_checks


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
    method_checks: tuple[Check, ...] = ()  # what was found out about their saved methods


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


def replay(offers: tuple[Offer, ...], past: Past, *, placement: str = "post_purchase") -> Replayed:
    """Total and deterministic. Nothing is asked again: what was too cheap or archived then is not known here."""
    facts = PurchaseFacts(past.products, past.total, past.country, past.at)
    considered: list[Considered] = []
    for offer in in_order(offers, placement):
        checks = (*rule_checks(offer, facts, past.at), *_gate(offer, past))
        held = all(check.held for check in checks)
        considered.append(Considered(offer.name, checks, held))
        if held:
            one_click = all(check.held for check in past.method_checks) if past.method_checks else None
            return Replayed(past, offer.name, one_click, tuple(considered))
    return Replayed(past, None, None, tuple(considered))


def _gate(offer: Offer, past: Past) -> tuple[Check, ...]:
    repeats = offer.repeats == "always" or (offer.repeats == "once_per_order" and offer.product not in past.products)
    owned = offer.product in past.owned or offer.product in past.products
    times = dict(past.shown).get(offer.name, 0)
    return (
        Check("not_owned", str(owned).lower(), repeats or not owned),
        Check("not_declined", "quiet" if offer.name in past.quiet else "never", offer.name not in past.quiet),
        Check("cap_not_reached", str(times), not 0 < offer.shown_at_most <= times),
    )

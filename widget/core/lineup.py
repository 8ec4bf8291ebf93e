"""The offers in force, made ready once: who may open a chain where, in order, and whom a purchase can bring."""

from collections.abc import Iterator
from datetime import datetime
from heapq import merge
from typing import NamedTuple

from widget.core.caps import Caps
from widget.core.condition import Condition
from widget.core.condition_references import Need, references
from widget.core.considered import Considered
from widget.core.offer import Check, Offer, PurchaseFacts, chain_of, in_order, rule_checks

TOLD = 50  # offers before and after the chosen one whose reasons are kept; of the others their number


class Candidate(NamedTuple):
    """An offer whose rule holds: its place in the order, and the rule's checks."""

    place: int
    head: Offer
    checks: tuple[Check, ...]


class LineUp:
    """Offers of one version of the file; nothing in it changes after it was made."""

    def __init__(self, offers: tuple[Offer, ...] = (), caps: Caps | None = None) -> None:
        self.offers = offers
        self.caps = caps or Caps()
        self._by_name = {offer.name: offer for offer in offers}
        placements = {offer.placement for offer in offers if not offer.chain_only}
        self._at = {placement: _Placement(in_order(offers, placement)) for placement in placements}

    def heads(self, placement: str) -> tuple[Offer, ...]:
        """The offers that may open a chain there, highest priority first, then by name."""
        return self._there(placement).heads

    def needs(self, placement: str) -> frozenset[Need]:
        """What has to be read before the conditions of these offers can be asked."""
        return self._there(placement).needs

    def ever(self, placement: str) -> tuple[str, ...]:
        """The products whose whole past these conditions ask for, sorted."""
        return self._there(placement).ever

    def asks(self, placement: str) -> bool:
        """Whether one of these offers has a condition."""
        return self._there(placement).asks

    def chain(self, head: Offer) -> tuple[Offer, ...]:
        """The head and what follows on each no."""
        return chain_of(head, self._by_name)

    def candidates(self, placement: str, purchase: PurchaseFacts, now: datetime) -> Iterator[Candidate]:
        """Those whose rule holds, in order, each found when it is asked for.

        The same as asking every head, but most that cannot hold are never looked at.
        """
        there = self._there(placement)
        for place in there.possible(purchase):
            head = there.heads[place]
            if not _plainly_out(head, purchase, now):
                checks = rule_checks(head, purchase, now)
                if all(check.held for check in checks):
                    yield Candidate(place, head, checks)

    def told(
        self,
        placement: str,
        purchase: PurchaseFacts,
        now: datetime,
        *,
        judged: dict[int, tuple[Considered, ...]],
        chosen: int | None,
    ) -> tuple[Considered, ...]:
        """Every offer that was judged and the nearest others, in order; then how many more there are.

        `judged` is what the gate said, by place; the others did not pass their rule, or stand behind the chosen one.
        """
        heads = self.heads(placement)
        start, end = (0, TOLD) if chosen is None else (chosen - TOLD, chosen + TOLD + 1)
        near = range(max(0, start), min(len(heads), end))
        found: list[Considered] = []
        places = sorted({*near, *judged})
        for place in places:
            if place in judged:
                found += judged[place]
                continue
            checks = rule_checks(heads[place], purchase, now)
            if chosen is not None and place > chosen:
                checks = (*checks, Check("first_in_order", heads[chosen].name, held=False))
            found.append(Considered(heads[place].name, checks, False))
        if len(heads) > len(places):
            found.append(Considered("", (Check("more_offers", str(len(heads) - len(places)), held=False),), False))
        return tuple(found)

    def _there(self, placement: str) -> "_Placement":
        return self._at.get(placement, _NOWHERE)


class _Placement:
    """The heads of one placement, found by what they cannot do without: a product, a moment, a country, a currency."""

    def __init__(self, heads: tuple[Offer, ...]) -> None:
        self.heads = heads
        conditions = [head.when for head in heads if isinstance(head.when, Condition)]
        self.asks = bool(conditions)
        named = [references(one) for one in conditions]
        self.needs: frozenset[Need] = frozenset().union(*(one.needs for one in named))
        self.ever = tuple(sorted({product for one in named for product in one.ever}))
        self._by_key: dict[tuple[str, str], list[int]] = {}
        for place, head in enumerate(heads):
            for key in dict.fromkeys(_keys(head)):
                self._by_key.setdefault(key, []).append(place)

    def possible(self, purchase: PurchaseFacts) -> Iterator[int]:
        """The places of those that these facts may bring, in order, each once."""
        facts = purchase.facts
        keys = {("", ""), ("country", purchase.country), ("currency", purchase.total.currency)}
        keys |= {("occasion", purchase.occasion)}
        keys |= {("product", product) for product in (*purchase.products, *(facts.bought or ()))}
        last = -1
        for place in merge(*(self._by_key[key] for key in keys if key in self._by_key)):
            if place != last:
                yield place
            last = place


_NOWHERE = _Placement(())


def _keys(head: Offer) -> tuple[tuple[str, str], ...]:
    """One of these has to be there for the rule to hold; ("", "") always is."""
    rule = head.rule
    for kind, names in (
        ("product", rule.bought_any or (_needed(head.when) if isinstance(head.when, Condition) else ())),
        ("occasion", rule.occasions),
        ("country", rule.countries),
        ("currency", rule.currencies),
    ):
        if names:
            return tuple((kind, name) for name in names)
    return (("", ""),)


def _needed(condition: Condition) -> tuple[str, ...]:
    """Products of which a condition needs one bought, as far as that is plain from its top; else none."""
    if isinstance(condition.bought, tuple):
        return condition.bought
    if isinstance(condition.all, tuple):
        return next((found for part in condition.all if (found := _needed(part))), ())
    return ()


def _plainly_out(head: Offer, purchase: PurchaseFacts, now: datetime) -> bool:
    """The cheap parts of the rule, before a tree is walked and values are written down."""
    rule, total = head.rule, purchase.total
    return bool(
        head.paused
        or (head.starts is not None and now < head.starts)
        or (head.ends is not None and now >= head.ends)
        or (rule.min_total is not None and total.amount < rule.min_total)
        or (rule.max_total is not None and total.amount > rule.max_total)
        or (rule.currencies and total.currency not in rule.currencies)
        or (rule.countries and purchase.country not in rule.countries)
        or (rule.occasions and purchase.occasion not in rule.occasions)
        or (rule.bought_any and not any(product in rule.bought_any for product in purchase.products))
        or (rule.bought_none and any(product in rule.bought_none for product in purchase.products))
    )

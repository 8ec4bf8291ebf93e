"""Offers nobody can ever be shown: rule, conditions, placement, currency and chain that contradict each other."""

from collections.abc import Callable, Iterator
from typing import Any

from msgspec import UNSET

from widget.core.condition import TREE, Bounds, Condition, Entry, Total, only
from widget.core.condition_clash import IMPOSSIBLE, Clash, Term, clash
from widget.core.offer import Amounts, Offer
from widget.core.toml_lines import Path, spelled

AFTER_A_PURCHASE = "post_purchase"
# Of a moment in the app nobody ever knows these, so that a `none` around them does not hold either.
_NEVER_KNOWN_IN_A_MOMENT = frozenset({"total", "payment_metadata"})
_NOTHING_BOUGHT = "of a moment in the app nothing is bought in this payment"
_INSTEAD = "ever_bought asks for what they bought before, spent for how much"


def never_flaws(offer: Offer, offers: tuple[Offer, ...]) -> list[tuple[Path, str]]:
    """The first reason why it can never be shown, with its path within the offer; nothing where it may be."""
    return [*_first(offer), *_unreached(offer, offers)]


def _first(offer: Offer) -> list[tuple[Path, str]]:
    when = offer.when if isinstance(offer.when, Condition) else Condition(all=())
    ruled = tuple(_rule_terms(offer))
    if found := clash(when, ("when",), ruled):
        return [(found.path, found.message)]
    for extra, why in _silent_terms(offer):
        if found := clash(when, ("when",), (extra, *ruled)):
            return [(_said_at(found, extra), f"{IMPOSSIBLE}{why}")]
    return [] if offer.chain_only else list(_misplaced(offer, when))


def _rule_terms(offer: Offer) -> Iterator[Term]:
    """The parts of a flat rule as leaves, each with its own path."""
    rule = offer.rule
    low = UNSET if rule.min_total is None else rule.min_total
    high = UNSET if rule.max_total is None else rule.max_total
    for name, key, value in (
        ("bought_any", "bought", rule.bought_any),
        ("bought_none", "not_bought", rule.bought_none),
        ("currencies", "currency", rule.currencies),
        ("countries", "country", rule.countries),
        ("occasions", "occasion", rule.occasions),
        ("min_total", "total", () if low is UNSET and high is UNSET else Total(at_least=low, at_most=high)),
    ):
        if value:
            yield Term(("rule", name), key, value)


def _silent_terms(offer: Offer) -> Iterator[tuple[Term, str]]:
    """What must hold although no rule says it, and how to say that it does not."""
    amounts = offer.pay_what_you_want
    if isinstance(amounts, Amounts):
        yield (
            Term(("pay_what_you_want", "currency"), "currency", (amounts.currency,)),
            f"an amount in {amounts.currency} is offered only to those who pay in {amounts.currency}",
        )
    if offer.repeats != "always" and not offer.alternatives and not offer.plan_change:
        yield (
            Term(("product",), "not_bought", (offer.product,)),
            f'who buys {offer.product} has it already, and repeats is "{offer.repeats}"',
        )


def _said_at(found: Clash, extra: Term) -> Path:
    return found.path or extra.path


def _misplaced(offer: Offer, when: Condition) -> Iterator[tuple[Path, str]]:
    moment, purchase = _moment_needed(offer, when), _purchase_needed(offer, when)
    if moment and offer.placement == AFTER_A_PURCHASE:
        yield moment, f'{IMPOSSIBLE}a moment in the app is not shown at "{AFTER_A_PURCHASE}"; give a placement'
    elif moment and purchase:
        yield purchase, f"{IMPOSSIBLE}{_NOTHING_BOUGHT} ({spelled(moment)}); {_INSTEAD}"


def placement_warnings(offers: tuple[Offer, ...]) -> list[tuple[Path, str]]:
    """Offers in the app that ask for what is bought in a payment: only a ticket that names a payment brings them."""
    found: list[tuple[Path, str]] = []
    for index, offer in enumerate(offers):
        when = offer.when if isinstance(offer.when, Condition) else Condition(all=())
        path = None if offer.chain_only or offer.placement == AFTER_A_PURCHASE else _purchase_needed(offer, when)
        if path:
            said = (
                f'{_NOTHING_BOUGHT}: at "{offer.placement}" only a ticket that names a payment brings this; {_INSTEAD}'
            )
            found.append((("offer", index, *path), said))
    return found


def _moment_needed(offer: Offer, when: Condition) -> Path | None:
    if offer.rule.occasions:
        return ("rule", "occasions")
    return _needed(when, ("when",), _of_a_moment, frozenset())


def _purchase_needed(offer: Offer, when: Condition) -> Path | None:
    if offer.rule.bought_any:
        return ("rule", "bought_any")
    if (offer.rule.min_total or 0) > 0:
        return ("rule", "min_total")
    return _needed(when, ("when",), _of_a_purchase, _NEVER_KNOWN_IN_A_MOMENT)


def _of_a_moment(key: str, value: Any) -> bool:
    """A purchase has neither name nor data: only that some data is absent holds there."""
    return key == "occasion" or (key == "occasion_data" and isinstance(value, Entry) and value.exists is not False)


def _of_a_purchase(key: str, value: Any) -> bool:
    some = key == "items" and isinstance(value, Bounds) and value.at_least is not UNSET and value.at_least > 0
    return some or key in {"bought", "bought_all", "product_metadata", *_NEVER_KNOWN_IN_A_MOMENT}


def _needed(condition: Condition, path: Path, of: Callable[[str, Any], bool], unknown: frozenset[str]) -> Path | None:
    """Where it needs a leaf of that kind, or excludes one that elsewhere nobody knows; None where it can do without."""
    key, value = only(condition)
    at = (*path, key)
    if key not in TREE:
        return at if of(key, value) else None
    if key == "none":
        return next(((*at, index, one) for index, part in enumerate(value) if (one := only(part)[0]) in unknown), None)
    each = [_needed(part, (*at, index), of, unknown) for index, part in enumerate(value)]
    if key == "any":
        return at if each and None not in each else None
    return next((one for one in each if one is not None), None)


def _unreached(offer: Offer, offers: tuple[Offer, ...]) -> Iterator[tuple[Path, str]]:
    if offer.chain_only and not any(one.on_decline == offer.name for one in offers):
        yield ("chain_only",), "no offer leads here: write its name as the on_decline of another, or leave this out"

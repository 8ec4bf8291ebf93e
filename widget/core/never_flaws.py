"""Offers nobody can ever be shown: rule, conditions, placement, currency and chain that contradict each other."""

from collections.abc import Iterator

from msgspec import UNSET

from widget.core.condition import TREE, Bounds, Condition, Total, only
from widget.core.condition_clash import IMPOSSIBLE, Clash, Term, clash
from widget.core.offer import Amounts, Offer
from widget.core.toml_lines import Path

AFTER_A_PURCHASE = "post_purchase"
# What a moment in the app has not got, so that no leaf about it ever holds there, nor a `none` around the last two.
_NOT_IN_A_MOMENT = ("bought", "bought_all", "product_metadata", "total", "payment_metadata")
_NEVER_KNOWN_THERE = frozenset({"total", "payment_metadata"})


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
    rule, at = offer.rule, offer.placement
    if at == AFTER_A_PURCHASE:
        if rule.occasions:
            yield ("rule", "occasions"), f'{IMPOSSIBLE}a moment in the app is not shown at "{at}"; give a placement'
        elif path := _hopeless(when, ("when",), ("occasion", "occasion_data"), frozenset()):
            yield path, f'{IMPOSSIBLE}a moment in the app is not shown at "{at}"; give a placement'
        return
    nothing = f'{IMPOSSIBLE}at "{at}" nothing is bought in this payment'
    instead = "ever_bought asks for what they bought before, spent for how much"
    if rule.bought_any:
        yield ("rule", "bought_any"), f"{nothing}; in a when, {instead}"
    elif (rule.min_total or 0) > 0:
        yield ("rule", "min_total"), f"{nothing}; in a when, {instead}"
    elif path := _hopeless(when, ("when",), _NOT_IN_A_MOMENT, _NEVER_KNOWN_THERE):
        yield path, f"{nothing}; {instead}"


def _hopeless(condition: Condition, path: Path, dead: tuple[str, ...], unknown: frozenset[str]) -> Path | None:
    """Where it needs a leaf that never holds, or excludes one that is never known; None where it may hold."""
    key, value = only(condition)
    at = (*path, key)
    if key not in TREE:
        none_bought = (
            key == "items" and isinstance(value, Bounds) and value.at_least is not UNSET and value.at_least > 0
        )
        return at if key in dead or (none_bought and "bought" in dead) else None
    if key == "none":
        return next(((*at, index, one) for index, part in enumerate(value) if (one := only(part)[0]) in unknown), None)
    each = [_hopeless(part, (*at, index), dead, unknown) for index, part in enumerate(value)]
    if key == "any":
        return at if each and None not in each else None
    return next((one for one in each if one is not None), None)


def _unreached(offer: Offer, offers: tuple[Offer, ...]) -> Iterator[tuple[Path, str]]:
    if offer.chain_only and not any(one.on_decline == offer.name for one in offers):
        yield ("chain_only",), "no offer leads here: write its name as the on_decline of another, or leave this out"

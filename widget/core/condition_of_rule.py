"""A flat rule as a condition, with the same truth."""

from msgspec import UNSET

from widget.core.condition import Condition, Total
from widget.core.offer import Rule


def from_rule(rule: Rule) -> Condition:
    """All of its parts; an empty rule holds for everyone, and so does an empty `all`."""
    parts = [
        Condition(bought=rule.bought_any) if rule.bought_any else None,
        Condition(not_bought=rule.bought_none) if rule.bought_none else None,
        Condition(currency=rule.currencies) if rule.currencies else None,
        Condition(country=rule.countries) if rule.countries else None,
        _total(rule),
        Condition(occasion=rule.occasions) if rule.occasions else None,
    ]
    return Condition(all=tuple(part for part in parts if part is not None))


def _total(rule: Rule) -> Condition | None:
    """In whatever currency the payment was made: a rule never named one."""
    if rule.min_total is None and rule.max_total is None:
        return None
    low = UNSET if rule.min_total is None else rule.min_total
    high = UNSET if rule.max_total is None else rule.max_total
    return Condition(total=Total(at_least=low, at_most=high))

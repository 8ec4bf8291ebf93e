"""Why an offer was chosen or not: every check with the value it saw, kept with its occasion."""

from msgspec import Struct

from widget.core.condition_outcome import what_would_change
from widget.core.offer import Check


class Considered(Struct, frozen=True):
    """An offer that was looked at for an occasion; of nothing at all the offer is empty."""

    offer: str
    checks: tuple[Check, ...]
    chosen: bool


# What would have to be otherwise, by the name of the check; checks of a rule are told by their value.
_NEEDS = {
    "not_paused": "the offer is paused",
    "started": "the offer has not started yet",
    "not_ended": "the offer has ended",
    "product_active": "the product must be for sale at Dodo",
    "not_owned": "the customer must not have it already, or repeats be allowed",
    "not_declined": "the quiet period after their no must be over",
    "cap_not_reached": "it was shown to this customer as often as it may be",
    "daily_cap_not_reached": "it was shown to this customer as often today as it may be",
    "customer_daily_cap_not_reached": "fewer cards of any offer in 24 hours, or a higher [caps] per_customer_per_day",
    "customer_cap_not_reached": "fewer cards of any offer, or a higher [caps] per_customer",
    "above_minimum": "the price must be at least Dodo's minimum",
    "has_method": "the customer needs a saved payment method",
    "method_chargeable": "the saved method must be a card, Apple Pay or Google Pay",
    "method_not_expired": "the saved card must not be expired",
    "method_not_refused": "the saved card was refused lately",
    "price_exact": "Dodo must name an exact price",
    "first_in_order": "an offer before it was chosen",
    "more_offers": "so many more are in force here; of them no reasons are kept",
    "has_purchase": "the customer needs a purchase at Dodo",
    "paid": "the payment must have succeeded",
    "not_ours": "the payment is one of Encore's own",
    "not_a_card_check": "the payment only checked a card",
    "a_purchase": "the payment must be a purchase, not a renewal or a plan change",
    "has_country": "the payment needs a billing country",
}
# Without these the card is shown all the same, and its button leads to the hosted checkout.
_ONE_CLICK = frozenset({"has_method", "method_chargeable", "method_not_expired", "method_not_refused", "price_exact"})


def missing(considered: Considered) -> tuple[str, ...]:
    """What would have to change for it to be shown; of a chosen one, what keeps it from one click."""
    said: list[str] = []
    for check in considered.checks:
        if check.held or (check.name in _ONE_CLICK) != considered.chosen:
            continue
        said += _would_need(check)
    return tuple(said)


def _would_need(check: Check) -> tuple[str, ...]:
    """Of a tree the fewest leaves that would have to change, each with what it saw."""
    if check.conditions is not None:
        return tuple(f"when: {change}" for change in what_would_change(check.conditions)) or ("when: it never holds",)
    need = _NEEDS.get(check.name) or f"the rule needs {check.need or 'another'}"
    return (f"{check.name} ({check.value}): {need}",)

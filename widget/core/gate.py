"""The gate: may this offer be shown, and may it be charged in one click (product D4)."""

from datetime import datetime

from msgspec import Struct

from widget.core.method import Method, best_first, chargeable_kind, expired
from widget.core.money import Money
from widget.core.offer import Check

# Dodo's documented minimum charges in minor units (supported currencies); others: half a unit is assumed too
# little to know, so only a positive amount is asked and the provider's own refusal decides.
MINIMUM = {"USD": 50, "EUR": 50, "GBP": 30, "INR": 500, "JPY": 50}


class Seen(Struct, frozen=True):
    """What was found out about customer, product and price; None where it could not be read."""

    product_active: bool | None
    owned: bool | None
    repeats_allowed: bool
    declined_until: datetime | None
    times_shown: int
    shown_at_most: int  # 0 is no cap
    total: Money | None
    exact: bool
    methods: tuple[Method, ...] | None
    used_method: str | None
    refused_methods: frozenset[str]  # refused lately for this customer: not tried again
    now: datetime
    shown_today: int = 0  # within the last 24 hours
    shown_per_day: int = 0  # 0 is no cap
    of_all_offers: tuple[Check, ...] = ()  # the file's own caps, the same for every offer of an occasion


class Verdict(Struct, frozen=True):
    """Whether to show, whether one click will do, with what methods (best first), and every check."""

    show: bool
    one_click: bool
    methods: tuple[Method, ...]
    checks: tuple[Check, ...]


def judge(seen: Seen) -> Verdict:
    """Every check is made and recorded, passed or not; the hosted checkout needs only those that allow showing."""
    showing = _may_show(seen)
    methods, may_charge = charging(
        seen.methods, used=seen.used_method, refused=seen.refused_methods, exact=seen.exact, at=seen.now
    )
    show = all(check.held for check in showing)
    return Verdict(
        show=show,
        one_click=show and all(check.held for check in may_charge),
        methods=methods,
        checks=(*showing, *may_charge),
    )


def enough(total: Money) -> bool:
    """Whether the provider takes so little; in minor units."""
    return total.amount >= MINIMUM.get(total.currency, 1)


def _may_show(seen: Seen) -> tuple[Check, ...]:
    total = seen.total
    quiet = seen.declined_until is None or seen.declined_until <= seen.now
    today = Check("daily_cap_not_reached", str(seen.shown_today), seen.shown_today < seen.shown_per_day)
    daily = (today,) if seen.shown_per_day > 0 else ()
    capped = seen.shown_at_most > 0 and seen.times_shown >= seen.shown_at_most
    return (
        Check("product_active", _text(seen.product_active), seen.product_active is True),
        Check("not_owned", _text(seen.owned), seen.repeats_allowed or seen.owned is False),
        Check("not_declined", seen.declined_until.isoformat() if seen.declined_until else "never", quiet),
        Check("cap_not_reached", str(seen.times_shown), not capped),
        *daily,
        *seen.of_all_offers,
        Check(
            "above_minimum",
            f"{total.amount} {total.currency}" if total else "no price",
            total is not None and enough(total),
        ),
    )


def charging(
    methods: tuple[Method, ...] | None, *, used: str | None, refused: frozenset[str], exact: bool, at: datetime
) -> tuple[tuple[Method, ...], tuple[Check, ...]]:
    """Which saved methods may be charged, best first, and every check; `methods` None where they could not be read."""
    found = methods or ()
    kind = tuple(m for m in found if chargeable_kind(m))
    fresh = tuple(m for m in kind if not expired(m, at))
    willing = tuple(m for m in fresh if m.id not in refused)
    usable = best_first(willing, used)
    checks = (
        Check("has_method", "unread" if methods is None else str(len(found)), bool(found)),
        Check("method_chargeable", ",".join(m.fine_kind or m.kind for m in found) or "none", bool(kind)),
        Check("method_not_expired", str(len(fresh)), bool(fresh)),
        Check("method_not_refused", str(len(willing)), bool(willing)),
        Check("price_exact", _text(exact), exact),
    )
    return usable, checks


def _text(value: bool | None) -> str:
    return "unread" if value is None else str(value).lower()

"""What a leaf of a condition sees in the facts, and whether it holds: yes, no, or nobody knows."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from msgspec import UNSET

from widget.core.condition import WEEKDAYS, Bounds, Entry, Scalar, Spent, Subscribed, Total, Window
from widget.core.condition_entries import entry_holds
from widget.core.condition_facts import Facts
from widget.core.condition_wanted import listed, spelled_scalar, statuses, zone_name
from widget.core.subscription import Subscription


class Seen(NamedTuple):
    """The actual value in words, and whether the leaf holds; None where the fact is unknown."""

    value: str
    held: bool | None


UNKNOWN = Seen("unknown", None)
_DAY_MINUTES = 24 * 60


def seen(key: str, value: Any, facts: Facts, salt: str) -> Seen:
    """A leaf against the facts; never raises, whatever they are."""
    return _bucket(value, facts, salt) if key == "share" else _READERS[key](value, facts)


def bucket(salt: str, customer_id: str) -> int:
    """0 to 99: the same for the same salt and customer for ever, independent between salts."""
    digest = sha256(f"{salt}\n{customer_id}".encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(digest[:8], "big") % 100


def minutes(clock: str) -> int | None:
    """HH:MM, up to 24:00, as minutes of the day."""
    hour, colon, minute = clock.partition(":")
    if not (colon and len(hour) == len(minute) == 2 and (hour + minute).isascii() and (hour + minute).isdigit()):
        return None
    found = int(hour) * 60 + int(minute)
    return found if int(minute) < 60 and found <= _DAY_MINUTES else None


def within(bounds: Bounds, number: int) -> bool:
    """Both bounds are included."""
    low = bounds.at_least is UNSET or number >= bounds.at_least
    return low and (bounds.at_most is UNSET or number <= bounds.at_most)


def _bucket(percent: int, facts: Facts, salt: str) -> Seen:
    if facts.customer_id is None:
        return UNKNOWN
    place = bucket(salt, facts.customer_id)
    return Seen(f"{place} of 100", place < percent)


def _ever(facts: Facts) -> tuple[str, ...] | None:
    if facts.bought is None or facts.bought_before is None:
        return None
    return (*facts.bought_before, *facts.bought)


def _products(have: tuple[str, ...] | None, holds: Callable[[frozenset[str]], bool]) -> Seen:
    return UNKNOWN if have is None else Seen(listed(have), holds(frozenset(have)))


def _word(asked: tuple[str, ...], word: str | None) -> Seen:
    return UNKNOWN if word is None else Seen(word or "none", word in asked)


def _number(asked: Bounds, number: int | None) -> Seen:
    return UNKNOWN if number is None else Seen(str(number), within(asked, number))


def _total(asked: Total, facts: Facts) -> Seen:
    if facts.total is None or facts.currency is None:
        return UNKNOWN
    fits = asked.currency is UNSET or asked.currency == facts.currency
    return Seen(f"{facts.total} {facts.currency}", fits and within(asked, facts.total))


def _spent(asked: Spent, facts: Facts) -> Seen:
    if facts.spent is None:
        return UNKNOWN
    total = facts.spent.get(asked.currency, 0)
    return Seen(f"{total} {asked.currency}", within(asked, total))


def _customer(asked: str, facts: Facts) -> Seen:
    if facts.past_purchases is None:
        return UNKNOWN
    actual = "first" if facts.past_purchases < 1 else "returning"
    return Seen(actual, actual == asked)


def _locale(asked: tuple[str, ...], facts: Facts) -> Seen:
    if facts.locale is None:
        return UNKNOWN
    actual = plain_locale(facts.locale)
    return Seen(facts.locale or "none", any(f"{actual}-".startswith(f"{plain_locale(one)}-") for one in asked))


def plain_locale(name: str) -> str:
    """In the one spelling that names are compared in."""
    return name.lower().replace("_", "-")


def _entry(asked: Entry, have: Mapping[str, Scalar] | None, typed: bool = False) -> Seen:
    if have is None:
        return UNKNOWN
    value = spelled_scalar(have[asked.key]) if asked.key in have else "absent"
    return Seen(value, entry_holds(asked, have, typed))


def _product_entry(asked: Entry, facts: Facts) -> Seen:
    if facts.product_metadata is None:
        return UNKNOWN
    each = sorted(facts.product_metadata.items())
    values = [f"{product}: {_entry(asked, have).value}" for product, have in each]
    return Seen(", ".join(values) or "nothing", any(entry_holds(asked, have) for _, have in each))


def _subscribed(asked: Subscribed, facts: Facts) -> Seen:
    if facts.subscriptions is None:
        return UNKNOWN
    fits = [_fits(asked, one, facts.now) for one in facts.subscriptions]
    told = [_told(one, facts.now) for one in facts.subscriptions]
    return Seen("; ".join(sorted(told)) or "none", True if True in fits else None if None in fits else False)


def _told(one: Subscription, now: datetime | None) -> str:
    days = _days(one, now)
    age = "age unknown" if days is None else f"{days} days"
    return f"{one.product_id} {one.status}, {one.quantity} seats, {age}"


def _fits(asked: Subscribed, one: Subscription, now: datetime | None) -> bool | None:
    of_product = asked.product is UNSET or one.product_id in asked.product
    seated = asked.seats is UNSET or within(asked.seats, one.quantity)
    if not (of_product and seated and one.status in statuses(asked)):
        return False
    days = _days(one, now)
    return True if asked.days is UNSET else None if days is None else within(asked.days, days)


def _days(one: Subscription, now: datetime | None) -> int | None:
    return None if now is None or one.created_at is None else (_aware(now) - _aware(one.created_at)).days


def _aware(at: datetime) -> datetime:
    return at if at.tzinfo is not None else at.replace(tzinfo=UTC)


def _time(asked: Window, facts: Facts) -> Seen:
    start = 0 if asked.start is UNSET else minutes(asked.start)
    end = _DAY_MINUTES if asked.end is UNSET else minutes(asked.end)
    if facts.now is None or start is None or end is None:
        return UNKNOWN
    try:
        local = _aware(facts.now).astimezone(ZoneInfo(zone_name(asked)))
    except (KeyError, ValueError, OSError, OverflowError):  # no such zone on this machine, or no such moment there
        return UNKNOWN
    day = WEEKDAYS[local.weekday()]
    on_day = asked.days is UNSET or day in asked.days
    value = f"{day} {local:%H:%M} {zone_name(asked)}"
    return Seen(value, on_day and start <= local.hour * 60 + local.minute < end)


_READERS: dict[str, Callable[[Any, Facts], Seen]] = {
    "bought": lambda asked, facts: _products(facts.bought, lambda have: not have.isdisjoint(asked)),
    "bought_all": lambda asked, facts: _products(facts.bought, lambda have: have.issuperset(asked)),
    "not_bought": lambda asked, facts: _products(facts.bought, lambda have: have.isdisjoint(asked)),
    "ever_bought": lambda asked, facts: _products(_ever(facts), lambda have: not have.isdisjoint(asked)),
    "ever_bought_all": lambda asked, facts: _products(_ever(facts), lambda have: have.issuperset(asked)),
    "never_bought": lambda asked, facts: _products(_ever(facts), lambda have: have.isdisjoint(asked)),
    "total": _total,
    "items": lambda asked, facts: _number(asked, facts.items),
    "currency": lambda asked, facts: _word(asked, facts.currency),
    "country": lambda asked, facts: _word(asked, facts.country),
    "method": lambda asked, facts: _products(facts.method, lambda have: not have.isdisjoint(asked)),
    "payment_metadata": lambda asked, facts: _entry(asked, facts.payment_metadata),
    "product_metadata": _product_entry,
    "subscribed": _subscribed,
    "customer": _customer,
    "past_purchases": lambda asked, facts: _number(asked, facts.past_purchases),
    "spent": _spent,
    "customer_metadata": lambda asked, facts: _entry(asked, facts.customer_metadata),
    "locale": _locale,
    "time": _time,
    "occasion": lambda asked, facts: _word(asked, facts.occasion),
    "occasion_data": lambda asked, facts: _entry(asked, facts.occasion_data, True),
}

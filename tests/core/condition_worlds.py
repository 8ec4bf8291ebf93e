"""Conditions and facts drawn from a small world, so that they often meet and often contradict each other."""

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st
from msgspec import UNSET

from widget.core.condition import WEEKDAYS, Bounds, Condition, DataEntry, Entry, Spent, Subscribed, Total, Window
from widget.core.condition_facts import Facts
from widget.core.subscription import Subscription

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)  # a Saturday
PRODUCTS = ("pdt_course", "pdt_workbook", "pdt_pen")
STATUSES = ("active", "on_hold", "cancelled")
SCALARS = st.sampled_from(["gold", "1", "true", 1, 1.0, 2, 0.5, True, False])


def some(strategy):
    return st.lists(strategy, min_size=1, max_size=2).map(tuple)


def maybe(strategy):
    return st.just(UNSET) | strategy


def known(strategy):
    """A fact, or nobody could read it."""
    return st.none() | strategy


NUMBERS = st.integers(0, 4)
CLOCKS = st.sampled_from(["00:00", "09:30", "12:00", "12:01", "18:00", "24:00"])
BOUNDS = st.builds(Bounds, at_least=NUMBERS, at_most=maybe(NUMBERS)) | st.builds(Bounds, at_most=NUMBERS)
CURRENCIES = st.sampled_from(["USD", "EUR"])
ENTRIES = st.one_of(
    st.builds(Entry, key=st.sampled_from("ab"), equals=SCALARS),
    st.builds(Entry, key=st.sampled_from("ab"), one_of=some(SCALARS)),
    st.builds(Entry, key=st.sampled_from("ab"), exists=st.booleans()),
)
DATA_NUMBERS = st.sampled_from([0, 0.5, 1, 1.0, 2])
DATA_ENTRIES = st.one_of(
    st.builds(DataEntry, key=st.sampled_from("ab"), equals=SCALARS),
    st.builds(DataEntry, key=st.sampled_from("ab"), one_of=some(SCALARS)),
    st.builds(DataEntry, key=st.sampled_from("ab"), exists=st.booleans()),
    st.builds(DataEntry, key=st.sampled_from("ab"), at_least=DATA_NUMBERS, below=maybe(DATA_NUMBERS)),
    st.builds(DataEntry, key=st.sampled_from("ab"), above=DATA_NUMBERS, at_most=maybe(DATA_NUMBERS)),
)
WINDOWS = st.builds(
    Window,
    zone=maybe(st.sampled_from(["UTC", "Europe/Berlin", "Pacific/Auckland"])),
    days=maybe(some(st.sampled_from(WEEKDAYS))),
    start=CLOCKS,
    end=maybe(CLOCKS),
)
SUBSCRIBED = st.builds(
    Subscribed,
    product=maybe(some(st.sampled_from(PRODUCTS))),
    status=maybe(some(st.sampled_from(STATUSES))),
    seats=maybe(BOUNDS),
    days=maybe(BOUNDS),
)
LEAVES = st.one_of(
    *(
        st.builds(Condition, **{key: some(st.sampled_from(PRODUCTS))})
        for key in ("bought", "bought_all", "not_bought", "ever_bought", "ever_bought_all", "never_bought")
    ),
    st.builds(Condition, total=st.builds(Total, at_least=NUMBERS, at_most=maybe(NUMBERS), currency=maybe(CURRENCIES))),
    st.builds(Condition, items=BOUNDS),
    st.builds(Condition, past_purchases=BOUNDS),
    st.builds(Condition, spent=st.builds(Spent, at_least=NUMBERS, at_most=maybe(NUMBERS), currency=CURRENCIES)),
    st.builds(Condition, currency=some(CURRENCIES)),
    st.builds(Condition, country=some(st.sampled_from(["DE", "AT", "US"]))),
    st.builds(Condition, method=some(st.sampled_from(["card", "wallet", "apple_pay"]))),
    st.builds(Condition, payment_metadata=ENTRIES),
    st.builds(Condition, product_metadata=ENTRIES),
    st.builds(Condition, customer_metadata=ENTRIES),
    st.builds(Condition, subscribed=SUBSCRIBED),
    st.builds(Condition, customer=st.sampled_from(["first", "returning"])),
    st.builds(Condition, locale=some(st.sampled_from(["de", "de-AT", "de_de", "pt-BR", "d"]))),
    st.builds(Condition, share=st.sampled_from([0, 1, 30, 50, 99, 100])),
    st.builds(Condition, time=WINDOWS),
    st.builds(Condition, occasion=some(st.sampled_from(["limit_near", "milestone"]))),
    st.builds(Condition, occasion_data=DATA_ENTRIES),
)


def _trees(parts):
    several = st.lists(parts, min_size=1, max_size=4).map(tuple)
    return st.one_of(*(st.builds(Condition, **{key: several}) for key in ("all", "all", "any", "none")))


CONDITIONS = st.recursive(LEAVES, _trees, max_leaves=10)

_MAPS = st.dictionaries(st.sampled_from("abc"), SCALARS, max_size=2)
SUBSCRIPTIONS = st.builds(
    Subscription,
    id=st.just("sub_1"),
    customer_id=st.just("cus_nadia"),
    product_id=st.sampled_from(PRODUCTS),
    status=st.sampled_from(STATUSES),
    quantity=NUMBERS,
    created_at=known(NUMBERS.map(lambda days: NOW - timedelta(days=days))),
)
_MOMENTS = st.one_of(
    st.integers(0, 14 * 24).map(lambda hours: NOW + timedelta(hours=hours)),
    st.sampled_from([datetime.min, datetime.max, datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)]),  # noqa: DTZ901
)
_OF_PRODUCTS = st.lists(st.sampled_from(PRODUCTS), max_size=3).map(tuple)
_PARTS = {
    "now": _MOMENTS,
    "customer_id": st.sampled_from([f"cus_{number}" for number in range(30)]),
    "bought": _OF_PRODUCTS,
    "items": NUMBERS,
    "total": NUMBERS,
    "currency": CURRENCIES,
    "country": st.sampled_from(["DE", "AT", "US", ""]),
    "method": st.sampled_from([("card", "credit"), ("wallet", "apple_pay"), ()]),
    "payment_metadata": _MAPS,
    "product_metadata": st.dictionaries(st.sampled_from(PRODUCTS), _MAPS, max_size=2),
    "bought_before": _OF_PRODUCTS,
    "past_purchases": NUMBERS,
    "spent": st.dictionaries(CURRENCIES, NUMBERS),
    "subscriptions": st.lists(SUBSCRIPTIONS, max_size=2).map(tuple),
    "customer_metadata": _MAPS,
    "locale": st.sampled_from(["de", "de-AT", "de-DE", "pt-BR", "en", ""]),
    "occasion": st.sampled_from(["limit_near", "milestone", ""]),
    "occasion_data": _MAPS,
}
FACTS = st.builds(Facts, **{name: known(part) for name, part in _PARTS.items()})
ALL_KNOWN = st.builds(Facts, **_PARTS)

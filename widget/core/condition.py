"""For whom and when: a condition as a merchant writes it, a tree of `all`, `any` and `none` over facts."""

from typing import Any, Literal, cast

import msgspec
from msgspec import UNSET, Struct, UnsetType, field

Scalar = str | int | float | bool
Status = Literal["pending", "active", "on_hold", "past_due", "paused", "cancelled", "failed", "expired"]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
TREE = ("all", "any", "none")


# Every part that may be left out is UNSET and not None: TOML has no null, so no message and no schema speaks of one.
class Bounds(Struct, frozen=True, forbid_unknown_fields=True):
    """A whole number between two bounds, both included; at least one of them is given."""

    at_least: int | UnsetType = UNSET
    at_most: int | UnsetType = UNSET


class Total(Bounds, frozen=True, forbid_unknown_fields=True):
    """Minor units of the payment's currency; with a currency it must be that one."""

    currency: str | UnsetType = UNSET


class Spent(Bounds, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The sum of past purchases in one currency, in its minor units; sums of others are left alone."""

    currency: str


class Subscribed(Struct, frozen=True, forbid_unknown_fields=True):
    """One subscription that is all of this; without a status an active one."""

    product: tuple[str, ...] | UnsetType = UNSET  # any of these
    status: tuple[Status, ...] | UnsetType = UNSET
    seats: Bounds | UnsetType = UNSET
    days: Bounds | UnsetType = UNSET  # whole days since it was made


class Entry(Struct, frozen=True, forbid_unknown_fields=True):
    """One key of metadata and one thing that is asked of it; compared as text, as Dodo keeps it."""

    key: str
    equals: Scalar | UnsetType = UNSET
    one_of: tuple[Scalar, ...] | UnsetType = UNSET
    exists: bool | UnsetType = UNSET


class DataEntry(Entry, frozen=True, forbid_unknown_fields=True):
    """One key of an occasion's data; text is compared with text, numbers with numbers, true and false as such."""

    at_least: int | float | UnsetType = UNSET
    at_most: int | float | UnsetType = UNSET
    above: int | float | UnsetType = UNSET
    below: int | float | UnsetType = UNSET


class Window(Struct, frozen=True, forbid_unknown_fields=True):
    """Weekdays and hours on the clock of a zone; `from` is included, `to` is not and may be 24:00."""

    zone: str | UnsetType = UNSET  # an IANA name; UTC when left out
    days: tuple[Weekday, ...] | UnsetType = UNSET
    start: str | UnsetType = field(default=UNSET, name="from")  # HH:MM
    end: str | UnsetType = field(default=UNSET, name="to")


class Condition(Struct, frozen=True, forbid_unknown_fields=True):
    """One node of the tree: exactly one of these is given, which `condition_flaws` sees to."""

    all: "tuple[Condition, ...] | UnsetType" = UNSET  # an empty one holds
    any: "tuple[Condition, ...] | UnsetType" = UNSET
    none: "tuple[Condition, ...] | UnsetType" = UNSET
    # this payment
    bought: tuple[str, ...] | UnsetType = UNSET  # at least one of these products
    bought_all: tuple[str, ...] | UnsetType = UNSET
    not_bought: tuple[str, ...] | UnsetType = UNSET
    total: Total | UnsetType = UNSET
    items: Bounds | UnsetType = UNSET
    currency: tuple[str, ...] | UnsetType = UNSET  # ISO 4217
    country: tuple[str, ...] | UnsetType = UNSET  # ISO 3166 alpha-2 of the billing address
    method: tuple[str, ...] | UnsetType = UNSET  # its kind or fine kind: card, apple_pay
    payment_metadata: Entry | UnsetType = UNSET
    product_metadata: Entry | UnsetType = UNSET  # of at least one product that was bought
    # the customer; this payment counts as bought, but not as past
    ever_bought: tuple[str, ...] | UnsetType = UNSET
    ever_bought_all: tuple[str, ...] | UnsetType = UNSET
    never_bought: tuple[str, ...] | UnsetType = UNSET
    subscribed: Subscribed | UnsetType = UNSET
    customer: Literal["first", "returning"] | UnsetType = UNSET
    past_purchases: Bounds | UnsetType = UNSET
    spent: Spent | UnsetType = UNSET
    customer_metadata: Entry | UnsetType = UNSET
    locale: tuple[str, ...] | UnsetType = UNSET  # de fits de-AT
    share: int | UnsetType = UNSET  # percent of customers, the same ones every time
    # the moment
    time: Window | UnsetType = UNSET
    occasion: tuple[str, ...] | UnsetType = UNSET
    occasion_data: DataEntry | UnsetType = UNSET


KEYS: tuple[str, ...] = Condition.__struct_fields__
LEAVES: tuple[str, ...] = tuple(key for key in KEYS if key not in TREE)


def given(condition: Condition) -> tuple[tuple[str, Any], ...]:
    """What a node says, by its key; one pair in a condition without flaws."""
    values = msgspec.structs.astuple(condition)
    return tuple((key, value) for key, value in zip(KEYS, values, strict=True) if value is not UNSET)


def only(condition: Condition) -> tuple[str, Any]:
    """The one thing a node says, or an empty key where it says none or several."""
    pairs = given(condition)
    return pairs[0] if len(pairs) == 1 else ("", UNSET)


def to_toml_value(condition: Condition) -> dict[str, Any]:
    """Tables, lists and plain values in the order of the grammar; read again they are the same condition."""
    return cast("dict[str, Any]", _plain(msgspec.to_builtins(condition)))


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in cast("dict[str, Any]", value).items()}
    if isinstance(value, tuple):
        return [_plain(one) for one in cast("tuple[Any, ...]", value)]
    return value

"""A plan family: the plans one subscriber may move between, in the merchant's order, and how each move is billed."""

from collections.abc import Mapping
from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from widget.core.family_texts import Body, DownsellTexts, Line, Lines, Noun, PlanName, PlanTexts, SeatsTexts
from widget.core.market import Agreement, ReceiptRules
from widget.core.payment import Recurring
from widget.core.plan_change import Direction, Mode, OnFailure, When

_Name = Annotated[str, Meta(pattern=r"\A[a-z0-9][a-z0-9_-]{0,63}\Z")]
_Id = Annotated[str, Meta(min_length=1, max_length=80)]
_Count = Annotated[int, Meta(ge=0, le=100_000)]


class Seats(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """How many of the plan one subscriber may have; without it the quantity stays what it is."""

    min: Annotated[int, Meta(ge=1, le=100_000)] = 1
    max: Annotated[int, Meta(ge=1, le=100_000)] = 100
    step: Annotated[int, Meta(ge=1, le=1_000)] = 1
    noun: Noun = ""  # what they are called, "Seats" in the subscriber's language unless given
    locale: dict[str, SeatsTexts] = {}  # the same in other languages, by BCP 47 name


class PlanAddon(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """An add-on that may be added, changed or dropped in the panel; others are carried over as they are."""

    addon: _Id
    max: Annotated[int, Meta(ge=1, le=100_000)] = 100


class Plan(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A plan of the family: a product by the month, by the year, or both; the name is Dodo's unless given."""

    product: _Id
    yearly: _Id | None = None  # the same plan paid by the year
    name: PlanName = ""
    features: Lines = ()
    locale: dict[str, PlanTexts] = {}  # both in other languages, by BCP 47 name
    popular: bool = False
    seats: Seats | None = None


class Move(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, rename={"from_": "from"}):
    """What is special about moves between two products; `*` stands for any. The first that fits counts."""

    from_: _Id = "*"
    to: _Id = "*"
    allowed: bool = True
    proration: Mode | None = None
    effective: When | None = None


class Downsell(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One better-fitting offer before somebody goes down or leaves; declined with one press."""

    name: _Name
    before: Literal["downgrade", "cancel"]
    kind: Literal["plan", "discount", "pause"]
    headline: Line
    body: Body = ""
    locale: dict[str, DownsellTexts] = {}  # both in other languages, by BCP 47 name
    plan: _Id | None = None  # kind plan: the product to move to instead
    code: Annotated[str, Meta(min_length=1, max_length=80)] | None = None  # kind discount
    products: tuple[_Id, ...] = ()  # only for subscribers of these; all when empty
    quiet_days: Annotated[int, Meta(ge=1, le=3650)] = 90  # after it was declined


class PlanFamily(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A `[[plan_family]]` of the offers file: its plans from the smallest up, or a Dodo product collection."""

    name: _Name
    plan: tuple[Plan, ...] = ()
    collection: _Id | None = None  # instead of plans: order, groups and defaults come from Dodo
    proration_on_upgrade: Mode | None = None
    proration_on_downgrade: Mode | None = None
    effective_on_upgrade: When | None = None
    effective_on_downgrade: When | None = None
    on_payment_failure: OnFailure = "prevent_change"
    move: tuple[Move, ...] = ()
    seats: Seats | None = None
    addon: tuple[PlanAddon, ...] = ()
    codes: bool = False  # a discount code may be entered
    payment_links: bool = False  # the business may collect a change on a page (Dodo capability)
    cancel: bool = False  # people may cancel at the end of the period here
    pause: bool = False
    agree: Agreement | UnsetType = (
        UNSET  # to the terms of a change: by the button beside them, or by a box ticked first
    )
    agree_in: dict[str, Agreement] = {}  # the same by billing country
    receipt: ReceiptRules | UnsetType = UNSET  # what it says on what was changed, instead of the file's own
    downsell: tuple[Downsell, ...] = ()


# What holds where neither the file nor the collection says anything (product journey 2). A downgrade that is made
# immediate gives credit for the unused time like an upgrade: to charge the smaller plan in full must be asked for.
DEFAULT_UPGRADE: tuple[Mode, When] = ("prorated_immediately", "immediately")
DEFAULT_DOWNGRADE: tuple[Mode, When] = ("prorated_immediately", "next_billing_date")


class Collection(Struct, frozen=True):
    """A Dodo product collection (dodo-api 3.4): groups and products in display order, and its own defaults."""

    id: str
    name: str
    groups: tuple[tuple[str, tuple[str, ...]], ...]  # (group name, product ids), switched-off ones left out
    proration_on_upgrade: Mode | None = None
    proration_on_downgrade: Mode | None = None
    effective_on_upgrade: When | None = None
    effective_on_downgrade: When | None = None


class Tier(Struct, frozen=True):
    """One plan of the family with its products by how they are paid: the same thing by the month and by the year."""

    plan: Plan
    products: tuple[str, ...]


class Terms(Struct, frozen=True):
    """How a move is billed and when it happens; `allowed` False where the merchant does not want it."""

    direction: Direction
    mode: Mode
    when: When
    allowed: bool = True


def tiers(
    family: PlanFamily, collection: Collection | None, terms: Mapping[str, Recurring] | None = None
) -> tuple[Tier, ...]:
    """The family's plans from the smallest up.

    A collection may be grouped by period (Monthly, Yearly, those at the same place belong together) or by plan (Basic,
    Pro, each with its periods); `terms` of its products tell which. Other products stand for themselves.
    """
    if family.plan:
        return tuple(Tier(plan, (plan.product, *((plan.yearly,) if plan.yearly else ()))) for plan in family.plan)
    groups = [products for _, products in collection.groups if products] if collection else []
    known = terms or {}
    if groups and all(_by_plan(group, known) for group in groups):
        return tuple(Tier(Plan(product=group[0]), group) for group in groups)
    if len(groups) > 1 and len({len(group) for group in groups}) == 1:
        return tuple(Tier(Plan(product=row[0]), tuple(row)) for row in zip(*groups, strict=True))
    return tuple(Tier(Plan(product=product), (product,)) for group in groups for product in group)


def _by_plan(group: tuple[str, ...], terms: Mapping[str, Recurring]) -> bool:
    """Its products are one plan by several periods: as many periods as products."""
    periods = {(found.count, found.interval) for product in group if (found := terms.get(product)) is not None}
    return len(group) > 1 and len(periods) == len(group)


def place(product_id: str, found: tuple[Tier, ...]) -> int | None:
    """The index of the tier a product belongs to."""
    return next((index for index, tier in enumerate(found) if product_id in tier.products), None)


def direction(
    here: tuple[int, Recurring | None, int], there: tuple[int, Recurring | None, int], *, more_addons: bool = False
) -> Direction:
    """Up or down between two (tier, terms, quantity).

    The merchant's order of plans decides; within one plan the longer period is up, then more seats, then more add-ons.
    """
    (tier, terms, seats), (new_tier, new_terms, new_seats) = here, there
    if new_tier != tier:
        return "upgrade" if new_tier > tier else "downgrade"
    period, new_period = _length(terms), _length(new_terms)
    if period and new_period and new_period != period:
        return "upgrade" if new_period > period else "downgrade"
    if new_seats != seats:
        return "upgrade" if new_seats > seats else "downgrade"
    return "upgrade" if more_addons else "downgrade"


def terms_of(
    family: PlanFamily, collection: Collection | None, *, from_product: str, to_product: str, way: Direction
) -> Terms:
    """How a move is billed: the family's `move` first, then the family, then Dodo's collection, then our defaults."""
    fit = next((m for m in family.move if m.from_ in {"*", from_product} and m.to in {"*", to_product}), None)
    mode, when = DEFAULT_UPGRADE if way == "upgrade" else DEFAULT_DOWNGRADE
    given = (family, collection) if collection else (family,)
    for source in reversed(given):
        mode = getattr(source, f"proration_on_{way}") or mode
        when = getattr(source, f"effective_on_{way}") or when
    if fit is not None:
        mode, when = fit.proration or mode, fit.effective or when
    if when == "next_billing_date":
        mode = "full_immediately"  # nothing is due now, and Dodo's docs allow no other mode there (dodo-api 6.3)
    return Terms(way, mode, when, allowed=fit is None or fit.allowed)


def per_period(one: tuple[Recurring, int], other: tuple[Recurring, int]) -> tuple[int, Recurring] | None:
    """How much more the second costs than the first, per the longer of the two periods: (minor units, that period).

    `(terms, price for all seats and add-ons per its own period)`. None where it cannot be said exactly: other
    currencies, or weeks against months.
    """
    (terms, price), (new_terms, new_price) = one, other
    if terms.price.currency != new_terms.price.currency:
        return None
    if (terms.count, terms.interval) == (new_terms.count, new_terms.interval):
        return new_price - price, new_terms
    (unit, length), (new_unit, new_length) = _period(terms), _period(new_terms)
    longer = max(length, new_length)
    if unit != new_unit or not length or not new_length or longer % length or longer % new_length:
        return None
    more = new_price * (longer // new_length) - price * (longer // length)
    return more, new_terms if new_length == longer else terms


# A month is no whole number of weeks: the two kinds of period are compared for their order, never for a price.
_UNITS = {"Day": ("Day", 1), "Week": ("Day", 7), "Month": ("Month", 1), "Year": ("Month", 12)}
_DAY, _MONTH = 16, 487  # sixteenths of a day in a day and, on average, in a month (30.4375 days)


def _period(terms: Recurring) -> tuple[str, int]:
    """The period in whole days or whole months; ("", 0) for an interval we do not know."""
    unit, length = _UNITS.get(terms.interval, ("", 0))
    return unit, length * terms.count


def _length(terms: Recurring | None) -> int:
    """Roughly how long a period is, for their order; 0 when unknown."""
    unit, length = _period(terms) if terms else ("", 0)
    return length * (_DAY if unit == "Day" else _MONTH)

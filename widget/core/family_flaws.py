"""What is wrong with plan families beyond the kind of a value: plans, seats, names, and how moves are billed."""

from collections.abc import Iterable

from widget.core.downsell_flaws import downsell_flaws
from widget.core.family_text_flaws import family_text_flaws
from widget.core.market import ReceiptRules
from widget.core.market_flaws import agree_in_flaws, receipt_flaws
from widget.core.move_flaws import move_flaws, refused_later, unused_later
from widget.core.plan_change import Mode, When
from widget.core.plan_family import DEFAULT_DOWNGRADE, Plan, PlanFamily, Seats
from widget.core.toml_lines import Path
from widget.core.toml_tables import Flaw

MOST_PLANS = 20  # more are not compared on one panel
_LATER = "next_billing_date"


def family_flaws(families: tuple[PlanFamily, ...]) -> list[Flaw]:
    """Every flaw of every `[[plan_family]]`, with its path in the file."""
    flaws: list[Flaw] = []
    for index, family in enumerate(families):
        at: Path = ("plan_family", index)
        for look in (_plans, _popular, _all_seats, _addons, _billing, move_flaws, downsell_flaws, family_text_flaws):
            flaws += [((*at, *path), message) for path, message in look(family)]
        flaws += agree_in_flaws(family.agree_in, at)
        if isinstance(family.receipt, ReceiptRules):
            flaws += receipt_flaws(family.receipt, (*at, "receipt"))
    return [*flaws, *_twice(families)]


def _plans(family: PlanFamily) -> Iterable[Flaw]:
    if family.plan and family.collection:
        yield ("collection",), "a family has plans or a collection, not both"
    if not family.plan and not family.collection:
        yield (), 'no plans: write them as [[plan_family.plan]], or name a Dodo collection, collection = "pdc_…"'
    if len(family.plan) > MOST_PLANS:
        yield ("plan", MOST_PLANS), f"{len(family.plan)} plans; at most {MOST_PLANS} fit a family"


def _popular(family: PlanFamily) -> Iterable[Flaw]:
    popular = [index for index, plan in enumerate(family.plan) if plan.popular]
    for index in popular[1:]:
        yield ("plan", index, "popular"), f"only one plan is the most popular; plan[{popular[0]}] above is it already"


def _all_seats(family: PlanFamily) -> Iterable[Flaw]:
    if family.seats:
        yield from _seats(family.seats, ("seats",))
    for index, plan in enumerate(family.plan):
        if plan.seats:
            yield from _seats(plan.seats, ("plan", index, "seats"))


def _seats(seats: Seats, at: Path) -> Iterable[Flaw]:
    room = seats.max - seats.min
    if room < 0:
        yield (*at, "min"), f"more than max, which is {seats.max}"
    elif odd := room % seats.step:
        written = f"from {seats.min} in steps of {seats.step}, {seats.max} is never reached"
        yield (*at, "step"), f"{written}; write max = {seats.max - odd} or max = {seats.max - odd + seats.step}"


def _addons(family: PlanFamily) -> Iterable[Flaw]:
    names = [one.addon for one in family.addon]
    for index, name in enumerate(names):
        if name in names[:index]:
            yield ("addon", index, "addon"), f"{name!r} is already addon[{names.index(name)}] above"


def _billing(family: PlanFamily) -> Iterable[Flaw]:
    """The modes Dodo refuses (dodo-api 6.3), and a mode that would silently not be used."""
    ways: tuple[tuple[str, Mode | None, When | None], ...] = (
        ("upgrade", family.proration_on_upgrade, family.effective_on_upgrade),
        ("downgrade", family.proration_on_downgrade, family.effective_on_downgrade),
    )
    for way, mode, when in ways:
        if mode in {None, "full_immediately"}:
            continue
        if when == _LATER:
            yield (f"proration_on_{way}",), refused_later(mode, f"effective_on_{way}")
        elif way == "downgrade" and when is None and family.plan and DEFAULT_DOWNGRADE[1] == _LATER:
            yield (f"proration_on_{way}",), unused_later("a downgrade happens", f"effective_on_{way}")


def _twice(families: tuple[PlanFamily, ...]) -> Iterable[Flaw]:
    """What may stand in the file once only: names, and products, or nobody could say which family somebody is in."""
    names, collections, downsells, products = dict[str, str](), dict[str, str](), dict[str, str](), dict[str, str]()
    for index, family in enumerate(families):
        at: Path = ("plan_family", index)
        yield from _once(names, family.name, f"plan_family[{index}]", (*at, "name"))
        if family.collection:
            yield from _once(collections, family.collection, f"plan_family[{index}]", (*at, "collection"))
        for number, downsell in enumerate(family.downsell):
            here = f"plan_family[{index}].downsell[{number}]"
            yield from _once(downsells, downsell.name, here, (*at, "downsell", number, "name"))
        for number, plan in enumerate(family.plan):
            for key, product in _products(plan):
                here = f"plan_family[{index}].plan[{number}].{key}"
                yield from _once(products, product, here, (*at, "plan", number, key))


def _products(plan: Plan) -> tuple[tuple[str, str], ...]:
    return (("product", plan.product), *((("yearly", plan.yearly),) if plan.yearly else ()))


def _once(seen: dict[str, str], value: str, here: str, path: Path) -> Iterable[Flaw]:
    if value in seen:
        yield path, f"{value!r} is already {seen[value]} above"
    seen.setdefault(value, here)

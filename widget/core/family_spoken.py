"""A plan family with its words in the shopper's language, as an offer is told (`core/offer.py`, `spoken`)."""

from collections.abc import Mapping

from msgspec.structs import replace

from widget.core.family_texts import nearest_texts
from widget.core.plan_family import Downsell, Plan, PlanFamily, Seats


def spoken(family: PlanFamily, locale: str) -> PlanFamily:
    """The same plans, seats and downsells, each word in the language nearest to a BCP 47 name, else as it is."""
    lines = _lines(family.plan, locale)
    return replace(
        family,
        plan=tuple(_plan(plan, lines, locale) for plan in family.plan),
        seats=_seats(family.seats, locale),
        downsell=tuple(_downsell(one, locale) for one in family.downsell),
    )


def _lines(plans: tuple[Plan, ...], locale: str) -> dict[str, str]:
    """Feature lines in that language. One line is said one way in the whole family, whichever plan has it:
    what a move adds and takes away is found by comparing lines, and must not change with the language."""
    found = dict[str, str]()
    for plan in plans:
        texts = nearest_texts(plan.locale, locale)
        for own, said in zip(plan.features, texts.features if texts else (), strict=False):
            found.setdefault(own, said)
    return found


def _plan(plan: Plan, lines: Mapping[str, str], locale: str) -> Plan:
    texts = nearest_texts(plan.locale, locale)
    return replace(
        plan,
        name=(texts.name if texts else "") or plan.name,
        features=tuple(lines.get(line, line) for line in plan.features),
        seats=_seats(plan.seats, locale),
    )


def _seats(seats: Seats | None, locale: str) -> Seats | None:
    texts = nearest_texts(seats.locale, locale) if seats else None
    return replace(seats, noun=texts.noun) if seats and texts else seats


def _downsell(one: Downsell, locale: str) -> Downsell:
    texts = nearest_texts(one.locale, locale)
    return replace(one, headline=texts.headline, body=texts.body) if texts else one

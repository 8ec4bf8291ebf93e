"""What is wrong with a family's words in other languages: a name of no language, features that do not pair up."""

from collections.abc import Iterable

from widget.core.market_flaws import LOCALE
from widget.core.plan_family import PlanFamily
from widget.core.toml_lines import Path
from widget.core.toml_tables import Flaw


def family_text_flaws(family: PlanFamily) -> Iterable[Flaw]:
    """Every flaw of every `locale` table, with its path in the family."""
    for at, names in _tables(family):
        for name in names:
            if not LOCALE.fullmatch(name):
                yield (*at, "locale", name), "expected a BCP 47 name such as de or pt-BR"
    yield from _features(family)


def _tables(family: PlanFamily) -> Iterable[tuple[Path, Iterable[str]]]:
    if family.seats:
        yield ("seats",), family.seats.locale
    for index, plan in enumerate(family.plan):
        yield ("plan", index), plan.locale
        if plan.seats:
            yield ("plan", index, "seats"), plan.seats.locale
    for index, one in enumerate(family.downsell):
        yield ("downsell", index), one.locale


def _features(family: PlanFamily) -> Iterable[Flaw]:
    """Lines pair up with the plan's own, and one line is said one way; else a move would add what somebody has."""
    said_as, own_of = dict[tuple[str, str], str](), dict[tuple[str, str], str]()
    for index, plan in enumerate(family.plan):
        for language, texts in plan.locale.items():
            at: Path = ("plan", index, "locale", language, "features")
            if not texts.features:
                continue
            if len(texts.features) != len(plan.features):
                yield at, f"{len(texts.features)} lines for {len(plan.features)}; write one for each line of features"
                continue
            for number, (own, said) in enumerate(zip(plan.features, texts.features, strict=True)):
                if (other := said_as.setdefault((language, own), said)) != said:
                    yield (*at, number), f"{own!r} is {other!r} above; write it alike"
                elif (other := own_of.setdefault((language, said), own)) != own:
                    yield (*at, number), f"{other!r} is called so above; two lines need two names"

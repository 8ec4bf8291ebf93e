"""What is wrong with a family's `downsell` tables: a kind without what it needs, or one that is never shown."""

from collections.abc import Iterable

from widget.core.move_flaws import products_of
from widget.core.plan_family import Downsell, PlanFamily
from widget.core.toml_lines import Path
from widget.core.toml_tables import Flaw, nearest

# What each kind is given; the other must be left out.
_GIVEN = {"plan": "plan", "discount": "code", "pause": ""}


def downsell_flaws(family: PlanFamily) -> Iterable[Flaw]:
    """Every flaw of the downsells, with its path in the family."""
    known = products_of(family)
    for index, one in enumerate(family.downsell):
        at: Path = ("downsell", index)
        yield from _given(one, at)
        yield from _strangers(one, known, at)
        if one.before == "cancel" and not family.cancel:
            yield (*at, "before"), "never shown: people cannot cancel here; add cancel = true to the family"


def _given(one: Downsell, at: Path) -> Iterable[Flaw]:
    needed = _GIVEN[one.kind]
    values = {"plan": one.plan, "code": one.code}
    examples = {"plan": 'plan = "pdt_…", the product to move to instead', "code": 'code = "…", a discount code of Dodo'}
    for key, value in values.items():
        if key == needed and value is None:
            yield (*at, "kind"), f'kind = "{one.kind}" needs {examples[key]}'
        elif key != needed and value is not None:
            kind = next(kind for kind, given in _GIVEN.items() if given == key)
            yield (*at, key), f'only a downsell of kind = "{kind}" has it; this one is "{one.kind}"'


def _strangers(one: Downsell, known: tuple[str, ...], at: Path) -> Iterable[Flaw]:
    if not known:
        return
    if one.plan is not None and one.plan not in known:
        yield (*at, "plan"), f"no plan of the family is {one.plan!r}{nearest(one.plan, known)}"
    for index, product in enumerate(one.products):
        if product not in known:
            yield (*at, "products", index), f"no plan of the family is {product!r}{nearest(product, known)}"

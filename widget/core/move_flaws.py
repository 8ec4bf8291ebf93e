"""What is wrong with a family's `move` tables: products it has not, moves that never happen, modes Dodo refuses."""

from collections.abc import Iterable

from widget.core.plan_family import Move, PlanFamily, place, terms_of, tiers
from widget.core.toml_tables import Flaw, nearest

_ANY_OTHER = "\0"  # stands for the products of a collection that no move names


def move_flaws(family: PlanFamily) -> Iterable[Flaw]:
    """Every flaw of the moves, with its path in the family."""
    yield from _strangers(family)
    yield from _never_used(family)
    for index, move in enumerate(family.move):
        yield from _mode(family, move, index)


def products_of(family: PlanFamily) -> tuple[str, ...]:
    """The products of the plans that are listed; those of a collection are known to Dodo only."""
    return tuple(product for tier in tiers(family, None) for product in tier.products)


def _strangers(family: PlanFamily) -> Iterable[Flaw]:
    known = products_of(family)
    for index, move in enumerate(family.move):
        for key, product in (("from", move.from_), ("to", move.to)):
            if known and product not in {"*", *known}:
                yield ("move", index, key), f"no plan of the family is {product!r}{nearest(product, known)}"


def _never_used(family: PlanFamily) -> Iterable[Flaw]:
    """The first move that fits counts, so each must have a pair of products that none before it took."""
    named = {product for move in family.move for product in (move.from_, move.to)} - {"*"}
    everything = set(products_of(family)) or {*named, _ANY_OTHER}
    if named - everything:
        return  # told already
    left = {(one, other) for one in everything for other in everything}
    for index, move in enumerate(family.move):
        taken = {pair for pair in left if _fits(move, pair)}
        if not taken:
            before = next((n for n in range(index) if _covers(family.move[n], move)), None)
            which = "the moves above fit first" if before is None else f"move[{before}] above fits first"
            yield ("move", index), f"never used: {which}, and the first that fits counts"
        left -= taken


def _fits(move: Move, pair: tuple[str, str]) -> bool:
    return move.from_ in {"*", pair[0]} and move.to in {"*", pair[1]}


def _covers(earlier: Move, later: Move) -> bool:
    return earlier.from_ in {"*", later.from_} and earlier.to in {"*", later.to}


def _mode(family: PlanFamily, move: Move, index: int) -> Iterable[Flaw]:
    if move.proration in {None, "full_immediately"}:
        return
    path = ("move", index, "proration")
    if move.effective == "next_billing_date":
        yield path, refused_later(move.proration, "effective")
    elif move.allowed and _later_anyway(family, move):
        yield path, unused_later("this move happens", "effective")


def refused_later(mode: str | None, key: str) -> str:
    """Of a mode beside a change at the next billing date (dodo-api 6.3), and what to write instead."""
    why = f"Dodo refuses {mode} at the next billing date (INVALID_PRORATION_MODE_WITH_NEXT_BILLING_DATE)"
    return f'{why}; leave this line out, or write {key} = "immediately"'


def unused_later(what: str, key: str) -> str:
    """Of a mode for a change that happens at the next billing date without being told to."""
    why = f"never used: {what} at the next billing date unless told otherwise, and nothing is prorated there"
    return f'{why}; add {key} = "immediately", or leave this line out'


def _later_anyway(family: PlanFamily, move: Move) -> bool:
    """Between two listed plans it is known whether the move goes up or down, and so when it happens."""
    found = tiers(family, None)
    here, there = place(move.from_, found), place(move.to, found)
    if here is None or there is None or here == there:
        return False
    way = "upgrade" if there > here else "downgrade"
    alone = PlanFamily(
        name=family.name,
        plan=family.plan,
        move=(move,),
        effective_on_upgrade=family.effective_on_upgrade,
        effective_on_downgrade=family.effective_on_downgrade,
    )
    return terms_of(alone, None, from_product=move.from_, to_product=move.to, way=way).when == "next_billing_date"

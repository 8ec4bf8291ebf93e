"""The arithmetic of plans: what a cycle costs, what a change costs, and where credits go. Pure, integers and fractions.

The figures follow Dodo's documented table: the rest of a cycle is counted by the second, every line is rounded half up,
tax is computed on the prorated amount, and a credit grants its tax back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Literal

from widget.sandbox.money import share, tax_of

Mode = Literal[
    "prorated_immediately",
    "full_immediately",
    "difference_immediately",
    "do_not_bill",
    "prorated_immediately_keep_cycle",
]
KEEPS_CYCLE: frozenset[Mode] = frozenset({"do_not_bill", "prorated_immediately_keep_cycle"})
PRORATED: frozenset[Mode] = frozenset({"prorated_immediately", "prorated_immediately_keep_cycle"})
BASIS_POINTS = 10_000


@dataclass(frozen=True, slots=True)
class Item:
    """One thing of a plan: the plan itself, or an add-on. `unit_price` is for a full cycle, in minor units."""

    kind: Literal["subscription", "addon"]
    thing_id: str
    unit_price: int
    quantity: int


@dataclass(frozen=True, slots=True)
class Cut:
    """A discount: a share in basis points, or a flat sum off the whole plan."""

    basis_points: int = 0
    flat: int = 0


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything billed each cycle; `tax_percent` is the buyer's, `tax_inclusive` says whether prices contain it."""

    items: tuple[Item, ...]
    tax_percent: int = 0
    tax_inclusive: bool = False
    cuts: tuple[Cut, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a bill: `cycle_*` for a full cycle after discounts, `amount` and `tax` for `factor` of it.

    A negative factor is a credit. `amount` contains `tax` when the plan's prices do.
    """

    item: Item
    factor: Fraction
    cycle_amount: int
    cycle_tax: int
    amount: int
    tax: int
    tax_inclusive: bool

    @property
    def total(self) -> int:
        return self.amount if self.tax_inclusive else self.amount + self.tax


@dataclass(frozen=True, slots=True)
class Bill:
    """What a bill comes to. `gross` is before credits; `credits` is negative when spent, positive when granted."""

    lines: tuple[Line, ...]
    gross: int
    gross_tax: int
    credits: int
    due: int

    @property
    def due_tax(self) -> int:
        """The part of `due` that is tax: in proportion when credits paid for some of it."""
        if self.gross <= 0:
            return 0
        tax = share(self.gross_tax, min(self.due, self.gross), self.gross)
        # two plans taxed in different ways may leave a tax that does not fit into the sum
        return min(max(tax, 0), self.due)


def rest_of(start: datetime, end: datetime, now: datetime) -> Fraction:
    """The share of the cycle that is left, by the second: 1 at its start, 0 at its end and after."""
    cycle = int((end - start).total_seconds())
    used = int((now - start).total_seconds())
    if cycle <= 0:
        return Fraction(0)
    return Fraction(min(max(cycle - used, 0), cycle), cycle)


def lines_of_change(mode: Mode, old: Plan | None, new: Plan, rest: Fraction) -> tuple[Line, ...]:
    """The lines of an immediate change. `old` is None where nothing was paid for the old plan: an unpaid trial."""
    if mode == "do_not_bill":
        return ()
    factor = rest if mode in PRORATED and old is not None else Fraction(1)
    credit = () if mode == "full_immediately" or old is None else lines_of(old, -factor)
    return (*lines_of(new, factor), *credit)


def lines_of(plan: Plan, factor: Fraction = Fraction(1)) -> tuple[Line, ...]:
    """The plan's items for `factor` of a cycle: 1 for a renewal."""
    return tuple(_line(plan, item, net, factor) for item, net in zip(plan.items, _after_cuts(plan), strict=True))


def bill(lines: Sequence[Line], balance: int, minimum: int = 0) -> Bill:
    """The sum of `lines` with `balance` credits at hand.

    A negative sum becomes credits. A positive one is paid from credits first; what is then left but below the smallest
    charge of the currency is raised to it, and the difference granted as credits.
    """
    gross = sum(line.total for line in lines)
    tax = sum(line.tax for line in lines)
    if gross <= 0:
        return Bill(tuple(lines), gross, tax, -gross, 0)
    due = gross - min(balance, gross)
    charged = max(due, minimum) if due else 0
    return Bill(tuple(lines), gross, tax, charged - gross, charged)


def _line(plan: Plan, item: Item, net: int, factor: Fraction) -> Line:
    amount = share(net, factor.numerator, factor.denominator)
    taxes = [_tax(plan, value) for value in (net, amount)]
    return Line(item, factor, net, taxes[0], amount, taxes[1], plan.tax_inclusive)


def _tax(plan: Plan, amount: int) -> int:
    return tax_of(amount, plan.tax_percent, plan.tax_inclusive)


def _after_cuts(plan: Plan) -> list[int]:
    nets = [item.unit_price * item.quantity for item in plan.items]
    for cut in plan.cuts:
        left = cut.flat
        for at, net in enumerate(nets):
            off = share(net, cut.basis_points, BASIS_POINTS) + min(left, net)
            left -= min(left, net)
            nets[at] = net - min(off, net)
    return nets

"""The lines of a plan change's preview as amounts that add up to what the provider says is due."""

from decimal import ROUND_HALF_UP, Decimal

from msgspec import Struct
from msgspec.structs import replace

from widget.core.plan_change import ChangeLine, ChangePreview


class Part(Struct, frozen=True):
    """A line and its amount in minor units; below zero it is a credit. With tax where the line's price has it."""

    line: ChangeLine
    amount: int


class Breakdown(Struct, frozen=True):
    """Everything between the lines and the sum: parts + tax + discount + credits = due."""

    parts: tuple[Part, ...]
    tax: int  # on top of the parts; 0 where they contain it
    discount: int  # at most 0
    credits: int  # below 0: spent; above 0: granted
    due: int


def breakdown(preview: ChangePreview) -> Breakdown | None:
    """The lines as amounts, or None where they do not lead to the sum: then only the sum may be shown (dodo-api 10).

    A line is unit price x quantity x factor (the way Dodo's own portal shows it, dodo-api 6.4); what rounding leaves
    over goes to the largest line, so that the column adds up.
    """
    inclusive = {line.tax_inclusive for line in preview.lines}
    if not preview.lines or len(inclusive) > 1:
        return None
    tax = 0 if inclusive == {True} else preview.tax
    parts = tuple(Part(line, _amount(line)) for line in preview.lines)
    left = preview.due.amount - sum(part.amount for part in parts) - tax - preview.credits
    discount = 0
    if abs(left) > len(parts):
        if left > 0 or not preview.discounts:
            return None
        discount, left = left, 0
    return Breakdown(_rounded(parts, left), tax, discount, preview.credits, preview.due.amount)


def _amount(line: ChangeLine) -> int:
    exact = Decimal(line.unit_price * line.quantity) * Decimal(str(line.factor))
    sign = -1 if exact < 0 else 1
    return sign * int(abs(exact).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def _rounded(parts: tuple[Part, ...], left: int) -> tuple[Part, ...]:
    if not left:
        return parts
    largest = max(range(len(parts)), key=lambda index: abs(parts[index].amount))
    return tuple(
        replace(part, amount=part.amount + left) if index == largest else part for index, part in enumerate(parts)
    )

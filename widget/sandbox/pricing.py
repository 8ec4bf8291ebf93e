"""What a cart costs: discounts in order, tax by country, line by line, each rounded half up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from widget.sandbox.codes import usable
from widget.sandbox.errors import Refusal
from widget.sandbox.money import share, tax_of, tax_percent
from widget.sandbox.things import AddonLine, CartLine, Discount, Product
from widget.sandbox.world import World


@dataclass(slots=True)
class PricedLine:
    """One product or add-on of the cart; `net` is what is left after discounts, still with tax if inclusive."""

    product: Product
    addon: AddonLine | None
    quantity: int
    unit_price: int
    net: int
    name: str = ""
    tax: int = 0
    tax_inclusive: bool = False

    @property
    def gross(self) -> int:
        return self.unit_price * self.quantity

    @property
    def due(self) -> int:
        return self.net if self.tax_inclusive else self.net + self.tax


@dataclass(frozen=True, slots=True)
class Price:
    """The whole cart; `total` is what is taken, tax included."""

    lines: list[PricedLine]
    discounts: list[Discount]
    tax_percent: int

    @property
    def subtotal(self) -> int:
        return sum(line.gross for line in self.lines)

    @property
    def discount(self) -> int:
        return sum(line.gross - line.net for line in self.lines)

    @property
    def tax(self) -> int:
        return sum(line.tax for line in self.lines)

    @property
    def total(self) -> int:
        return sum(line.due for line in self.lines)


def price_cart(world: World, cart: Sequence[CartLine], country: str, codes: Sequence[str]) -> Price:
    """The price of a checked cart; unusable codes are refused with Dodo's codes."""
    lines = [line for item in cart for line in _lines(world, item)]
    discounts = [usable(world, code, [item.product_id for item in cart]) for code in codes]
    for discount in discounts:
        _apply(discount, lines)
    percent = tax_percent(country)
    for line in lines:
        line.tax = tax_of(line.net, percent, line.tax_inclusive)
    return Price(lines, discounts, percent)


def _lines(world: World, item: CartLine) -> list[PricedLine]:
    product = world.products[item.product_id]
    unit = item.amount if product.pay_what_you_want and item.amount is not None else product.price
    lines = [PricedLine(product, None, item.quantity, unit, unit * item.quantity, product.name)]
    for extra in item.addons:
        addon = world.addons[extra.addon_id]
        total = addon.price * extra.quantity
        lines.append(PricedLine(product, extra, extra.quantity, addon.price, total, addon.name))
    for line in lines:
        line.tax_inclusive = product.tax_inclusive
    return lines


def _apply(discount: Discount, lines: list[PricedLine]) -> None:
    eligible = [ln for ln in lines if not discount.restricted_to or ln.product.product_id in discount.restricted_to]
    if discount.kind == "percentage":
        for line in eligible:
            line.net -= share(line.net, discount.amount, 10_000)
        return
    left = discount.amounts.get(lines[0].product.currency if lines else "USD")
    if left is None:
        raise Refusal("INVALID_DISCOUNT_CODE", f"{discount.code} has no amount in this currency")
    for line in eligible:
        taken = min(left, line.net)
        line.net, left = line.net - taken, left - taken

"""Which discount codes may be used now."""

from __future__ import annotations

from collections.abc import Sequence

from widget.sandbox.errors import Refusal
from widget.sandbox.things import Discount
from widget.sandbox.world import World


def find(world: World, code: str) -> Discount | None:
    """By its code, in any case."""
    return world.discounts.get(code.strip().upper())


def check(world: World, discount: Discount) -> None:
    """422 when it has expired or is used up."""
    if discount.expires_at is not None and discount.expires_at <= world.now():
        raise Refusal("DISCOUNT_CODE_EXPIRED", f"{discount.code} has expired")
    if discount.usage_limit is not None and discount.times_used >= discount.usage_limit:
        raise Refusal("DISCOUNT_CODE_USAGE_LIMIT_EXCEEDED", f"{discount.code} has been used up")


def usable(world: World, code: str, product_ids: Sequence[str]) -> Discount:
    """The discount behind `code`, or a refusal."""
    discount = find(world, code)
    if discount is None:
        raise Refusal("INVALID_DISCOUNT_CODE", f"there is no discount code {code[:40]}")
    check(world, discount)
    if discount.restricted_to and not set(discount.restricted_to) & set(product_ids):
        raise Refusal("INVALID_DISCOUNT_CODE", f"{discount.code} does not apply to these products")
    return discount

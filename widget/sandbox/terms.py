"""From what a subscriber has, or wants, to the plan that the arithmetic knows; and the payments made for it."""

from __future__ import annotations

from collections.abc import Sequence

from widget.sandbox.money import MINIMUM, tax_percent
from widget.sandbox.proration import Bill, Cut, Item, Plan, bill, lines_of
from widget.sandbox.things import AddonLine, Address, Discount, Metadata, Payment, Product, Subscription
from widget.sandbox.world import World


def plan_terms(
    world: World,
    product: Product,
    quantity: int,
    addons: Sequence[AddonLine],
    discount_ids: Sequence[str],
    billing: Address,
) -> Plan:
    """The plan with its add-ons, taxed where the subscriber lives."""
    extras = (Item("addon", line.addon_id, world.addons[line.addon_id].price, line.quantity) for line in addons)
    items = (Item("subscription", product.product_id, product.price, quantity), *extras)
    cuts = tuple(_cut(d, product) for d in find_discounts(world, discount_ids) if _applies(d, product))
    return Plan(items, tax_percent(billing.country), product.tax_inclusive, cuts)


def present_terms(world: World, subscription: Subscription) -> Plan:
    """What the subscriber has now."""
    product, discounts = world.products[subscription.product_id], subscription.discount_ids
    return plan_terms(world, product, subscription.quantity, subscription.addons, discounts, subscription.billing)


def find_discounts(world: World, discount_ids: Sequence[str]) -> list[Discount]:
    """The discounts in their order; a vanished one is passed over."""
    by_id = {discount.discount_id: discount for discount in world.discounts.values()}
    return [by_id[discount_id] for discount_id in discount_ids if discount_id in by_id]


def cycle_bill(world: World, subscription: Subscription, terms: Plan) -> Bill:
    """One full cycle of `terms`, with the subscriber's credits."""
    return bill(lines_of(terms), subscription.credits, MINIMUM.get(subscription.currency, 0))


def bill_payment(
    world: World, subscription: Subscription, bill: Bill, charge_type: str, metadata: Metadata | None = None
) -> Payment:
    """A payment for `bill`, not yet started; its metadata is the subscription's unless given."""
    now = world.now()
    return Payment(
        world.new_id("pay"), subscription.customer_id, now, subscription.currency, bill.due, bill.due_tax,
        subscription.billing, updated_at=now, product_ids=[subscription.product_id],
        metadata=dict(subscription.metadata if metadata is None else metadata), charge_type=charge_type,
        subscription_ids=[subscription.subscription_id],
    )  # fmt: skip


def _applies(discount: Discount, product: Product) -> bool:
    return not discount.restricted_to or product.product_id in discount.restricted_to


def _cut(discount: Discount, product: Product) -> Cut:
    if discount.kind == "percentage":
        return Cut(basis_points=discount.amount)
    return Cut(flat=discount.amounts.get(product.currency, 0))

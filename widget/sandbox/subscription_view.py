"""A subscription as Dodo shows it."""

from __future__ import annotations

from widget.sandbox.lists import JSONObject, iso
from widget.sandbox.things import ScheduledChange, Subscription
from widget.sandbox.views import show_address, show_customer_briefly, show_discount_detail
from widget.sandbox.world import BRAND_ID, World


def show_subscription(world: World, subscription: Subscription) -> JSONObject:
    """`Subscription`: the full object."""
    discounts = [show_discount_detail(world, d, n) for n, d in enumerate(subscription.discount_ids)]
    return {
        **show_common(world, subscription),
        "brand_id": BRAND_ID,
        "addons": [{"addon_id": line.addon_id, "quantity": line.quantity} for line in subscription.addons],
        "meters": _show_meters(world, subscription),
        "credit_entitlement_cart": [],
        "meter_credit_entitlement_cart": [],
        "cancellation_feedback": subscription.cancellation_feedback,
        "cancellation_comment": subscription.cancellation_comment,
        "expires_at": iso(subscription.expires_at),
        "discounts": discounts or None,
        "custom_field_responses": None,
    }


def _show_meters(world: World, subscription: Subscription) -> list[JSONObject]:
    """What is counted of a usage-based subscription: `MeterCartResponseItem`."""
    if world.products[subscription.product_id].price_kind != "usage_based_price":
        return []
    meter = {"meter_id": "mtr_hours", "name": "Hours", "measurement_unit": "hour", "free_threshold": 0}
    return [{**meter, "currency": subscription.currency, "description": None, "price_per_unit": "25"}]


def show_subscription_item(world: World, subscription: Subscription) -> JSONObject:
    """`SubscriptionListResponse`: what a list shows, nothing more."""
    remaining = subscription.discount_cycles_remaining
    return {
        **show_common(world, subscription),
        "product_name": world.products[subscription.product_id].name,
        "discounts": [
            {"discount_id": discount_id, "discount_cycles_remaining": remaining.get(discount_id)}
            for discount_id in subscription.discount_ids
        ],
    }


def show_common(world: World, subscription: Subscription) -> JSONObject:
    """What the full object and the item of a list share."""
    change = subscription.scheduled_change
    return {
        "scheduled_change": change and show_change(world, change),
        "cancelled_by": subscription.cancelled_by
        and {"actor_type": subscription.cancelled_by, "email": None, "name": None},
        "subscription_id": subscription.subscription_id,
        "status": subscription.status,
        "product_id": subscription.product_id,
        "quantity": subscription.quantity,
        "currency": subscription.currency,
        "recurring_pre_tax_amount": subscription.recurring_pre_tax_amount,
        "tax_inclusive": subscription.tax_inclusive,
        "created_at": iso(subscription.created_at),
        "previous_billing_date": iso(subscription.previous_billing_date),
        "next_billing_date": iso(subscription.next_billing_date),
        "payment_frequency_count": subscription.frequency_count,
        "payment_frequency_interval": subscription.frequency_interval,
        "subscription_period_count": subscription.period_count,
        "subscription_period_interval": subscription.period_interval,
        "on_demand": subscription.on_demand,
        "has_payment_method": subscription.method_id is not None,
        "cancel_at_next_billing_date": subscription.cancel_at_next_billing_date,
        "customer": show_customer_briefly(world.customers[subscription.customer_id]),
        "billing": show_address(subscription.billing),
        "metadata": subscription.metadata,
        "trial_period_days": subscription.trial_period_days,
        "trial_amount": None,
        "payment_method_id": subscription.method_id,
        "cancelled_at": iso(subscription.cancelled_at),
        "paused_at": iso(subscription.paused_at),
        "discount_id": subscription.discount_ids[0] if subscription.discount_ids else None,
        "discount_cycles_remaining": None,
        "tax_id": subscription.tax_id,
        "customer_business_name": subscription.customer_business_name,
    }


def show_change(world: World, change: ScheduledChange) -> JSONObject:
    """`ScheduledPlanChange`."""
    product = world.products[change.product_id]
    return {
        "id": change.change_id,
        "product_id": product.product_id,
        "product_name": product.name,
        "product_description": product.description,
        "quantity": change.quantity,
        "addons": [
            {"addon_id": line.addon_id, "name": world.addons[line.addon_id].name, "quantity": line.quantity}
            for line in change.addons
        ],
        "created_at": iso(change.created_at),
        "effective_at": iso(change.effective_at),
    }

"""What is asked of the provider, in its words: one body for each preview and for what follows from it."""

from typing import Any

from widget.core.payment import Order
from widget.core.plan_change import Change
from widget.provider.moves import Cancelling


def cart(order: Order) -> dict[str, Any]:
    """One body for the preview and for what follows from it; a stranger has no id and no address yet."""
    item: dict[str, Any] = {"product_id": order.product_id, "quantity": order.quantity}
    if order.amount is not None:
        item["amount"] = order.amount
    body: dict[str, Any] = {"product_cart": [item]}
    if order.customer_id:
        body["customer"] = {"customer_id": order.customer_id}
    if order.billing.country:
        fields = {name: getattr(order.billing, name) for name in ("country", "state", "city", "street", "zipcode")}
        body["billing_address"] = {name: value for name, value in fields.items() if value is not None}
    if order.currency:
        body["billing_currency"] = order.currency
    if order.discount_codes:
        body["discount_codes"] = list(order.discount_codes)
    return body


def change_body(change: Change) -> dict[str, Any]:
    """One body for a change and its preview: both SDK methods take all of it, the preview ignores the link fields.

    `addons` always travels, empty as well: at the provider the list is the complete new set (dodo-api 6.3).
    """
    body: dict[str, Any] = {
        "product_id": change.product_id,
        "quantity": change.quantity,
        "proration_billing_mode": change.mode,
        "addons": [{"addon_id": addon.id, "quantity": addon.quantity} for addon in change.addons],
        "effective_at": change.when,
        "on_payment_failure": change.on_failure,
    }
    if change.codes is not None:
        body["discount_codes"] = list(change.codes)
    switches = {
        "cancel_scheduled_change_plan": change.replaces_scheduled,
        "collect_via_payment_link": change.by_link,
        "cancel_older_payment_link": change.drops_link,
    }
    return body | {name: True for name, on in switches.items() if on}


def cancel_body(wanted: Cancelling | None) -> dict[str, Any]:
    """Cancel at the next billing date, or with None take that back."""
    if wanted is None:
        return {"cancel_at_next_billing_date": False}
    words = {"cancellation_feedback": wanted.feedback, "cancellation_comment": wanted.comment}
    return {
        "cancel_at_next_billing_date": True,
        "cancel_reason": "cancelled_by_customer",
        **{name: word for name, word in words.items() if word},
    }

"""Payments, customers, refunds and disputes as Dodo shows them, full and in lists."""

from __future__ import annotations

from widget.sandbox.lists import JSONObject, iso
from widget.sandbox.things import Address, Customer, Discount, Dispute, Method, Payment, Refund
from widget.sandbox.world import BRAND_ID, BUSINESS_ID, World


def show_customer(customer: Customer) -> JSONObject:
    """`Customer`."""
    return {
        "business_id": BUSINESS_ID,
        "customer_id": customer.customer_id,
        "email": customer.email,
        "name": customer.name,
        "created_at": iso(customer.created_at),
        "phone_number": customer.phone_number,
        "metadata": customer.metadata,
        "preferred_locale": customer.preferred_locale,
        "blocked_at": iso(customer.blocked_at),
        "blocklist_entry_id": "bl_1" if customer.blocked_at else None,
    }


def show_customer_briefly(customer: Customer) -> JSONObject:
    """`CustomerLimitedDetails`, as it stands on payments and subscriptions."""
    return {
        "customer_id": customer.customer_id,
        "email": customer.email,
        "name": customer.name,
        "phone_number": customer.phone_number,
        "metadata": customer.metadata,
    }


def show_address(address: Address) -> JSONObject:
    """`BillingAddress`."""
    return {
        "country": address.country,
        "state": address.state,
        "city": address.city,
        "street": address.street,
        "zipcode": address.zipcode,
    }


def show_method(method: Method) -> JSONObject:
    """One item of a customer's payment methods; every field of `card` is text."""
    card = method.card
    return {
        "payment_method_id": method.payment_method_id,
        "payment_method": method.kind,
        "payment_method_type": method.fine_kind,
        "recurring_enabled": method.recurring_enabled,
        "last_used_at": iso(method.last_used_at),
        "card": card
        and {
            "card_network": card.network,
            "card_type": card.kind,
            "last4_digits": card.last4,
            "expiry_month": card.exp_month,
            "expiry_year": card.exp_year,
            "card_holder_name": card.holder,
            "card_issuing_country": card.country,
        },
    }


def show_payment(world: World, payment: Payment) -> JSONObject:
    """`Payment`: the full object."""
    card, paid = payment.card, payment.status == "succeeded"
    many = len(payment.subscription_ids) > 1
    return {
        **_common(world, payment),
        "business_id": BUSINESS_ID,
        "updated_at": iso(payment.updated_at),
        "tax": payment.tax,
        "settlement_amount": payment.total_amount if paid else 0,
        "settlement_currency": payment.currency,
        "settlement_tax": payment.tax if paid else None,
        "billing": show_address(payment.billing),
        "product_cart": payment.cart
        and [{"product_id": line.product_id, "quantity": line.quantity} for line in payment.cart],
        "subscription_id": payment.subscription_ids[0] if payment.subscription_ids and not many else None,
        "payment_link": payment.payment_link,
        "payment_method_id": payment.method_id,
        "card_issuing_country": card and card.country,
        "card_holder_name": card and card.holder,
        "error_code": payment.error_code,
        "error_message": payment.error_message,
        "discount_id": payment.discount_ids[0] if payment.discount_ids else None,
        "discounts": [show_discount_detail(world, d, n) for n, d in enumerate(payment.discount_ids)] or None,
        "custom_field_responses": None,
        "refunds": [show_refund_item(r) for r in world.refunds.values() if r.payment_id == payment.payment_id],
        "disputes": [show_dispute_event(d) for d in world.disputes.values() if d.payment_id == payment.payment_id],
        "is_update_payment_method": payment.is_update_payment_method,
    }


def show_payment_item(world: World, payment: Payment) -> JSONObject:
    """`PaymentListResponse`: what a list shows, nothing more."""
    disputes = [d.status for d in world.disputes.values() if d.payment_id == payment.payment_id]
    return {
        **_common(world, payment),
        "subscription_id": payment.subscription_ids[0] if len(payment.subscription_ids) == 1 else None,
        "has_license_key": False,
        "dispute_status": disputes[-1] if disputes else None,
    }


def _common(world: World, payment: Payment) -> JSONObject:
    card = payment.card
    return {
        "payment_id": payment.payment_id,
        "brand_id": BRAND_ID,
        "status": payment.status,
        "created_at": iso(payment.created_at),
        "currency": payment.currency,
        "total_amount": payment.total_amount,
        "customer": show_customer_briefly(world.customers[payment.customer_id]),
        "subscription_ids": payment.subscription_ids,
        "service_periods": [
            {
                "subscription_id": period.subscription_id,
                "starts_at": iso(period.starts_at),
                "ends_at": iso(period.ends_at),
                "proration_factor": period.proration_factor,
            }
            for period in payment.service_periods
        ],
        "charge_type": payment.charge_type,
        "checkout_session_id": payment.checkout_session_id,
        "metadata": payment.metadata,
        "payment_method": payment.method_kind,
        "payment_method_type": payment.method_fine_kind,
        "card_network": card and card.network,
        "card_type": card and card.kind,
        "card_last_four": card and card.last4,
        "card_exp_month": card and card.exp_month,
        "card_exp_year": card and card.exp_year,
        "three_ds_flow": payment.three_ds_flow,
        "three_ds_status": payment.three_ds_status,
        "three_ds_version": "2.2.0" if payment.three_ds_flow else None,
        "invoice_id": payment.invoice_id,
        "invoice_url": payment.invoice_id and f"{world.base_url}/invoices/payments/{payment.payment_id}",
        "refund_status": payment.refund_status,
        "digital_products_delivered": False,
        "includes_usage": False,
        "is_multi_subscription": len(payment.subscription_ids) > 1,
        "payment_provider": "dodo",
        "retry_attempt": payment.retry_attempt,
    }


def show_discount_detail(world: World, discount_id: str, position: int) -> JSONObject:
    """`DiscountDetail`, as it stands on payments and subscriptions."""
    discount = next(d for d in world.discounts.values() if d.discount_id == discount_id)
    return {**_discount(discount), "position": position, "cycles_remaining": discount.subscription_cycles}


def show_discount(discount: Discount) -> JSONObject:
    """`Discount`."""
    return {
        **_discount(discount),
        "customer_eligibility": "any",
        "currency_options": [
            {"currency": currency, "is_default": n == 0, "minimum_subtotal": 0, "max_amount_possible": amount}
            for n, (currency, amount) in enumerate(discount.amounts.items())
        ],
        "per_customer_usage_limit": None,
        "starts_at": None,
    }


def _discount(discount: Discount) -> JSONObject:
    return {
        "discount_id": discount.discount_id,
        "business_id": BUSINESS_ID,
        "code": discount.code,
        "type": discount.kind,
        "amount": discount.amount,
        "name": discount.name,
        "created_at": "2026-01-05T10:00:00Z",
        "expires_at": iso(discount.expires_at),
        "usage_limit": discount.usage_limit,
        "times_used": discount.times_used,
        "restricted_to": list(discount.restricted_to),
        "subscription_cycles": discount.subscription_cycles,
        "preserve_on_plan_change": discount.preserve_on_plan_change,
        "metadata": {},
    }


def show_refund_item(refund: Refund) -> JSONObject:
    """`RefundListItem`."""
    return {
        "refund_id": refund.refund_id,
        "payment_id": refund.payment_id,
        "business_id": BUSINESS_ID,
        "status": refund.status,
        "amount": refund.amount,
        "currency": refund.currency,
        "is_partial": refund.is_partial,
        "reason": refund.reason,
        "created_at": iso(refund.created_at),
        "network_reference": None,
        "network_reference_type": None,
        "network_reference_updated_at": None,
    }


def show_refund(world: World, refund: Refund) -> JSONObject:
    """`Refund`."""
    customer = world.customers[world.payments[refund.payment_id].customer_id]
    extra = {"brand_id": BRAND_ID, "metadata": refund.metadata, "customer": show_customer_briefly(customer)}
    return {**show_refund_item(refund), **extra}


def show_dispute_event(dispute: Dispute) -> JSONObject:
    """`Dispute`, as on payments."""
    return {
        "dispute_id": dispute.dispute_id,
        "payment_id": dispute.payment_id,
        "business_id": BUSINESS_ID,
        "amount": str(dispute.amount),
        "currency": dispute.currency,
        "dispute_stage": dispute.stage,
        "dispute_status": dispute.status,
        "created_at": iso(dispute.created_at),
        "remarks": dispute.remarks,
        "is_resolved_by_rdr": None,
    }


def show_dispute_item(dispute: Dispute) -> JSONObject:
    """`DisputeListResponse`."""
    shown = {**show_dispute_event(dispute), "payment_provider": "dodo"}
    del shown["remarks"]
    return shown


def show_dispute(world: World, dispute: Dispute) -> JSONObject:
    """`GetDispute`."""
    customer = show_customer_briefly(world.customers[world.payments[dispute.payment_id].customer_id])
    extra = {"brand_id": BRAND_ID, "payment_provider": "dodo", "reason": dispute.reason, "customer": customer}
    return {**show_dispute_event(dispute), **extra}

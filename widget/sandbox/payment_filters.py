"""Which payments a list asks for."""

from __future__ import annotations

from datetime import timedelta

from widget.sandbox.lists import AnyRequest, moment, within, word
from widget.sandbox.money import CURRENCIES
from widget.sandbox.things import Payment
from widget.sandbox.world import BRAND_ID, World

STATUSES = frozenset(
    "succeeded failed cancelled processing requires_customer_action requires_merchant_action requires_payment_method "
    "requires_confirmation requires_capture partially_captured partially_captured_and_capturable".split()
)


def asked_payments(request: AnyRequest, world: World) -> list[Payment]:
    """Newest first; with the lag switched on, young payments are not there yet."""
    since, until = moment(request, "created_at_gte"), moment(request, "created_at_lte")
    customer_id = word(request, "customer_id")
    wanted = {
        "status": word(request, "status", STATUSES),
        "currency": word(request, "currency", CURRENCIES),
    }
    subscription_id, product_id = word(request, "subscription_id"), word(request, "product_id")
    if word(request, "brand_id") not in (None, BRAND_ID):
        return []
    shown_until = world.now() - timedelta(seconds=world.settings.list_lag_s)
    return [
        payment
        for payment in reversed(world.payments.values())
        if (customer_id is None or payment.customer_id == customer_id)  # first: a person has few
        and within(payment.created_at, since, until)
        and payment.created_at <= shown_until
        and all(value is None or getattr(payment, name) == value for name, value in wanted.items())
        and (subscription_id is None or subscription_id in payment.subscription_ids)
        and (product_id is None or product_id in payment.product_ids)
    ]

"""What a cart would cost today and at each renewal, shaped as the checkout preview."""

from __future__ import annotations

from datetime import datetime, timedelta

from widget.sandbox.cycles import later
from widget.sandbox.lists import JSONObject, iso
from widget.sandbox.pricing import Price, PricedLine, price_cart
from widget.sandbox.things import Address, Checkout, Discount
from widget.sandbox.world import World


def preview_of(world: World, checkout: Checkout) -> JSONObject:
    """`CheckoutSessionPreviewResponse` of a session that was never opened."""
    customer = world.customers.get(checkout.customer_id or "")
    where = checkout.billing or (customer.address if customer else Address("US"))
    price = price_cart(world, checkout.cart, where.country, checkout.discount_codes)
    recurring = [line for line in price.lines if line.product.is_recurring]
    trial = _trial(checkout, recurring)
    due = [line for line in price.lines if not (trial and line.product.is_recurring)]
    return {
        "billing_country": where.country,
        "currency": checkout.currency,
        "is_byop": False,
        "payment_method_required": True,
        "total_price": sum(line.due for line in due),
        "total_tax": sum(line.tax for line in due),
        "current_breakup": _breakup(due),
        "recurring_breakup": _breakup(recurring) if recurring else None,
        "subscriptions": _subscriptions(world, price, trial),
        "next_billing_date": iso(_renewal(world, recurring[0], trial)) if recurring else None,
        "tax_id_business_name": None,
        "tax_id_err_msg": None,
        "tax_id_format_name": None,
        "trial_amount": None,
        "trial_period_days": trial or None,
        "product_cart": [_line(price, line) for line in price.lines if line.addon is None],
    }


def _trial(checkout: Checkout, recurring: list[PricedLine]) -> int:
    if not recurring:
        return 0
    asked = checkout.trial_period_days
    return asked if asked is not None else recurring[0].product.trial_period_days


def _renewal(world: World, line: PricedLine, trial: int) -> datetime:
    if trial:
        return world.now() + timedelta(days=trial)
    return later(world.now(), line.product.frequency_count, line.product.frequency_interval)


def _breakup(lines: list[PricedLine]) -> JSONObject:
    return {
        "subtotal": sum(line.gross for line in lines),
        "discount": sum(line.gross - line.net for line in lines),
        "tax": sum(line.tax for line in lines),
        "total_amount": sum(line.due for line in lines),
    }


def _subscriptions(world: World, price: Price, trial: int) -> list[JSONObject] | None:
    """Only for carts with several."""
    plans = [line for line in price.lines if line.product.is_recurring and line.addon is None]
    if len(plans) < 2:
        return None
    shown: list[JSONObject] = []
    for plan in plans:
        lines = [line for line in price.lines if line.product.product_id == plan.product.product_id]
        due, tax = sum(line.due for line in lines), sum(line.tax for line in lines)
        shown.append(
            {
                "product_id": plan.product.product_id,
                "amount_due_now": 0 if trial else due,
                "tax_due_now": 0 if trial else tax,
                "recurring_amount": due,
                "recurring_tax": tax,
                "next_billing_date": iso(_renewal(world, plan, trial)),
                "trial_period_days": trial or None,
            }
        )
    return shown


def _line(price: Price, line: PricedLine) -> JSONObject:
    product = line.product
    addons = [extra for extra in price.lines if extra.addon and extra.product.product_id == product.product_id]
    return {
        "product_id": product.product_id,
        "name": product.name,
        "description": product.description,
        **_amounts(price, line),
        "discount_cycle": None,
        "monthly_equivalent": None,
        "is_subscription": product.is_recurring,
        "is_usage_based": product.price_kind == "usage_based_price",
        "addons": [_addon(price, extra) for extra in addons] or None,
        "meters": [],
        "credit_entitlements": [],
    }


def _addon(price: Price, line: PricedLine) -> JSONObject:
    addon = line.addon
    name = {"addon_id": addon.addon_id, "name": line.name} if addon else {}
    return {**name, "description": None, **_amounts(price, line), "single_quantity_price": line.unit_price}


def _amounts(price: Price, line: PricedLine) -> JSONObject:
    rates = [d.amount for d in price.discounts if d.kind == "percentage" and _meets(d, line)]
    return {
        "quantity": line.quantity,
        "currency": line.product.currency,
        "og_currency": line.product.currency,
        "og_price": line.unit_price,
        "discounted_price": line.net,
        "discount_amount": rates[0] if rates else None,
        "tax": line.tax,
        "tax_rate": price.tax_percent,
        "tax_category": line.product.tax_category,
        "tax_inclusive": line.tax_inclusive,
    }


def _meets(discount: Discount, line: PricedLine) -> bool:
    return not discount.restricted_to or line.product.product_id in discount.restricted_to

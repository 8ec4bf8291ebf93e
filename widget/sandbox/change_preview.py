"""The preview of a plan change as Dodo shows it."""

from __future__ import annotations

from widget.sandbox.change_quote import Quote
from widget.sandbox.lists import JSONObject, iso
from widget.sandbox.money import share, tax_percent
from widget.sandbox.proration import Line
from widget.sandbox.subscription_view import show_subscription
from widget.sandbox.world import World

# a pretend rate, for the switch that settles in another currency
RATE_PERCENT = 92


def show_quote(world: World, quote: Quote) -> JSONObject:
    """`ChangePlanPreviewResponse`."""
    return {
        "immediate_charge": {
            "effective_at": iso(quote.effective_at),
            "line_items": [_show_line(world, quote, line) for line in quote.bill.lines],
            "summary": _show_summary(world, quote),
        },
        "new_plan": show_subscription(world, quote.after),
    }


def _show_summary(world: World, quote: Quote) -> JSONObject:
    currency, bill = quote.after.currency, quote.bill
    settled_in = world.settings.preview_settlement_currency or currency
    percent = 100 if settled_in == currency else RATE_PERCENT
    total = max(bill.gross, 0) if world.settings.preview_total_before_credits else bill.due
    return {
        "currency": currency,
        "total_amount": total,
        "tax": bill.gross_tax,
        "customer_credits": bill.credits,
        "customer_credits_currency": currency,
        "settlement_amount": share(bill.due, percent, 100),
        "settlement_currency": settled_in,
        "settlement_tax": share(bill.gross_tax, percent, 100),
    }


def _show_line(world: World, quote: Quote, line: Line) -> JSONObject:
    """`unit_price` and `tax` are for a full cycle; the factor is what is billed of them."""
    common: JSONObject = {
        "type": line.item.kind,
        "currency": quote.after.currency,
        "unit_price": share(line.cycle_amount, 1, line.item.quantity),
        "quantity": line.item.quantity,
        "proration_factor": float(line.factor),
        "tax_inclusive": line.tax_inclusive,
        "tax": line.cycle_tax,
        "tax_rate": float(tax_percent(quote.after.billing.country)),
    }
    if line.item.kind == "addon":
        addon = world.addons[line.item.thing_id]
        described = {"name": addon.name, "description": addon.description, "tax_category": addon.tax_category}
        return {**common, "id": addon.addon_id, **described}
    product = world.products[line.item.thing_id]
    which = "li_new" if line.factor > 0 else "li_old"
    described = {"name": product.name, "description": product.description, "product_id": product.product_id}
    return {**common, "id": which, **described}

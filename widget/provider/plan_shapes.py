"""Reading what the provider says about subscriptions and their changes: checked field by field, never guessed."""

from typing import Any, get_args

from widget.core.money import Money, UnknownCurrency
from widget.core.payment import Addon
from widget.core.plan_change import ChangeLine, ChangePreview, Mode, When
from widget.core.plan_family import Collection
from widget.core.subscription import AddonLine, Discount, Scheduled, Subscription
from widget.provider.shapes import (
    Odd,
    flag,
    listed,
    maybe_moment,
    maybe_text,
    maybe_whole,
    moment,
    money,
    number,
    text,
    whole,
)

_COMMON = "Month"


def subscription_of(found: Any) -> Subscription:
    """GET /subscriptions/{id} (dodo-api 6.1); what is null or missing is as if nobody had ever said it."""
    return Subscription(
        id=text(found, "subscription_id"),
        customer_id=text(getattr(found, "customer", None), "customer_id"),
        product_id=text(found, "product_id"),
        status=text(found, "status"),
        quantity=whole(found, "quantity"),
        currency=maybe_text(found, "currency") or "",
        addons=_addons(found),
        recurring=_recurring(found),
        count=maybe_whole(found, "payment_frequency_count") or 1,
        interval=maybe_text(found, "payment_frequency_interval") or _COMMON,
        created_at=maybe_moment(found, "created_at"),
        billed_at=maybe_moment(found, "previous_billing_date"),
        next_bill_at=maybe_moment(found, "next_billing_date"),
        trial_days=maybe_whole(found, "trial_period_days") or 0,
        tax_inclusive=flag(found, "tax_inclusive", otherwise=False),
        on_demand=flag(found, "on_demand", otherwise=False),
        metered=bool(listed(found, "meters", empty=True)),
        has_method=flag(found, "has_payment_method", otherwise=True),
        method_id=maybe_text(found, "payment_method_id"),
        ending=flag(found, "cancel_at_next_billing_date", otherwise=False),
        scheduled=_scheduled(getattr(found, "scheduled_change", None)),
        discounts=_discounts(found),
        paused_at=maybe_moment(found, "paused_at"),
        country=maybe_text(getattr(found, "billing", None), "country") or "",
    )


def subscription_line_of(found: Any) -> Subscription:
    """An item of GET /subscriptions: what conditions ask for, and no more."""
    return Subscription(
        id=text(found, "subscription_id"),
        customer_id=text(getattr(found, "customer", None), "customer_id"),
        product_id=text(found, "product_id"),
        status=text(found, "status"),
        quantity=whole(found, "quantity"),
        created_at=maybe_moment(found, "created_at"),
    )


def change_preview_of(found: Any) -> ChangePreview:
    """POST …/change-plan/preview (dodo-api 6.4): due is what the summary calls the total, with tax, after credits."""
    charge, plan = getattr(found, "immediate_charge", None), getattr(found, "new_plan", None)
    summary = getattr(charge, "summary", None)
    due = money(summary, "total_amount", "currency")
    if due.amount < 0:
        raise Odd("total_amount is below nothing")
    if plan is None:
        raise Odd("new_plan is missing")
    settled = whole(summary, "settlement_amount"), text(summary, "settlement_currency")
    credit = money(summary, "customer_credits", "customer_credits_currency")
    return ChangePreview(
        due=due,
        tax=maybe_whole(summary, "tax") or 0,
        credits=credit.amount,
        credits_currency=credit.currency,
        exact=settled == (due.amount, due.currency),
        effective_at=moment(charge, "effective_at"),
        lines=tuple(_line(item, due.currency) for item in listed(charge, "line_items")),
        recurring=_recurring(plan),
        tax_inclusive=flag(plan, "tax_inclusive", otherwise=False),
        next_bill_at=maybe_moment(plan, "next_billing_date"),
        discounts=_discounts(plan),
    )


def addon_of(found: Any) -> Addon:
    """GET /addons/{id} (dodo-api 3.3)."""
    addon_id = text(found, "id")
    return Addon(
        id=addon_id,
        name=maybe_text(found, "name") or addon_id,
        price=money(found, "price", "currency"),
        description=maybe_text(found, "description") or "",
    )


def collection_of(found: Any) -> Collection:
    """GET /product-collections/{id} (dodo-api 3.4): what is switched off or paid once only is left out."""
    groups = ((maybe_text(group, "group_name") or "", _plans(group)) for group in _on(found, "groups"))
    return Collection(
        id=text(found, "id"),
        name=maybe_text(found, "name") or "",
        groups=tuple((name, plans) for name, plans in groups if plans),
        proration_on_upgrade=_one_of(Mode, found, "proration_billing_mode_on_upgrade"),
        proration_on_downgrade=_one_of(Mode, found, "proration_billing_mode_on_downgrade"),
        effective_on_upgrade=_one_of(When, found, "effective_at_on_upgrade"),
        effective_on_downgrade=_one_of(When, found, "effective_at_on_downgrade"),
    )


def _line(found: Any, currency: str) -> ChangeLine:
    """A line in the currency of the sum; a kind or a currency we do not know would be a line that does not add up."""
    kind = text(found, "type")
    if kind not in {"subscription", "addon", "meter"}:
        raise Odd(f"a line of the kind {kind}")
    if text(found, "currency") != currency:
        raise Odd("a line in another currency than the sum")
    metered = kind == "meter"  # its subtotal is no share of anything
    product_id = text(found, "product_id") if kind == "subscription" else ""
    return ChangeLine(
        kind=kind,
        name=maybe_text(found, "name") or product_id,
        quantity=1 if metered else whole(found, "quantity"),
        unit_price=whole(found, "subtotal" if metered else "unit_price"),
        factor=1.0 if metered else number(found, "proration_factor"),
        tax=maybe_whole(found, "tax") or 0,
        tax_inclusive=flag(found, "tax_inclusive", otherwise=False),
        product_id=product_id,
        addon_id=text(found, "id") if kind == "addon" else "",
    )


def _recurring(found: Any) -> Money | None:
    amount, currency = maybe_whole(found, "recurring_pre_tax_amount"), maybe_text(found, "currency")
    if amount is None or currency is None:
        return None
    try:
        return Money(amount, currency)
    except UnknownCurrency as code:
        raise Odd(f"currency {code}") from None


def _addons(found: Any) -> tuple[AddonLine, ...]:
    return tuple(
        AddonLine(text(line, "addon_id"), whole(line, "quantity")) for line in listed(found, "addons", empty=True)
    )


def _scheduled(found: Any) -> Scheduled | None:
    if found is None:
        return None
    return Scheduled(
        product_id=text(found, "product_id"),
        product_name=maybe_text(found, "product_name") or "",
        quantity=whole(found, "quantity"),
        addons=_addons(found),
        effective_at=moment(found, "effective_at"),
    )


def _discounts(found: Any) -> tuple[Discount, ...]:
    return tuple(
        Discount(
            id=text(one, "discount_id"),
            code=maybe_text(one, "code") or "",
            kind=maybe_text(one, "type") or "",
            amount=maybe_whole(one, "amount") or 0,
            cycles_remaining=maybe_whole(one, "cycles_remaining"),
            survives_change=flag(one, "preserve_on_plan_change", otherwise=False),
        )
        for one in listed(found, "discounts", empty=True)
    )


def _on(found: Any, name: str) -> list[Any]:
    """What is not switched off."""
    return [item for item in listed(found, name) if flag(item, "status", otherwise=True)]


def _plans(group: Any) -> tuple[str, ...]:
    return tuple(
        text(item, "product_id") for item in _on(group, "products") if flag(item, "is_recurring", otherwise=False)
    )


def _one_of(known: Any, found: Any, name: str) -> Any:
    """A word we know, else None: a new one of the provider's is as good as none."""
    value = getattr(found, name, None)
    return value if isinstance(value, str) and value in get_args(known) else None

"""Reading the provider's answers: every field we rely on is checked, because the SDK's models do not."""

from collections.abc import Iterable
from datetime import UTC, datetime
from math import isfinite
from typing import Any

from widget.core.method import Method
from widget.core.money import Money, UnknownCurrency
from widget.core.payment import (
    Address,
    Checkout,
    Customer,
    LocalPrice,
    MoneyBack,
    Payment,
    PaymentLine,
    Preview,
    Product,
    PromoCode,
    Recurring,
)


class Odd(ValueError):
    """A field of the answer is missing or of another type than documented."""


def payment_of(found: Any) -> Payment:
    """GET /payments/{id} (dodo-api 5.2)."""
    total = money(found, "total_amount", "currency")
    customer = getattr(found, "customer", None)
    return Payment(
        id=text(found, "payment_id"),
        customer_id=text(customer, "customer_id"),
        business_id=text(found, "business_id"),
        status=maybe_text(found, "status") or "",
        total=total,
        tax=maybe_whole(found, "tax") or 0,
        created_at=moment(found, "created_at"),
        products=tuple(
            (text(line, "product_id"), whole(line, "quantity")) for line in listed(found, "product_cart", empty=True)
        ),
        subscription_ids=_subscriptions(found),
        charge_type=maybe_text(found, "charge_type") or "",
        billing=address(getattr(found, "billing", None)),
        method_id=maybe_text(found, "payment_method_id"),
        method_kind=maybe_text(found, "payment_method") or "",
        method_fine_kind=maybe_text(found, "payment_method_type") or "",
        card_network=(maybe_text(found, "card_network") or "").lower(),
        card_last_four=maybe_text(found, "card_last_four") or "",
        checkout_session_id=maybe_text(found, "checkout_session_id"),
        link=maybe_text(found, "payment_link"),
        error_code=maybe_text(found, "error_code"),
        metadata=metadata(found),
        customer_metadata=metadata(customer),
        is_card_check=getattr(found, "is_update_payment_method", False) is True,
        invoice_url=maybe_text(found, "invoice_url"),
        money_back=(*_refunds(found, total.currency), *_disputes(found)),
    )


def customer_of(found: Any) -> Customer:
    """GET /customers/{id} (dodo-api 2): the language, and nothing that names a person."""
    return Customer(id=text(found, "customer_id"), locale=maybe_text(found, "preferred_locale"))


def line_of(found: Any) -> PaymentLine:
    """An item of GET /payments."""
    return PaymentLine(
        id=text(found, "payment_id"),
        status=maybe_text(found, "status") or "",
        total=money(found, "total_amount", "currency"),
        created_at=moment(found, "created_at"),
        metadata=metadata(found),
        checkout_session_id=maybe_text(found, "checkout_session_id"),
        charge_type=maybe_text(found, "charge_type") or "",
    )


def checkout_of(found: Any) -> Checkout:
    """GET /checkouts/{id} (dodo-api 4.3)."""
    return Checkout(text(found, "id"), maybe_text(found, "payment_id"), maybe_text(found, "payment_status"))


def method_of(found: Any) -> Method:
    """An item of GET /customers/{id}/payment-methods; every detail of the card may be missing (dodo-api 2)."""
    card = getattr(found, "card", None)
    year = _number(maybe_text(card, "expiry_year"))
    return Method(
        id=text(found, "payment_method_id"),
        kind=text(found, "payment_method"),
        fine_kind=maybe_text(found, "payment_method_type") or "",
        network=(maybe_text(card, "card_network") or "").lower(),
        last_four=(maybe_text(card, "last4_digits") or "")[-4:],
        expires_month=_number(maybe_text(card, "expiry_month")),
        expires_year=year + 2000 if year is not None and year < 100 else year,
        recurring_enabled=_maybe_bool(found, "recurring_enabled"),
        last_used_at=moment(found, "last_used_at") if getattr(found, "last_used_at", None) is not None else None,
    )


def product_of(found: Any) -> Product:
    """GET /products/{id}: `price` is a union by its `type` (dodo-api 3.2)."""
    price = getattr(found, "price", None)
    kind = text(price, "type")
    amount = money(price, "fixed_price" if kind == "usage_based_price" else "price", "currency")
    recurring = None
    if kind in {"recurring_price", "usage_based_price"}:
        recurring = Recurring(
            price=amount,
            count=whole(price, "payment_frequency_count"),
            interval=text(price, "payment_frequency_interval"),
            trial_days=maybe_whole(price, "trial_period_days") or 0,
        )
    return Product(
        id=text(found, "product_id"),
        name=maybe_text(found, "name") or text(found, "product_id"),
        description=maybe_text(found, "description") or "",
        image=maybe_text(found, "image"),
        price=amount,
        tax_inclusive=getattr(price, "tax_inclusive", False) is True,
        recurring=recurring,
        pay_what_you_want=getattr(price, "pay_what_you_want", False) is True,
        metered=kind == "usage_based_price",
        addons=_texts(found, "addons"),
        metadata=metadata(found),
        pricing_mode=maybe_text(found, "pricing_mode") or "",
    )


def local_price_of(found: Any) -> LocalPrice:
    """An item of GET /products/{id}/localized-prices."""
    return LocalPrice(money(found, "amount", "currency"), maybe_text(found, "country_code") or "")


def shelved_of(found: Any) -> tuple[str, str]:
    """A line of GET /products: id and name."""
    product_id = text(found, "product_id")
    return product_id, maybe_text(found, "name") or product_id


def promo_code_of(found: Any) -> PromoCode:
    """A line of GET /discounts."""
    limit, used = maybe_whole(found, "usage_limit"), maybe_whole(found, "times_used") or 0
    ends = getattr(found, "expires_at", None)
    return PromoCode(
        code=text(found, "code"),
        products=_texts(found, "restricted_to"),
        expires_at=ends if isinstance(ends, datetime) else None,
        used_up=limit is not None and used >= limit,
    )


def preview_of(found: Any) -> Preview:
    """POST /checkouts/preview: `current_breakup.total_amount` is due today with tax (dodo-api 4.4)."""
    now, later = getattr(found, "current_breakup", None), getattr(found, "recurring_breakup", None)
    currency = text(found, "currency")
    try:
        total = Money(whole(now, "total_amount"), currency)
        renewal = Money(whole(later, "total_amount"), currency) if later is not None else None
    except UnknownCurrency as code:
        raise Odd(f"currency {code}") from None
    return Preview(
        total=total,
        subtotal=whole(now, "subtotal"),
        discount=whole(now, "discount"),
        tax=maybe_whole(now, "tax") or 0,
        country=text(found, "billing_country"),
        renewal=renewal,
        exact=getattr(found, "is_byop", None) is not True,
    )


def address(found: Any) -> Address | None:
    """A billing address; without a country it is none."""
    country = maybe_text(found, "country")
    if country is None:
        return None
    parts = {name: maybe_text(found, name) for name in ("state", "city", "street", "zipcode")}
    return Address(country=country, **parts)


def text(found: Any, name: str) -> str:
    """Text that is there and not empty."""
    value = getattr(found, name, None)
    if not isinstance(value, str) or not value:
        raise Odd(f"{name} is no text")
    return value


def maybe_text(found: Any, name: str) -> str | None:
    """Text, or None where it is null, missing or empty."""
    value = getattr(found, name, None)
    if value is not None and not isinstance(value, str):
        raise Odd(f"{name} is no text")
    return value or None


def whole(found: Any, name: str) -> int:
    """A whole number; True is none."""
    value = getattr(found, name, None)
    if not isinstance(value, int) or isinstance(value, bool):
        raise Odd(f"{name} is no whole number")
    return value


def maybe_whole(found: Any, name: str) -> int | None:
    """A whole number, or None."""
    return None if getattr(found, name, None) is None else whole(found, name)


def money(found: Any, amount: str, currency: str) -> Money:
    """An amount of at least nothing in a currency we know."""
    value = whole(found, amount)
    try:
        return Money(value, text(found, currency))
    except UnknownCurrency as code:
        raise Odd(f"currency {code}") from None


def moment(found: Any, name: str) -> datetime:
    """A time with its zone; without one it is UTC."""
    value = getattr(found, name, None)
    if not isinstance(value, datetime):
        raise Odd(f"{name} is no time")
    return value if value.tzinfo else value.replace(tzinfo=UTC)


def maybe_moment(found: Any, name: str) -> datetime | None:
    """A time, or None."""
    return None if getattr(found, name, None) is None else moment(found, name)


def flag(found: Any, name: str, *, otherwise: bool) -> bool:
    """Yes or no; `otherwise` where it is null or missing."""
    value = getattr(found, name, None)
    if value is not None and not isinstance(value, bool):
        raise Odd(f"{name} is neither yes nor no")
    return otherwise if value is None else value


def number(found: Any, name: str) -> float:
    """A finite number, whole or not."""
    value = getattr(found, name, None)
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise Odd(f"{name} is no number")
    try:
        exact = float(value)
    except OverflowError:
        raise Odd(f"{name} is too large") from None
    if not isfinite(exact):
        raise Odd(f"{name} is no number")
    return exact


def listed(found: Any, name: str, *, empty: bool = False) -> list[Any]:
    """A list; with `empty`, null counts as one without items."""
    value = getattr(found, name, None)
    if value is None and empty:
        return []
    if not isinstance(value, list):
        raise Odd(f"{name} is no list")
    return value  # pyright: ignore[reportUnknownVariableType]


def metadata(found: Any) -> dict[str, str]:
    """Names to texts; numbers come back as floats, so ours are always texts (dodo-api 1.7)."""
    value = getattr(found, "metadata", None)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise Odd("metadata is no object")
    return {str(key): str(item) for key, item in value.items()}  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]


def _subscriptions(found: Any) -> tuple[str, ...]:
    single = maybe_text(found, "subscription_id")
    many = [one for one in listed(found, "subscription_ids", empty=True) if isinstance(one, str)]
    return tuple(dict.fromkeys([*([single] if single else []), *many]))


def _refunds(found: Any, currency: str) -> Iterable[MoneyBack]:
    for refund in listed(found, "refunds", empty=True):
        amount = maybe_whole(refund, "amount")
        if amount is not None:
            yield MoneyBack(
                id=text(refund, "refund_id"),
                kind="refund",
                status=text(refund, "status"),
                amount=Money(amount, maybe_text(refund, "currency") or currency),
                at=moment(refund, "created_at"),
            )


def _disputes(found: Any) -> Iterable[MoneyBack]:
    """The amount of a dispute is a text whose unit is unsaid (dodo-api 7.3): kept, never computed with."""
    for dispute in listed(found, "disputes", empty=True):
        amount = _number((maybe_text(dispute, "amount") or "").partition(".")[0])
        yield MoneyBack(
            id=text(dispute, "dispute_id"),
            kind="dispute",
            status=text(dispute, "dispute_status"),
            amount=Money(amount or 0, text(dispute, "currency")),
            at=moment(dispute, "created_at"),
        )


def _texts(found: Any, name: str) -> tuple[str, ...]:
    items = listed(found, name, empty=True)
    if not all(isinstance(item, str) for item in items):
        raise Odd(f"{name} is no list of texts")
    return tuple(items)


def _number(value: str | None) -> int | None:
    return int(value) if value is not None and value.isascii() and value.isdecimal() else None


def _maybe_bool(found: Any, name: str) -> bool | None:
    value = getattr(found, name, None)
    return value if isinstance(value, bool) else None

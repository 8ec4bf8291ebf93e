"""A saved payment method, and whether it can be charged in one click."""

from datetime import datetime

from msgspec import Struct

# The kinds the provider documents for later charges; UPI and RuPay only under mandates (docs payment-methods).
_ONE_CLICK_WALLETS = frozenset({"apple_pay", "google_pay"})


class Method(Struct, frozen=True):
    """One saved method; card details are text as the provider keeps them, or empty."""

    id: str
    kind: str  # card, wallet, upi, …
    fine_kind: str = ""  # credit, debit, apple_pay, …
    network: str = ""
    last_four: str = ""
    expires_month: int | None = None
    expires_year: int | None = None
    recurring_enabled: bool | None = None
    last_used_at: datetime | None = None


def chargeable_kind(method: Method) -> bool:
    """A card, or a wallet that hides a card, that is not barred from later charges."""
    if method.recurring_enabled is False:
        return False
    return method.kind == "card" or (method.kind == "wallet" and method.fine_kind in _ONE_CLICK_WALLETS)


def expired(method: Method, now: datetime) -> bool:
    """Past the last day of its month; a method without a date is not expired (wallets have none)."""
    if method.expires_month is None or method.expires_year is None:
        return False
    return (method.expires_year, method.expires_month) < (now.year, now.month)


def best_first(methods: tuple[Method, ...], used: str | None) -> tuple[Method, ...]:
    """The one used for the purchase, then the latest used; the id settles ties so the order is stable."""
    return tuple(
        sorted(
            methods,
            key=lambda m: (m.id != used, -(m.last_used_at.timestamp() if m.last_used_at else 0.0), m.id),
        )
    )


def method_name(name: str, last_four: str, otherwise: str) -> str:
    """`Visa ···· 4242`; a wallet by its name."""
    shown = (name or otherwise).replace("_", " ").title()
    return f"{shown} ···· {last_four}" if last_four else shown

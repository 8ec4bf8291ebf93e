"""What the control surface accepts; anything else is a 4xx that names the field."""

from __future__ import annotations

import base64
import binascii
from typing import Annotated, Literal
from urllib.parse import urlsplit

import msgspec

from widget.sandbox.errors import Refusal
from widget.sandbox.faults import GARBAGE, KINDS, LONGEST_S, METHODS

Seconds = Annotated[float, msgspec.Meta(ge=0, le=LONGEST_S)]
Metadata = dict[str, str | int | float | bool]
TEN_YEARS_S = 3660 * 86_400


class AskedFault(msgspec.Struct, forbid_unknown_fields=True):
    """`POST /_sandbox/faults`; `clear` alone takes all planned faults back."""

    operation: str = ""
    fault: str = ""
    status: Annotated[int, msgspec.Meta(ge=200, le=599)] = 500
    seconds: Seconds = 5.0
    times: Annotated[int, msgspec.Meta(ge=1, le=100_000)] = 1
    executed: bool = False
    path_contains: str | None = None
    body_contains: str | None = None
    code: str | None = None
    message: str | None = None
    kind: str = "html"
    headers: dict[str, str] = msgspec.field(default_factory=lambda: {})
    clear: bool = False

    def checked(self) -> tuple[str, str]:
        """Method and path of the operation; `*` stands for every method and path."""
        if self.fault not in KINDS:
            raise bad("fault", "one of " + ", ".join(sorted(KINDS)))
        if self.kind not in GARBAGE:
            raise bad("kind", "one of " + ", ".join(sorted(GARBAGE)))
        if not all(
            f"{name}{value}".isascii() and f"{name}{value}".isprintable() for name, value in self.headers.items()
        ):
            raise bad("headers", "printable ASCII")
        if self.operation == "*":
            return "*", "*"
        method, _, path = self.operation.partition(" ")
        if method not in METHODS or not path.startswith("/"):
            raise bad("operation", "a method and a path such as `POST /checkouts` or `GET /payments/{id}`, or `*`")
        return method, path


class AskedPostbox(msgspec.Struct, forbid_unknown_fields=True):
    """`POST /_sandbox/webhooks`; what is absent stays as it is."""

    delay: Seconds | msgspec.UnsetType = msgspec.UNSET
    copies: Annotated[int, msgspec.Meta(ge=1, le=100)] | msgspec.UnsetType = msgspec.UNSET
    shuffle: bool | msgspec.UnsetType = msgspec.UNSET
    drop: bool | msgspec.UnsetType = msgspec.UNSET
    target: str | msgspec.UnsetType | None = msgspec.UNSET
    secret: str | msgspec.UnsetType = msgspec.UNSET

    def check(self) -> None:
        """The target is an address, the secret can sign."""
        if isinstance(self.target, str):
            parts = urlsplit(self.target)
            if parts.scheme not in ("http", "https") or not parts.hostname:
                raise bad("target", "an absolute http(s) address, or null")
        if isinstance(self.secret, str):
            check_secret(self.secret)


class AskedClock(msgspec.Struct, forbid_unknown_fields=True):
    """`POST /_sandbox/clock`; the clock only goes forward."""

    advance_days: Annotated[float, msgspec.Meta(ge=0, le=3660)] = 0
    advance_seconds: Annotated[float, msgspec.Meta(ge=0, le=TEN_YEARS_S)] = 0


class AskedPurchase(msgspec.Struct, forbid_unknown_fields=True):
    """`POST /_sandbox/purchases`: `product_id` or `product_ids`."""

    customer_id: str
    product_id: str | None = None
    product_ids: list[str] | None = None
    payment_method_id: str | None = None
    quantity: Annotated[int, msgspec.Meta(ge=1, le=1000)] = 1
    metadata: Metadata | None = None
    country: str | None = None
    currency: str | None = None
    outcome: Literal["succeeded", "processing", "failed"] = "succeeded"
    webhook: bool = True
    discount_codes: list[str] | None = None
    return_url: str | None = None

    def products(self) -> list[str]:
        """The bought products, at least one."""
        asked = [self.product_id] if self.product_id is not None else self.product_ids or []
        if not asked or (self.product_id is not None and self.product_ids is not None):
            raise bad("product_id", "a product, or several in `product_ids`, not both")
        return asked


class AskedEnd(msgspec.Struct, forbid_unknown_fields=True):
    """`POST /_sandbox/settle`."""

    payment_id: str
    status: Literal["succeeded", "failed", "cancelled"]
    error_code: str | None = None


class AskedRefund(msgspec.Struct, forbid_unknown_fields=True):
    """`POST /_sandbox/refunds`; without an amount all that is left."""

    payment_id: str
    amount: Annotated[int, msgspec.Meta(ge=1)] | None = None
    reason: str | None = None
    status: Literal["succeeded", "failed", "pending"] = "succeeded"


class AskedDispute(msgspec.Struct, forbid_unknown_fields=True):
    """`POST /_sandbox/disputes`."""

    payment_id: str
    status: Literal["opened", "expired", "accepted", "cancelled", "challenged", "won", "lost"] = "opened"
    reason: str | None = None


class AskedBlock(msgspec.Struct, forbid_unknown_fields=True):
    """`POST /_sandbox/block`: a customer on the blocklist, or off it."""

    customer_id: str
    blocked: bool = True


Language = Literal[
    "ar", "ca", "zh", "nl", "en", "fr", "de", "he", "id", "it", "ja", "ka", "ko", "ms", "pl", "pt", "ro", "ru", "es",
    "sv", "th", "tr",
]  # fmt: skip


class AskedLanguage(msgspec.Struct, forbid_unknown_fields=True):
    """`POST /_sandbox/language`: a customer chose a language at Dodo's checkout or portal, or none."""

    customer_id: str
    preferred_locale: Language | None = None


class AskedProduct(msgspec.Struct, forbid_unknown_fields=True):
    """`POST /_sandbox/products`: the merchant changed a price (minor units) or metadata, or archived a product."""

    product_id: str
    price: Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)] | None = None
    archived: bool | None = None
    metadata: dict[str, str] | None = None


def check_secret(secret: str) -> None:
    """`whsec_` plus base64; the prefix may be missing."""
    try:
        key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not key:
        raise bad("secret", "base64, optionally after `whsec_`")


def bad(field: str, expected: str) -> Refusal:
    """422 naming the field."""
    return Refusal("INVALID_REQUEST_BODY", f"`{field}`: expected {expected}")

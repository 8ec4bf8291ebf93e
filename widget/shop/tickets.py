"""The ticket for Encore, minted with a JWT library as any merchant's server would; and the shop's own cookie."""

import secrets
import time
from typing import Any

import jwt


def offer_ticket(signing_key: str, *, customer_id: str, payment_id: str, locale: str = "en") -> str:
    """Opens the offer after this payment for this customer, for fifteen minutes."""
    claims = {"aud": "encore/offer", "sub": customer_id, "payment_id": payment_id, "placement": "post_purchase"}
    return _sign(signing_key, claims | {"locale": locale}, seconds=900)


def plans_ticket(signing_key: str, *, customer_id: str, subscription_id: str, locale: str = "en") -> str:
    """Opens the plans of this subscription for its customer."""
    claims = {"aud": "encore/plans", "sub": customer_id, "subscription_id": subscription_id}
    return _sign(signing_key, claims | {"locale": locale}, seconds=900)


def cookie(secret: str, **facts: str) -> str:
    """The shop remembers a shopper by a signed cookie of its own."""
    return _sign(secret, {"aud": "shop", **facts}, seconds=86_400)


def read_cookie(secret: str, token: str | None) -> dict[str, Any]:
    """What the cookie says, or nothing when it is missing or not ours."""
    try:
        return jwt.decode(token or "", secret, algorithms=["HS256"], audience="shop")  # pyright: ignore[reportUnknownMemberType]
    except jwt.InvalidTokenError:
        return {}


def _sign(key: str, claims: dict[str, str], *, seconds: int) -> str:
    now = int(time.time())
    stamped = claims | {"iat": now, "exp": now + seconds, "jti": secrets.token_urlsafe(16)}
    return jwt.encode(stamped, key, algorithm="HS256")  # pyright: ignore[reportUnknownMemberType] - PyJWT's own gap

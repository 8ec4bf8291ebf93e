"""The ticket for Encore, minted with a JWT library as any merchant's server would."""

import secrets
import time

import jwt

LIVES_S = 900  # the longest life Encore accepts


def offer_ticket(signing_key: str, *, customer_id: str, payment_id: str, locale: str | None = None) -> str:
    """Opens the offer after this payment for this customer, for fifteen minutes. Both ids as Dodo told them."""
    return _sign(
        signing_key, "encore/offer", customer_id, payment_id=payment_id, placement="post_purchase", locale=locale
    )


def slot_ticket(signing_key: str, *, customer_id: str, placement: str, locale: str | None = None) -> str:
    """Opens whatever fits this customer at this place in the app now."""
    return _sign(signing_key, "encore/offer", customer_id, placement=placement, locale=locale)


def plans_ticket(signing_key: str, *, customer_id: str, subscription_id: str, locale: str | None = None) -> str:
    """Opens the plans of this subscription for its customer."""
    return _sign(signing_key, "encore/plans", customer_id, subscription_id=subscription_id, locale=locale)


def _sign(key: str, audience: str, customer_id: str, **claims: str | None) -> str:
    now = int(time.time())
    stamp = {"iat": now, "exp": now + LIVES_S, "jti": secrets.token_urlsafe(16)}
    given = {name: value for name, value in claims.items() if value is not None}
    payload = {"aud": audience, "sub": customer_id, **stamp, **given}
    return jwt.encode(payload, key, algorithm="HS256")  # pyright: ignore[reportUnknownMemberType] - PyJWT's own gap

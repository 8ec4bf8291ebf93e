"""The ticket opens a page: a JWT that a merchant's server signed, or Encore for it (contract, Ticket)."""

import re
import secrets
from collections.abc import Sequence
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from widget.core.secret import Secret
from widget.web import tokens

Audience = Literal["encore/offer", "encore/plans"]

OPEN_WITHIN_S = 900  # first opened at most 15 minutes after it was made (contract)
_LEEWAY_S = 60  # how far a merchant's clock may be ahead of ours
_LIMIT = 1024
_POST_PURCHASE = "post_purchase"

_Id = Annotated[str, Meta(pattern=r"\A[A-Za-z0-9_-]{1,64}\Z")]
_Placement = Annotated[str, Meta(pattern=r"\A[a-z0-9_]{1,40}\Z")]
_Unique = Annotated[str, Meta(pattern=r"\A[!-~]{1,128}\Z")]
_Locale = Annotated[str, Meta(pattern=r"\A[A-Za-z]{2,8}(?:[-_][A-Za-z0-9]{1,8})*\Z", max_length=35)]
_Theme = Annotated[str, Meta(pattern=r"\A[a-z][a-z0-9_-]{0,31}\Z")]
_Second = Annotated[int, Meta(ge=0, le=10**11)] | Annotated[float, Meta(ge=0, le=1e11)]

_EXPECTED = {
    "placement": "1 to 40 of a to z, digits and _",
    "locale": "a BCP 47 tag such as pt-BR",
    "theme": "a word such as light or dark",
}


class BadTicket(Exception):
    """Whatever is wrong with a ticket, it is this: outside nobody learns what."""


class BadClaim(ValueError):
    """A ticket that cannot be made: the field, and what is expected of it."""

    def __init__(self, field: str, expected: str) -> None:
        super().__init__(f"{field}: expected {expected}")
        self.field = field
        self.expected = expected


class Ticket(Struct, frozen=True, kw_only=True):
    """What the signer claims; believed only after the provider was asked. Times are epoch seconds."""

    audience: Audience
    customer_id: str
    payment_id: str | None
    subscription_id: str | None
    placement: str
    locale: str | None
    theme: str | None
    jti: str
    issued_at: int
    expires_at: int

    def first_open_ok(self, now: int) -> bool:
        """Whether it may be opened for the first time; once opened it is good as long as the offer lives."""
        return now <= self.expires_at


class _Claims(Struct, kw_only=True, omit_defaults=True):
    """The payload; claims we do not know (iss, say) are the merchant's own business."""

    aud: Audience
    sub: _Id
    iat: _Second
    exp: _Second
    jti: _Unique
    nbf: _Second | None = None
    payment_id: _Id | None = None
    subscription_id: _Id | None = None
    placement: _Placement = _POST_PURCHASE
    locale: _Locale | None = None
    theme: _Theme | None = None


def mint_offer(
    keys: Sequence[Secret],
    *,
    customer_id: str,
    payment_id: str | None,
    now: int,
    placement: str = _POST_PURCHASE,
    locale: str | None = None,
    theme: str | None = None,
) -> str:
    """A ticket for the offer after a payment, or in another placement; raises `BadClaim`. `now` in seconds."""
    if payment_id is None and placement == _POST_PURCHASE:
        raise BadClaim("payment_id", "a payment id for the placement post_purchase")
    wanted = {"payment_id": payment_id, "placement": placement, "locale": locale, "theme": theme}
    return _mint(keys, "encore/offer", customer_id, now, wanted)


def mint_plans(
    keys: Sequence[Secret],
    *,
    customer_id: str,
    subscription_id: str,
    now: int,
    locale: str | None = None,
    theme: str | None = None,
) -> str:
    """A ticket for changing the plan of a subscription; raises `BadClaim`."""
    wanted = {"subscription_id": subscription_id, "locale": locale, "theme": theme}
    return _mint(keys, "encore/plans", customer_id, now, wanted)


def read(token: str, audience: Audience, keys: Sequence[Secret], now: int) -> Ticket:
    """What a ticket says, if one of the keys signed it for this audience; raises `BadTicket`.

    Its age is not judged here beyond its shape (`Ticket.first_open_ok`), because only the caller knows
    whether it was opened before.
    """
    try:
        payload = tokens.unseal(token, tokens.plain(keys), typ="JWT", typ_required=False, limit=_LIMIT)
        claims = msgspec.json.decode(payload, type=_Claims)
    except (tokens.Forged, msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise BadTicket(str(error)) from None
    if claims.aud != audience:
        raise BadTicket("for another audience")
    latest = now + _LEEWAY_S
    if claims.iat > latest or (claims.nbf or 0) > latest:
        raise BadTicket("from the future")
    if not 0 < claims.exp - claims.iat <= OPEN_WITHIN_S:
        raise BadTicket("its life is not within 15 minutes")
    return _ticket(claims)


def _mint(keys: Sequence[Secret], audience: Audience, customer_id: str, now: int, wanted: dict[str, str | None]) -> str:
    claims = {"aud": audience, "sub": customer_id, "iat": now, "exp": now + OPEN_WITHIN_S}
    unique = {"jti": secrets.token_urlsafe(16)}
    given = {name: value for name, value in wanted.items() if value is not None}
    try:
        checked = msgspec.convert(claims | unique | given, type=_Claims)
    except msgspec.ValidationError as error:
        raise _bad_claim(str(error)) from None
    return tokens.seal(msgspec.json.encode(checked), tokens.plain(keys)[0], typ="JWT")


def _bad_claim(message: str) -> BadClaim:
    """msgspec names the place as `$.field`; outside, `sub` is called customer_id."""
    found = re.search(r"\$\.([a-z_]+)", message)
    field = {"sub": "customer_id"}.get(found[1], found[1]) if found else "ticket"
    return BadClaim(field, _EXPECTED.get(field, "1 to 64 letters, digits, - and _"))


def _ticket(claims: _Claims) -> Ticket:
    offer = claims.aud == "encore/offer"
    if offer and claims.placement == _POST_PURCHASE and claims.payment_id is None:
        raise BadTicket("no payment")
    if not offer and claims.subscription_id is None:
        raise BadTicket("no subscription")
    return Ticket(
        audience=claims.aud,
        customer_id=claims.sub,
        payment_id=claims.payment_id if offer else None,
        subscription_id=None if offer else claims.subscription_id,
        placement=claims.placement,
        locale=claims.locale.replace("_", "-") if claims.locale else None,
        theme=claims.theme,
        jti=claims.jti,
        issued_at=int(claims.iat),
        expires_at=int(claims.exp),
    )

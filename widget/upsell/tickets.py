"""Tickets: mint one without a JWT library."""

from typing import Annotated, Literal

from litestar import post
from litestar.di import NamedDependency
from litestar.params import JSONBody
from msgspec import Meta, Struct

from widget.core.refusal import BadInput
from widget.desk import Desk
from widget.web import tickets
from widget.web.api_answers import BEARER, refusals
from widget.web.api_keys import json_only, merchant_only
from widget.web.requests import AnyRequest

_Id = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
Locale = Annotated[str, Meta(pattern=r"^[A-Za-z]{2,8}([-_][A-Za-z0-9]{1,8})*$", max_length=35)]


class NewTicket(Struct, frozen=True, forbid_unknown_fields=True):
    """Whom the ticket is for, and what it opens."""

    audience: Literal["encore/offer", "encore/plans"]
    customer_id: _Id
    payment_id: _Id | None = None
    subscription_id: _Id | None = None
    placement: Annotated[str, Meta(pattern=r"^[a-z0-9_]{1,40}$")] = "post_purchase"
    locale: Locale | None = None


class MadeTicket(Struct, frozen=True):
    """The ticket for `<encore-offer ticket=…>`; open it before `expires_at` (epoch seconds)."""

    ticket: str
    expires_at: int


@post(
    "/api/v1/tickets",
    name="upsell.tickets",
    status_code=201,
    guards=[merchant_only, json_only],
    security=BEARER,
    responses=refusals(400, 408, 413, 415),
)
async def make_ticket(request: AnyRequest, data: JSONBody[NewTicket], desk: NamedDependency[Desk]) -> MadeTicket:
    """Signed like one made by the merchant's own JWT library; checked with the provider when it is opened."""
    try:
        return _made(data, desk)
    except tickets.BadClaim as bad:  # a line end behind what is right otherwise
        raise BadInput(bad.field, bad.expected) from None


def _made(data: NewTicket, desk: Desk) -> MadeTicket:
    now, keys = desk.now() // 1000, desk.settings.signing_keys
    if data.audience == "encore/plans":
        if data.subscription_id is None:
            raise BadInput("subscription_id", "required for the audience encore/plans")
        token = tickets.mint_plans(
            keys, customer_id=data.customer_id, subscription_id=data.subscription_id, locale=data.locale, now=now
        )
    else:
        if data.payment_id is None and data.placement == "post_purchase":
            raise BadInput("payment_id", "required for the placement post_purchase")
        token = tickets.mint_offer(
            keys,
            customer_id=data.customer_id,
            payment_id=data.payment_id,
            placement=data.placement,
            locale=data.locale,
            now=now,
        )
    return MadeTicket(ticket=token, expires_at=now + tickets.OPEN_WITHIN_S)

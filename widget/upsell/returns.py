"""Returns: a return URL for a checkout that the merchant's own server creates."""

import secrets
from typing import Annotated

from litestar import post
from litestar.di import NamedDependency
from litestar.params import JSONBody
from msgspec import Meta, Struct

from widget.core.refusal import BadInput
from widget.desk import Desk
from widget.storage import returns
from widget.storage.ids import new_id
from widget.storage.returns import Return
from widget.upsell.after import RETURN_MARK
from widget.upsell.sending import RETURN_LIVES_MS
from widget.upsell.tickets import Locale
from widget.web.api_answers import BEARER, refusals
from widget.web.api_keys import json_only, merchant_only
from widget.web.requests import AnyRequest


class NewReturn(Struct, frozen=True, forbid_unknown_fields=True):
    """Where the shopper goes in the end, and in which language we speak on the way."""

    next: Annotated[str, Meta(max_length=2000)] | None = None
    locale: Locale | None = None


class MadeReturn(Struct, frozen=True):
    """Give `return_url` to the provider as return_url and `metadata` as metadata: the mark proves the checkout."""

    return_url: str
    metadata: dict[str, str]
    expires_at: int  # epoch seconds


@post(
    "/api/v1/returns",
    name="upsell.returns",
    status_code=201,
    guards=[merchant_only, json_only],
    security=BEARER,
    responses=refusals(400, 408, 413, 415),
)
async def make_return(request: AnyRequest, data: JSONBody[NewReturn], desk: NamedDependency[Desk]) -> MadeReturn:
    """A return URL whose ticket wakes only when the provider says that a payment with our mark was made."""
    onward = desk.settings.next_or_none(data.next) if data.next else desk.settings.return_origins[0]
    if onward is None:
        raise BadInput("next", "an address at one of the origins in ENCORE_RETURN_ORIGINS")
    token, now = secrets.token_urlsafe(32), desk.now()
    back = Return(
        id=new_id("ret"),
        placement="post_purchase",
        made_at=now,
        expires_at=now + RETURN_LIVES_MS,
        next=onward,
        locale=data.locale,
    )
    await returns.add(token, back)
    return MadeReturn(
        return_url=f"{desk.settings.public_url}/after/{token}",
        metadata={RETURN_MARK: back.id},
        expires_at=back.expires_at // 1000,
    )

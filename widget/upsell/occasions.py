"""Occasions: the merchant's server says that something happened in the app, or that it no longer holds."""

from typing import Annotated

import msgspec
from litestar import Response, delete, post
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, JSONBody
from msgspec import Meta, Struct

from widget.core.refusal import BadInput, Conflict, Gone
from widget.desk import Desk
from widget.storage import moments
from widget.upsell.tickets import Locale
from widget.web.api_answers import BEARER, refusals
from widget.web.api_keys import json_only, merchant_only
from widget.web.requests import AnyRequest

_Id = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
_Name = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")]
_Key = Annotated[str, Meta(min_length=1, max_length=128, pattern=r"^[ -~]+$")]
_DATA_BYTES = 4_000
_DATA_KEYS = 20


class NewOccasion(Struct, frozen=True, forbid_unknown_fields=True):
    """What happened, for whom; `data` for conditions, `idempotency_key` so that told twice is told once."""

    customer_id: _Id
    name: _Name
    idempotency_key: _Key
    data: dict[Annotated[str, Meta(max_length=40)], str | int | float | bool] = {}
    placement: Annotated[str, Meta(pattern=r"^[a-z0-9_]{1,40}$")] = "in_app"
    expires_in_minutes: Annotated[int, Meta(ge=1, le=43_200)] = 1_440
    locale: Locale | None = None


class MadeOccasion(Struct, frozen=True):
    """The occasion; the next `<encore-offer>` of this placement for this customer shows what it brings."""

    id: str
    expires_at: int  # epoch seconds


_AS_BEFORE = ResponseSpec(MadeOccasion, generate_examples=False, description="It was told before with this key")


@post(
    "/api/v1/occasions",
    name="upsell.occasions",
    status_code=201,
    guards=[merchant_only, json_only],
    security=BEARER,
    responses={200: _AS_BEFORE, **refusals(400, 408, 409, 413, 415)},
)
async def tell(request: AnyRequest, data: JSONBody[NewOccasion], desk: NamedDependency[Desk]) -> Response[MadeOccasion]:
    """201 when it is new, 200 when it was told before, 409 when the key was used for something else."""
    if data.placement == "post_purchase":
        raise BadInput("placement", "any placement but post_purchase, which is opened by a payment")
    if len(data.data) > _DATA_KEYS or len(msgspec.json.encode(data.data)) > _DATA_BYTES:
        raise BadInput("data", f"at most {_DATA_KEYS} entries and {_DATA_BYTES} bytes")
    now = desk.now()
    told = await moments.tell(
        data.customer_id,
        data.placement,
        data.name,
        data.data,
        key=data.idempotency_key,
        ends_at=now + data.expires_in_minutes * 60_000,
        at=now,
        locale=data.locale,
    )
    if not told.same:
        raise Conflict("idempotency_key", "it was used for another occasion of this customer")
    desk.nudge()
    return Response(MadeOccasion(told.id, told.ends_at // 1000), status_code=201 if told.fresh else 200)


@delete(
    "/api/v1/occasions/{occasion_id:str}",
    name="upsell.occasions_withdraw",
    guards=[merchant_only],
    security=BEARER,
    responses=refusals(400, 404),
)
async def withdraw(request: AnyRequest, occasion_id: FromPath[str], desk: NamedDependency[Desk]) -> None:
    """204: it does not hold any more, and is not shown; withdrawn twice is withdrawn once."""
    if not await moments.withdraw(occasion_id[:64], at=desk.now()):
        raise Gone

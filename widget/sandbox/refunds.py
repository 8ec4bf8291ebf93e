"""Refunds: create, retrieve, list; and the giving back itself."""

from __future__ import annotations

from typing import Annotated

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, RawBody

from widget.sandbox.charging import enter_refund
from widget.sandbox.checkout_request import check_metadata
from widget.sandbox.errors import Refusal, not_found, parse
from widget.sandbox.lists import AnyRequest, JSONObject, moment, page, within, word
from widget.sandbox.outbox import announce
from widget.sandbox.things import Metadata, Payment, Refund
from widget.sandbox.views import show_refund, show_refund_item
from widget.sandbox.world import World

STATUSES = frozenset({"succeeded", "failed", "pending", "review"})


class AskedItem(msgspec.Struct):
    """One item to refund; without an amount all of it."""

    item_id: str
    amount: Annotated[int, msgspec.Meta(ge=1)] | None = None
    tax_inclusive: bool = True


class RefundRequest(msgspec.Struct):
    """`CreateRefundRequest`."""

    payment_id: str
    items: list[AskedItem] | None = None
    reason: Annotated[str, msgspec.Meta(max_length=3000)] | None = None
    metadata: dict[str, str | int | float | bool] | None = None
    currency: str | None = None


@post("/refunds", status_code=200)
async def create(body: RawBody, world: NamedDependency[World]) -> JSONObject:
    """POST /refunds: all of it, or parts by item."""
    asked = parse(RefundRequest, body)
    payment = world.payments.get(asked.payment_id)
    if payment is None:
        raise not_found("payment", asked.payment_id)
    amount = sum(_part(payment, item) for item in asked.items) if asked.items else None
    return show_refund(world, give_back(world, payment, amount, asked.reason, check_metadata(asked.metadata)))


@get("/refunds")
async def list_all(request: AnyRequest, world: NamedDependency[World]) -> JSONObject:
    """GET /refunds."""
    since, until = moment(request, "created_at_gte"), moment(request, "created_at_lte")
    status, customer_id = word(request, "status", STATUSES), word(request, "customer_id")
    subscription_id = word(request, "subscription_id")
    found = [
        refund
        for refund in reversed(world.refunds.values())
        if within(refund.created_at, since, until)
        and (status is None or refund.status == status)
        and (customer_id is None or world.payments[refund.payment_id].customer_id == customer_id)
        and (subscription_id is None or subscription_id in world.payments[refund.payment_id].subscription_ids)
    ]
    return page(request, found, show_refund_item)


@get("/refunds/{refund_id:str}")
async def retrieve(refund_id: FromPath[str], world: NamedDependency[World]) -> JSONObject:
    """GET /refunds/{id}."""
    refund = world.refunds.get(refund_id)
    if refund is None:
        raise not_found("refund", refund_id)
    return show_refund(world, refund)


def give_back(
    world: World,
    payment: Payment,
    amount: int | None,
    reason: str | None,
    metadata: Metadata,
    status: str = "succeeded",
) -> Refund:
    """Refund `amount` (all that is left when None); never more than was paid."""
    if payment.status != "succeeded":
        raise Refusal("PAYMENT_NOT_SUCCEEDED", "only a succeeded payment can be refunded", 400)
    paid_back = [r for r in world.refunds.values() if r.payment_id == payment.payment_id and r.status == "succeeded"]
    left = payment.total_amount - sum(refund.amount for refund in paid_back)
    amount = left if amount is None else amount
    if not 0 < amount <= left:
        raise Refusal("INVALID_REQUEST_PARAMETERS", f"`amount`: {left} {payment.currency} can be refunded", 400)
    partial = amount < payment.total_amount
    refund = Refund(
        world.new_id("ref"),
        payment.payment_id,
        amount,
        payment.currency,
        status,
        world.now(),
        partial,
        reason,
        metadata,
    )
    world.refunds[refund.refund_id] = refund
    if status == "succeeded":
        payment.refund_status = "full" if amount == left else "partial"
        payment.updated_at = world.now()
    if status in ("succeeded", "failed"):
        enter_refund(world, payment, amount, status)
        announce(world, f"refund.{status}", "Refund", refund.refund_id)
    return refund


def _part(payment: Payment, item: AskedItem) -> int:
    if item.item_id not in payment.product_ids:
        raise Refusal("INVALID_REQUEST_PARAMETERS", f"`items`: {item.item_id[:80]} is not part of the payment", 400)
    return payment.total_amount if item.amount is None else item.amount


ROUTES = [create, list_all, retrieve]

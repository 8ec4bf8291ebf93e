"""Disputes: retrieve and list; they are opened and moved on by the control surface."""

from __future__ import annotations

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath

from widget.sandbox.errors import not_found
from widget.sandbox.lists import AnyRequest, JSONObject, moment, page, within, word
from widget.sandbox.outbox import announce
from widget.sandbox.things import Dispute, Payment
from widget.sandbox.views import show_dispute, show_dispute_item
from widget.sandbox.world import World

STAGES = frozenset({"pre_dispute", "dispute", "pre_arbitration"})
ENDINGS = frozenset({"opened", "expired", "accepted", "cancelled", "challenged", "won", "lost"})


@get("/disputes")
async def list_all(request: AnyRequest, world: NamedDependency[World]) -> JSONObject:
    """GET /disputes."""
    since, until = moment(request, "created_at_gte"), moment(request, "created_at_lte")
    stage = word(request, "dispute_stage", STAGES)
    status = word(request, "dispute_status", {f"dispute_{ending}" for ending in ENDINGS})
    customer_id = word(request, "customer_id")
    found = [
        dispute
        for dispute in reversed(world.disputes.values())
        if within(dispute.created_at, since, until)
        and (stage is None or dispute.stage == stage)
        and (status is None or dispute.status == status)
        and (customer_id is None or world.payments[dispute.payment_id].customer_id == customer_id)
    ]
    return page(request, found, show_dispute_item)


@get("/disputes/{dispute_id:str}")
async def retrieve(dispute_id: FromPath[str], world: NamedDependency[World]) -> JSONObject:
    """GET /disputes/{id}."""
    dispute = world.disputes.get(dispute_id)
    if dispute is None:
        raise not_found("dispute", dispute_id)
    return show_dispute(world, dispute)


def move(world: World, payment: Payment, ending: str, reason: str | None = None) -> Dispute:
    """Open a dispute on a payment, or move its present one on; `ending` is one of `ENDINGS`."""
    dispute = next((d for d in world.disputes.values() if d.payment_id == payment.payment_id), None)
    if dispute is None:
        dispute = Dispute(
            world.new_id("dp"), payment.payment_id, payment.total_amount, payment.currency, "dispute",
            "dispute_opened", world.now(), reason,
        )  # fmt: skip
        world.disputes[dispute.dispute_id] = dispute
    dispute.status = f"dispute_{ending}"
    announce(world, f"dispute.{ending}", "Dispute", dispute.dispute_id)
    return dispute


ROUTES = [list_all, retrieve]

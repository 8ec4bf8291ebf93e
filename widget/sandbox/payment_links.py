"""Payments that wait for their payer on a page: opened with a link, dropped after a day."""

from __future__ import annotations

from datetime import timedelta

from widget.sandbox.charging import finish
from widget.sandbox.lists import JSONObject, iso
from widget.sandbox.things import Payment
from widget.sandbox.world import World

LIFE = timedelta(hours=24)
NOTHING: JSONObject = {"payment_id": None, "payment_link": None, "client_secret": None, "expires_on": None}


def open_link(world: World, payment: Payment, return_url: str | None) -> JSONObject:
    """Let `payment` wait on its page; the answer with the four fields that Dodo fills for a link."""
    payment.payment_link = f"{world.base_url}/checkout/pay/{payment.payment_id}"
    payment.status, payment.return_url = "requires_payment_method", return_url or payment.payment_link
    world.payments[payment.payment_id] = payment
    expires_on = world.now() + LIFE
    world.plan(expires_on, lambda world: _drop(world, payment))
    return {
        "payment_id": payment.payment_id,
        "payment_link": payment.payment_link,
        "client_secret": f"{payment.payment_id}_secret_{world.new_id('x')[2:12]}",
        "expires_on": iso(expires_on),
    }


def is_open(payment: Payment | None) -> bool:
    """Has nobody begun to pay?"""
    return payment is not None and payment.payment_link is not None and payment.status == "requires_payment_method"


def _drop(world: World, payment: Payment) -> None:
    if is_open(payment):
        finish(world, payment, "cancelled")

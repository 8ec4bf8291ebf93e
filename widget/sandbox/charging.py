"""Taking money in the pretend world: a charge starts, its card decides, it ends once, and the ledger remembers.

No idempotency: two calls are two charges.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

from widget.sandbox import cards
from widget.sandbox.outbox import announce
from widget.sandbox.things import LedgerEntry, Method, Payment
from widget.sandbox.world import World

End = Literal["succeeded", "failed", "cancelled"]


def charge(
    world: World, payment: Payment, method: Method | None, *, on_session: bool = False, force_3ds: bool = False
) -> None:
    """Start `payment` (filled by the caller, status ignored) on `method`.

    It ends by itself unless the bank must be asked. Without a method it stops in `requires_payment_method`.
    A sum of zero succeeds without asking the card.
    """
    world.payments[payment.payment_id] = payment
    if method is None and payment.total_amount > 0:
        payment.status = "requires_payment_method"
        return
    if method is not None:
        use(payment, method)
        method.last_used_at = world.now()
    if method is None or payment.total_amount == 0:
        finish(world, payment, "succeeded")
        return
    judgement = cards.judge(method, on_session=on_session, force_3ds=force_3ds, now=world.now())
    if judgement.verdict == "challenge":
        ask_bank(world, payment, with_page=judgement.has_page)
    elif on_session:
        # the buyer watches the page until the card has answered
        finish(world, payment, judgement.verdict, judgement.error_code)
    else:
        end_later(world, payment, judgement.verdict, judgement.error_code)


def use(payment: Payment, method: Method) -> None:
    """Write the method on the payment."""
    payment.method_id, payment.card = method.payment_method_id or None, method.card
    payment.method_kind, payment.method_fine_kind = method.kind, method.fine_kind


def ask_bank(world: World, payment: Payment, *, with_page: bool) -> None:
    """Stop in `requires_customer_action`; unfinished it fails after 15 minutes of the sandbox's clock."""
    payment.status, payment.updated_at = "requires_customer_action", world.now()
    payment.three_ds_flow = "challenge"
    if with_page and world.settings.challenge_link:
        payment.payment_link = f"{world.base_url}/checkout/challenge/{payment.payment_id}"

    def give_up(world: World) -> None:
        if payment.status == "requires_customer_action":
            payment.three_ds_status = "failed"
            finish(world, payment, "failed", "AUTHENTICATION_TIMEOUT")

    world.plan(world.now() + timedelta(seconds=world.settings.challenge_timeout_s), give_up)


def end_later(world: World, payment: Payment, status: End, error_code: str | None = None) -> None:
    """`processing` now, final after the set delay."""
    payment.status, payment.updated_at = "processing", world.now()
    delay = world.settings.final_after
    if delay <= 0:
        finish(world, payment, status, error_code)
        return
    if not payment.quiet:
        announce(world, "payment.processing", "Payment", payment.payment_id)

    def end(world: World) -> None:
        if payment.status == "processing":
            finish(world, payment, status, error_code)

    world.plan(world.now() + timedelta(seconds=delay), end)


def finish(world: World, payment: Payment, status: End, error_code: str | None = None) -> bool:
    """End a payment: ledger, events, consequences. A final payment stays as it is (False)."""
    if payment.is_final:
        return False
    payment.status, payment.updated_at = status, world.now()
    if status == "succeeded":
        payment.invoice_id = world.new_id("inv")
        if payment.three_ds_flow is not None:
            payment.three_ds_status = "authenticated"
    else:
        payment.error_code = error_code
        payment.error_message = cards.MESSAGES.get(error_code or "")
    _enter(world, payment, "payment", payment.total_amount, status, world.now())
    if not payment.quiet:
        announce(world, f"payment.{status}", "Payment", payment.payment_id)
    then, payment.then = payment.then, None
    if then is not None:
        then(world, payment)
    return True


def enter_refund(world: World, payment: Payment, amount: int, status: str) -> None:
    """A refund in the ledger; its amount is positive."""
    _enter(world, payment, "refund", amount, status, world.now())


def _enter(world: World, payment: Payment, kind: str, amount: int, status: str, at: datetime) -> None:
    world.ledger.append(
        LedgerEntry(
            payment.payment_id,
            payment.customer_id,
            list(payment.product_ids),
            payment.subscription_ids[0] if payment.subscription_ids else None,
            kind,
            amount,
            payment.currency,
            status,
            dict(payment.metadata),
            at,
        )
    )

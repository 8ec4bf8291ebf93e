"""Apply a kept event: a bell, not a letter. The present state is read from the provider and settled with."""

import logging
from collections.abc import Awaitable
from typing import TypeVar

from widget import probe
from widget.core.answer import Taken, answer_of
from widget.core.charge import UNDECIDED, Charge, may_settle
from widget.core.payment import MoneyBack, Payment
from widget.core.receipt import receipt_of
from widget.core.subscription import Subscription
from widget.provider.asks import Asks, NotThere
from widget.provider.asks import Unreadable as CannotAsk
from widget.storage import (
    attention,
    charges,
    customers,
    events,
    jobs,
    known,
    money_facts,
    occasions,
    purchases,
    returns,
    subscriptions,
    telling,
)
from widget.storage.database import unit
from widget.till.books import Books
from widget.till.charge import CHARGE_MARK
from widget.till.settle import settle_charge
from widget.webhooks.envelope import Unreadable, read, subject

T = TypeVar("T")
log = logging.getLogger("encore.webhooks")

RETURN_MARK = "encore_return"
_TRIES = 12
_RUNNING = frozenset({"active", "on_hold", "past_due", "paused"})
_PAYMENT_KINDS = ("payment.", "refund.", "dispute.")


class NotNow(Exception):
    """The provider does not show it yet: again later, and after a while not any more."""


class CannotSay(NotNow):
    """The provider cannot be asked at the moment: again later, for as long as that lasts."""


async def apply(books: Books, asks: Asks, webhook_id: str, *, now: int) -> int | None:
    """Apply once; returns when to try again (epoch ms) or None when it is applied, ignored or parked."""
    event = await events.find(webhook_id)
    if event is None or event.body is None or event.state in {"applied", "ignored"}:
        return None
    try:
        state = await _apply(books, asks, event.kind, event.body, now=now)
        probe.at("hook.settled")
    except CannotSay as reason:
        await events.mark(webhook_id, "kept", error=str(reason), at=now)
        return _when(event.tries, now)
    except NotNow as reason:
        return await _later(webhook_id, event.tries, str(reason), now=now)
    except Unreadable as reason:
        why = f"unreadable: {reason}"
        await unit(lambda: give_up(webhook_id, why, now=now))
        return None
    await events.mark(webhook_id, state, error=None, at=now)
    return None


async def give_up(webhook_id: str, reason: str, *, now: int) -> None:
    """Applying it broke every time: laid aside, so that the others go on, and a person is told."""
    await events.mark(webhook_id, "parked", error=reason, at=now)
    await attention.raise_now("event_parked", webhook_id, detail=reason, at=now)


async def _later(webhook_id: str, tries: int, reason: str, *, now: int) -> int | None:
    if tries + 1 >= _TRIES:
        await unit(lambda: give_up(webhook_id, reason, now=now))
        return None
    await events.mark(webhook_id, "kept", error=reason, at=now)
    return _when(tries, now)


def _when(tries: int, now: int) -> int:
    return now + min(1_000 * 2 ** min(tries, 20), 15 * 60_000)


async def _apply(books: Books, asks: Asks, kind: str, body: str, *, now: int) -> str:
    envelope = read(body)
    about = subject(envelope)
    if kind.startswith(_PAYMENT_KINDS) and about.payment_id:
        await _payment(books, asks, about.payment_id, now=now)
        return "applied"
    if kind.startswith("subscription.") and about.subscription_id:
        await _subscription(asks, about.subscription_id, now=now)
        return "applied"
    return "ignored"


async def _payment(books: Books, asks: Asks, payment_id: str, *, now: int) -> None:
    payment = await _read(asks.payment(payment_id))
    if not isinstance(payment, Payment):
        raise NotNow("payment is not there") if isinstance(payment, NotThere) else CannotSay(payment.cause)
    await known.learn(known.BUSINESS, payment.business_id, at=now)
    charge = await _our_charge(payment, now=now)
    if charge is not None:
        answer = answer_of(payment)
        if isinstance(answer, Taken):
            await books.keep_receipt(charge.id, receipt_of(payment))
        await settle_charge(books, charge, answer, door="webhook", at=now)
    elif CHARGE_MARK not in payment.metadata:
        await _purchase(payment, now=now)
    await _money_back(payment, charge, now=now)


async def _read(asked: Awaitable[T]) -> T:
    found = await asked
    probe.at("hook.provider_read")
    return found


async def _our_charge(payment: Payment, *, now: int) -> Charge | None:
    mark = payment.metadata.get(CHARGE_MARK)
    if mark is None:
        return None
    charge = await charges.find(mark)
    if charge is None:
        detail = f"payment {payment.id} carries {mark}, which is not in our books"
        await attention.raise_now("orphan_payment", payment.id, detail=detail, at=now)
    elif charge.customer_id != payment.customer_id:
        detail = f"payment {payment.id} carries {mark} of another customer"
        await attention.raise_now("foreign_payment", payment.id, detail=detail, at=now)
        return None
    elif payment.is_card_check or not may_settle(charge, payment):
        return None
    return charge


async def _purchase(payment: Payment, *, now: int) -> None:
    """A purchase that is not ours may bring an offer; the return ticket it came with wakes."""
    if payment.status != "succeeded" or payment.is_card_check or payment.charge_type not in {"", "new"}:
        return
    for product_id, _ in payment.products:
        await purchases.add(payment.customer_id, product_id, payment_id=payment.id, at=now)
    mark = payment.metadata.get(RETURN_MARK)
    if mark is not None:
        await returns.bind_payment(mark, payment.id)
    await occasions.ask("post_purchase", payment.id, locale=None, at=now, news=True)


async def _money_back(payment: Payment, charge: Charge | None, *, now: int) -> None:
    for fact in payment.money_back:
        await unit(lambda fact=fact: _one_back(fact, payment, charge, now))
    refunded = sum(f.amount.amount for f in payment.money_back if f.kind == "refund" and f.status == "succeeded")
    if refunded and refunded >= payment.total.amount:
        await purchases.end(payment.id, at=now)


async def _one_back(fact: MoneyBack, payment: Payment, charge: Charge | None, now: int) -> None:
    """The fact, what is told of it and the alarm, in one commit: what is written down is never untold."""
    news = await money_facts.record(fact, payment_id=payment.id, charge_id=charge.id if charge else None)
    if not news or charge is None:
        return
    plan = charge.change is not None
    if fact.kind == "dispute":
        kind = "encore.plan.disputed" if plan else "encore.offer.disputed"
        await telling.tell_charge(kind, charge, at=now, back=fact)
        detail = f"{fact.status} on payment {payment.id}"
        await attention.raise_now("dispute", charge.id, detail=detail, at=now, again=True)
    elif fact.status == "succeeded":
        kind = "encore.plan.refunded" if plan else "encore.offer.refunded"
        await telling.tell_charge(kind, charge, at=now, back=fact)


async def _hold(subscription: Subscription, now: int) -> None:
    """What the subscription is to now is owned while it runs; what it was to before is not."""
    of, to = subscription.id, subscription.product_id
    await purchases.add(subscription.customer_id, to, subscription_id=of, at=now)
    await purchases.hold_only(of, to, ended_at=None if subscription.status in _RUNNING else now, at=now)


async def _subscription(asks: Asks, subscription_id: str, *, now: int) -> None:
    found = await _read(asks.subscription(subscription_id))
    match found:
        case Subscription():
            await unit(lambda: _hold(found, now))
            await subscriptions.keep(found, at=now)
            if await customers.locale_of(found.customer_id) is None:  # read ahead of the panel's first opening
                await jobs.wake(f"methods:{found.id}", "methods", now)
            for charge in await charges.of_subscription(found.id):
                if charge.fate in UNDECIDED:  # a change without a payment is settled by looking at the subscription
                    await jobs.wake(f"watch:{charge.id}", "watch", now)
        case NotThere():
            raise NotNow("subscription is not there")
        case CannotAsk(cause=cause):
            raise CannotSay(cause)

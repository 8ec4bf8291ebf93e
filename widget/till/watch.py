"""The watch asks the provider about charges nobody has settled; it never sends."""

from datetime import UTC, datetime, timedelta

from widget import probe
from widget.core.answer import Answer, Refused, Taken, answer_of
from widget.core.charge import UNDECIDED, Charge, Fate, lapse, may_settle
from widget.core.payment import Payment
from widget.core.receipt import receipt_of
from widget.core.watching import (
    CONFIRMED_SESSION_MS,
    HORIZON_MS,
    HOSTED_SESSION_MS,
    PLAN_HORIZON_MS,
    SENDING_GRACE_MS,
    lapsed,
    next_look,
)
from widget.provider.asks import Asks, NotThere, Unreadable
from widget.till.books import Books
from widget.till.charge import CHARGE_MARK
from widget.till.plan_watch import without_payment
from widget.till.settle import settle_charge

# The provider's clock, that of the process that sent and ours may each be ten minutes off, and be put right in between:
# older payments come along and are told by their mark; one that is not asked for would be given up though it is there.
_CLOCK_SKEW = timedelta(minutes=30)


async def watch(books: Books, asks: Asks, charge_id: str, *, now: int) -> int | None:
    """Look once at an undecided charge; returns when to look again (epoch ms), or None when it is decided."""
    probe.at("watch.leased")
    charge = await books.find(charge_id)
    if charge is None or charge.fate not in UNDECIDED:
        return None
    sent = charge.sent_at or charge.pressed_at
    if charge.fate is Fate.SENDING and now < sent + SENDING_GRACE_MS:
        return sent + SENDING_GRACE_MS  # its own answer may still come
    found = await _look(books, asks, charge, sent=sent, now=now)
    if not isinstance(found, Unreadable):
        charge = await _told(books, charge, found, sent=sent, now=now)
    probe.at("watch.settled")
    if charge.fate not in UNDECIDED:
        return None
    on_page = charge.hosted and charge.payment_id is None
    return next_look(sent, now, hosted=on_page, unread=isinstance(found, Unreadable))


async def _look(
    books: Books, asks: Asks, charge: Charge, *, sent: int, now: int
) -> Payment | Answer | NotThere | Unreadable:
    found: Payment | Answer | NotThere | Unreadable = await _find(books, asks, charge, sent=sent, now=now)
    if isinstance(found, NotThere) and charge.change is not None:
        found = await without_payment(books, asks, charge, sent=sent, now=now)
    probe.at("watch.read")
    return found


async def _told(books: Books, charge: Charge, found: Payment | Answer | NotThere, *, sent: int, now: int) -> Charge:
    match found:
        case Payment():
            by_hand = charge.hosted or charge.change is not None
            answer = answer_of(found) if by_hand else _read(found, sent=sent, now=now)
            if isinstance(answer, Taken):
                await books.keep_receipt(charge.id, receipt_of(found))
            charge = await settle_charge(books, charge, answer, door="watch", at=now)
            page_is_open = charge.hosted and charge.fate is Fate.WAITING and charge.payment_id is None
            return await _maybe_lapse(books, charge, absent=0, sent=sent, now=now) if page_is_open else charge
        case NotThere():
            absent = await books.absent(charge.id, at=now)
            return await _maybe_lapse(books, charge, absent=absent, sent=sent, now=now)
        case answer:
            return await settle_charge(books, charge, answer, door="watch", at=now)


async def _find(books: Books, asks: Asks, charge: Charge, *, sent: int, now: int) -> Payment | NotThere | Unreadable:
    if charge.payment_id is not None:
        return await _ours(books, asks, charge, charge.payment_id, now=now)
    if charge.hosted and charge.session_id is not None:
        checkout = await asks.checkout(charge.session_id)
        if isinstance(checkout, NotThere | Unreadable):
            return checkout
        return await _ours(books, asks, charge, checkout.payment_id, now=now) if checkout.payment_id else NotThere()
    since = datetime.fromtimestamp(sent / 1000, UTC) - _CLOCK_SKEW
    lines = await asks.payments_of(charge.customer_id, since=since)
    if isinstance(lines, NotThere | Unreadable):
        return lines
    ours = [line for line in lines if line.metadata.get(CHARGE_MARK) == charge.id and may_settle(charge, line)]
    taken = [line for line in ours if line.status == "succeeded"]
    if len(taken) > 1:
        both = ", ".join(line.id for line in taken)
        await books.raise_alarms(charge, ("taken_twice",), detail=both, at=now)
    best = (taken or ours)[:1]
    return await _ours(books, asks, charge, best[0].id, now=now) if best else NotThere()


async def _ours(
    books: Books, asks: Asks, charge: Charge, payment_id: str, *, now: int
) -> Payment | NotThere | Unreadable:
    """The payment, if it is this charge's: same customer, and our mark if it carries one."""
    payment = await asks.payment(payment_id)
    if not isinstance(payment, Payment):
        return payment
    if payment.customer_id != charge.customer_id or payment.metadata.get(CHARGE_MARK, charge.id) != charge.id:
        await books.raise_alarms(charge, ("foreign_payment",), detail=payment_id, at=now)
        return Unreadable("foreign payment")
    return payment


def _read(payment: Payment, *, sent: int, now: int) -> Answer:
    """A confirmed session that still wants a method after its 15 minutes will not be paid any more (dodo-api 4.1)."""
    if payment.status == "requires_payment_method" and now > sent + CONFIRMED_SESSION_MS:
        return Refused("SESSION_EXPIRED", payment.id)
    return answer_of(payment)


async def _maybe_lapse(books: Books, charge: Charge, *, absent: int, sent: int, now: int) -> Charge:
    horizon = PLAN_HORIZON_MS if charge.change is not None else HORIZON_MS
    over = now > sent + HOSTED_SESSION_MS if charge.hosted else lapsed(sent, now, absent, horizon_ms=horizon)
    if not over:
        return charge
    after = lapse(charge, at=now)
    alarms = () if charge.hosted else ("lapsed",)  # an unused checkout page is nobody's concern
    if await books.save(charge, after, event="lapsed", detail=f"{absent} absent reads", at=now, alarms=alarms):
        return after
    return await books.find(charge.id) or charge

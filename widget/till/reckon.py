"""Reckon: every payment at the provider that carries our mark is in the books, or is written into them now.

Books restored from a backup have forgotten charges, and would make them again. Until they were compared with the
provider's nothing is charged from them (decision 0031, `widget/till/level.py`).
"""

import re
from collections.abc import Sequence
from typing import Protocol

from widget.core.answer import answer_of
from widget.core.charge import Charge, Fate, may_settle
from widget.core.money import Money
from widget.core.payment import Payment, PaymentLine
from widget.core.subscription import Subscription
from widget.provider.asks import Asks, Unreadable
from widget.till.books import Books
from widget.till.charge import CHARGE_MARK, QUOTE_MARK
from widget.till.settle import settle_charge

EVERY_MS = 45_000  # a second payment for one charge is told within a minute (G-25)
_SOON_MS = 2_000
# A payment may be listed some time after it was made, and two clocks differ.
_OVERLAP_MS = 15 * 60_000
_PAGES = 10_000
_NOTHING_TAKEN = frozenset({"failed", "cancelled"})
_ID = re.compile(r"[A-Za-z0-9_-]{1,40}")  # what an id of ours can be
_OURS = frozenset({"new", "plan_change", ""})  # renewals carry the marks of the first payment (dodo-api 10)


class Shelf(Protocol):
    """Where the high-water mark is kept; storage.reckoning keeps it for real."""

    async def reckoned_at(self) -> int: ...

    async def reckoned(self, at: int) -> None: ...

    async def could_ask(self, *, at: int) -> None: ...

    async def could_not_ask(self, cause: str, *, at: int) -> None: ...

    async def stopped(self, what: str, *, at: int) -> None: ...

    async def presentation_of(self, quote_id: str) -> str: ...

    async def adopt(self, charge: Charge, payment_id: str, *, detail: str, at: int) -> bool: ...


async def reckon(shelf: Shelf, books: Books, asks: Asks, *, now: int) -> int:
    """Compare since the last time; returns when to do it again (epoch ms).

    The mark goes forward only when every page was read and every payment is in the books.
    """
    since = min(await shelf.reckoned_at(), now) - _OVERLAP_MS  # the mark of a clock that was ahead hides nothing
    for number in range(_PAGES):
        page = await asks.payments_page(number)
        if not isinstance(page, tuple):
            await _unread(shelf, number, page.cause if isinstance(page, Unreadable) else "not there", now=now)
            return now + _SOON_MS
        if number == 0:
            await shelf.could_ask(at=now)
        for line in page:
            if not await _level(shelf, books, asks, line, now=now):
                await shelf.stopped(f"payment {line.id} cannot be read", at=now)
                return now + _SOON_MS
        if not page or _made(page[-1]) < since:
            break
    else:
        await shelf.stopped(f"the list of payments has no end within {_PAGES} pages", at=now)
        return now + EVERY_MS
    await shelf.reckoned(now)
    return now + EVERY_MS


async def _unread(shelf: Shelf, number: int, cause: str, *, now: int) -> None:
    """Without its first page Dodo does not answer; one further on stops the comparison as a payment does."""
    if number == 0:
        await shelf.could_not_ask(cause, at=now)
    else:
        await shelf.stopped(f"page {number + 1} of the payments cannot be read ({cause})", at=now)


def _marked(metadata: dict[str, str], name: str) -> str:
    """The id that stands under this name, empty where none of ours does."""
    return mark if _ID.fullmatch(mark := metadata.get(name, "")) else ""


def _made(line: PaymentLine) -> int:
    return int(line.created_at.timestamp() * 1000)


async def _level(shelf: Shelf, books: Books, asks: Asks, line: PaymentLine, *, now: int) -> bool:
    """Whether the books say of this payment what the provider says; False while it cannot be read.

    A mark that no charge of ours can have is another tool's: it must not keep the comparison from its end.
    """
    mark = _marked(line.metadata, CHARGE_MARK)
    if not mark or line.status in _NOTHING_TAKEN or line.charge_type not in _OURS:
        return True
    charge = await books.find(mark)
    if charge is not None and not _news(charge, line):
        return True
    payment = await asks.payment(line.id)
    if not isinstance(payment, Payment):
        return False
    if charge is None:
        charge = await _adopted(shelf, books, asks, payment, mark, now=now)
    if payment.customer_id == charge.customer_id and not payment.is_card_check:
        await settle_charge(books, charge, answer_of(payment), door="reckoning", at=now)
    return True


def _news(charge: Charge, line: PaymentLine) -> bool:
    """A payment of a charge that the books say was never sent, or that succeeded unseen."""
    if not may_settle(charge, line):
        return False
    if charge.fate is Fate.INTENDED:
        return True
    return line.status == "succeeded" and (charge.fate is not Fate.TAKEN or charge.payment_id != line.id)


async def _adopted(shelf: Shelf, books: Books, asks: Asks, payment: Payment, mark: str, *, now: int) -> Charge:
    presentation = await shelf.presentation_of(_marked(payment.metadata, QUOTE_MARK))
    detail = f"payment {payment.id} of {payment.created_at:%Y-%m-%d %H:%M} UTC was not in our books"
    for reason in _reasons(presentation, payment):
        intent = _intent(payment, mark, reason, presentation)
        if await shelf.adopt(intent, payment.id, detail=detail, at=now):
            await _read_subscriptions(books, asks, payment.subscription_ids, now=now)
            return intent
    found = await books.find(mark)
    if found is None:  # neither reason was free and the charge is not there: two things that exclude each other
        raise LookupError(mark)
    return found


def _reasons(presentation: str, payment: Payment) -> tuple[str, ...]:
    """The offer's own reason, so that a press finds it; another where that is taken or forgotten."""
    orphan = f"orphan:{payment.id}"
    return (f"one_click:{presentation}", orphan) if presentation else (orphan,)


def _intent(payment: Payment, mark: str, reason: str, presentation: str) -> Charge:
    product, quantity = payment.products[0] if payment.products else ("", 1)
    return Charge(
        id=mark,
        reason=reason,
        presentation_id=presentation,
        quote_id=_marked(payment.metadata, QUOTE_MARK),
        customer_id=payment.customer_id,
        product_id=product,
        quantity=quantity,
        method_id=payment.method_id or "",
        quoted=Money(payment.total.amount, payment.total.currency),
        fate=Fate.UNKNOWN,  # never to be sent, should this life end before it is settled
        pressed_at=int(payment.created_at.timestamp() * 1000),
    )


async def _read_subscriptions(books: Books, asks: Asks, ids: Sequence[str], *, now: int) -> None:
    """What a forgotten plan change made of them."""
    for id_ in ids:
        found = await asks.subscription(id_)
        if isinstance(found, Subscription):
            await books.keep_subscription(found, at=now)

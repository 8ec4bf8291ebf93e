"""One click: intent written down, claimed, sent once, settled."""

import time
from collections.abc import Awaitable, Callable

from msgspec import Struct
from msgspec.structs import replace

from widget import probe
from widget.core.answer import Answer, NotSent, Refused, Waiting
from widget.core.charge import SEND_WITHIN_MS, Charge, Fate
from widget.core.consent import Consent
from widget.core.payment import Order
from widget.core.watching import SENDING_GRACE_MS
from widget.provider.moves import Moves
from widget.till.books import Books, Shut
from widget.till.settle import settle_charge

CHARGE_MARK = "encore_charge"  # the metadata key by which a payment is known as ours
QUOTE_MARK = "encore_quote"


class Wish(Struct, frozen=True):
    """A charge the shopper pressed for, everything decided: `intent.fate` is intended."""

    intent: Charge  # a plan change carries what is asked in itself, `intent.change`
    consent: Consent
    order: Order | None = None
    return_url: str = ""
    steady_at: int | None = None  # `steady_ms` at the press: the clock on the wall may be put back while it is handled


def steady_ms() -> int:
    """Milliseconds that only ever go on, whatever is done to the clock; they mean something in this process only."""
    return time.monotonic_ns() // 1_000_000


class Till:
    """Holds what moves money; nothing else in the house does."""

    def __init__(
        self,
        books: Books,
        moves: Moves,
        now: Callable[[], int],
        level: Callable[[], Awaitable[bool]],
        steady: Callable[[], int] = steady_ms,
    ) -> None:
        self._books = books
        self._moves = moves
        self._now = now
        self._level = level  # books that may have forgotten a charge are not charged from
        self._steady = steady

    async def charge(self, wish: Wish) -> Charge | Shut:
        """Send the wish once and return the charge as it stands; a second press gets the first one's charge."""
        written = await self.write(wish)
        return written if isinstance(written, Shut) else await self.send(wish, written)

    async def write(self, wish: Wish) -> Charge | Shut:
        """Intent and consent on disk; nothing is sent."""
        probe.at("press.rechecked")
        return await self._books.intend(wish.intent, wish.consent)

    async def send(self, wish: Wish, written: Charge) -> Charge:
        """Send what was written, once; not at all where the shopper took it back or pressed anew meanwhile."""
        if written.fate is not Fate.INTENDED:
            return written
        if not await self._level():
            return written
        claimed = await self._books.claim(written.id, at=self._now(), version=written.version)
        if claimed is None:  # somebody else sends it, or the press is too old
            return await self._books.find(written.id) or written
        answer = await self._send(wish, claimed)
        probe.at("reply.parsed")
        settled = await settle_charge(self._books, claimed, first_answer(answer), door="answer", at=self._now())
        if settled.change is not None and settled.fate is Fate.WAITING:
            probe.at("change.pending_payment")
        return settled

    async def _send(self, wish: Wish, claimed: Charge) -> Answer:
        """The one call; not made when the claim's commit took longer than the press is good for, or the watch waits."""
        now, claimed_at = self._now(), claimed.sent_at or claimed.pressed_at
        if wish.steady_at is not None and self._steady() > wish.steady_at + SEND_WITHIN_MS:
            return NotSent("too_late")
        if now > claimed.pressed_at + SEND_WITHIN_MS or now > claimed_at + SENDING_GRACE_MS:
            return NotSent("too_late")
        marks = {CHARGE_MARK: claimed.id, QUOTE_MARK: claimed.quote_id}
        if claimed.change is not None:
            probe.at("change.sending.committed")
            back = wish.return_url if claimed.change.by_link else None
            return await self._moves.change_plan(claimed.change, return_url=back, metadata=marks)
        if wish.order is None:
            raise ValueError("a charge without an order")
        probe.at("charge.sending.committed")
        return await self._moves.charge(
            wish.order, method_id=claimed.method_id, return_url=wish.return_url, metadata=marks
        )


def first_answer(answer: Answer) -> Answer:
    """What the answer of the charging call is worth.

    A waiting answer carries ids only, whatever status the caller assumed, unless it names a page to pay on; a rate
    limit is met before anything is executed, so the shopper may press again (dodo-api 1.5).
    """
    match answer:
        case Waiting(link=None):
            return replace(answer, status="", by_customer=False, link=None)
        case Refused(code="TOO_MANY_REQUESTS", payment_id=None):
            return NotSent("rate_limited")
        case _:
            return answer

"""The provider as it may really behave: executes, refuses, asks the bank, is late, loses the answer; with its ledger."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from msgspec import Struct

from tests.till.simulator.clock import Clock, Pause
from widget.core.money import Money
from widget.core.payment import Checkout, Order, Payment, PaymentLine
from widget.provider.asks import NotThere, Unreadable

PRICE = Money(1900, "USD")
HOUR = 3_600_000

# What becomes of a call, weighted. Reaches: the provider may execute it.
FATES = (
    *("ok",) * 5, *("declined",) * 3, "ok_lost", "ok_lost", "ok_500", "ok_edge", "ok_text", "ok_without_id",
    "action_ok", "action_fail", "action_silent", "no_method", "dearer", "late", "late", "very_late",
    "declined_lost", "never_lost", "never_500", "never_edge", "refused", "limited", "no_route",
)  # fmt: skip
NEVER_LEFT = frozenset({"no_route", "limited"})
NOT_EXECUTED = frozenset({"no_route", "limited", "refused", "never_lost", "never_500", "never_edge"})
ANSWERED = frozenset(
    {"ok", "declined", "action_ok", "action_fail", "action_silent", "no_method", "dearer", "ok_without_id"}
)
_FAIL = frozenset({"declined", "declined_lost", "action_fail", "action_silent"})


class Reply(Struct, frozen=True):
    """What came over the wire: `kind` is session, paid, failed, refused, limited, no_route, or some way to know nothing."""

    kind: str
    payment_id: str | None = None


class Paid(Struct):
    """A payment in the ledger; its status is that of its last step that has come."""

    id: str
    mark: str
    quote: str
    customer_id: str
    amount: Money
    created_at: int
    listed_at: int
    steps: tuple[tuple[int, str], ...]

    def status(self, now: int) -> str:
        said = ""
        for when, status in self.steps:
            if when <= now:
                said = status
        return said

    @property
    def ends(self) -> str:
        return self.steps[-1][1]

    @property
    def ends_at(self) -> int:
        return self.steps[-1][0]


class Call(Struct):
    """A request to charge as the provider's side saw it, with what our books held at that moment."""

    mark: str
    quote: str
    sent: int
    fate: str
    written: bool
    agreed: bool
    payment: Paid | None = None

    @property
    def left(self) -> bool:
        return self.fate not in NEVER_LEFT

    def alive(self, now: int) -> bool:
        """Whether money was taken by it or still can be."""
        if self.fate in NOT_EXECUTED:
            return False
        return self.payment is None or self.payment.status(now) not in {"failed", "requires_payment_method"}


class Provider:
    """`Asks` over one ledger, and the far end of what `Line` sends."""

    def __init__(self, clock: Clock, rng: Any, *, doors: str, fates: tuple[str, ...] = FATES) -> None:
        self.clock, self.rng, self.doors, self.fates = clock, rng, doors, fates
        self.payments: dict[str, Paid] = {}
        self.calls: list[Call] = []
        self.pages: dict[str, str] = {}  # session: mark
        self.paid_at: dict[str, str] = {}  # session: the latest payment
        self.skew = 0  # its clock against ours
        self.outage = (0, 0)
        self.rings: Callable[[Paid, str], None] = lambda paid, status: None
        self.in_books: Callable[[str, str], tuple[bool, bool]] = lambda mark, quote: (True, True)

    # — charging ————————————————————————————————————————————————————————————

    async def post(self, order: Order, metadata: dict[str, str]) -> Reply:
        """One request. What happens over there goes on without us, should our process die."""
        rng, now = self.rng, self.clock.now
        mark, quote = metadata["encore_charge"], metadata.get("encore_quote", "")
        call = Call(mark, quote, now, rng.choice(self.fates), *self.in_books(mark, quote))
        self.calls.append(call)
        travel = 2 + int(rng.random() * 120)
        if call.fate not in NOT_EXECUTED:
            self.clock.at(now + self._delay(call.fate) + travel, lambda: self._execute(call, order))
        await Pause(travel + 2 + int(rng.random() * (200 if rng.random() < 0.9 else 19_000)))
        if call.fate in {"ok_lost", "declined_lost", "never_lost", "late", "very_late"} and rng.random() < 0.7:
            await Pause(now + 20_000 - self.clock.now)
        return self._reply(call)

    def _delay(self, fate: str) -> int:
        random = self.rng.random
        match fate:
            case "late":
                return 500 + int(random() * 300_000)
            case "very_late":
                return int((47 + random() * 4) * HOUR) if random() < 0.2 else int(random() * 2 * HOUR)
            case _:
                return 0

    def _reply(self, call: Call) -> Reply:
        match call.fate:
            case "refused" | "limited" | "no_route":
                return Reply(call.fate)
            case "ok_500" | "never_500" | "ok_edge" | "never_edge" | "ok_text":
                return Reply(call.fate.partition("_")[2])
        if call.fate not in ANSWERED or self.doors in {"webhook", "watch"}:
            return Reply("lost")
        paid = call.payment
        if self.doors == "answer" and paid is not None and paid.ends_at <= self.clock.now:
            return Reply("paid" if paid.ends == "succeeded" else "failed", paid.id)
        return Reply("session", None if call.fate == "ok_without_id" or paid is None else paid.id)

    def _execute(self, call: Call, order: Order) -> None:
        now, random = self.clock.now, self.rng.random
        ends = "failed" if call.fate in _FAIL else "succeeded"
        end = 1 + int(random() * (2_000 if self.doors != "answer" else 5))
        steps = ((now + int(random() * 50), "processing"), (now + 50 + end, ends))
        match call.fate:
            case "action_silent":
                steps = ((now, "requires_customer_action"), (now + 900_000, ends))
            case "action_ok" | "action_fail":
                steps = ((now, "requires_customer_action"), (now + 1_000 + int(random() * 240_000), ends))
            case "no_method":
                steps = ((now, "requires_payment_method"),)
        amount = Money(PRICE.amount + 1, PRICE.currency) if call.fate == "dearer" else PRICE
        call.payment = self._enter(call.mark, call.quote, order, amount, steps)

    def _enter(self, mark: str, quote: str, order: Order, amount: Money, steps: tuple[tuple[int, str], ...]) -> Paid:
        now, random = self.clock.now, self.rng.random
        listed = now + (int(random() * 40_000) if random() < 0.2 else 0)
        name = f"pay_{len(self.payments)}"
        paid = Paid(name, mark, quote, order.customer_id, amount, now + self.skew, listed, steps)
        self.payments[name] = paid
        for when, status in steps:
            self.clock.at(max(when, now), lambda status=status: self.rings(paid, status))
        return paid

    # — the hosted page ——————————————————————————————————————————————————————

    async def open_page(self, metadata: dict[str, str]) -> Reply:
        await Pause(5 + int(self.rng.random() * 300))
        chance = self.rng.random()
        if chance < 0.1:
            return Reply("lost" if chance < 0.06 else "text")
        session = f"cks_h{len(self.pages)}"
        self.pages[session] = metadata["encore_charge"]
        return Reply("session", session)

    def pay_at(self, session: str, order: Order, *, works: bool) -> None:
        """The shopper pays by hand; a page that was paid at, or is being, takes nothing more."""
        now, random = self.clock.now, self.rng.random
        last = self.payments.get(self.paid_at.get(session, ""))
        if last is None or last.status(now) == "failed":
            begun = now + (int(random() * 2_400_000) if random() < 0.15 else 0)  # leaves the form for a while
            ends = "succeeded" if works else "failed"
            steps = ((begun, "processing"), (begun + 500 + int(random() * 3_000), ends))
            if begun > now:
                steps = ((now, "requires_payment_method"), *steps)
            self.paid_at[session] = self._enter(self.pages[session], "", order, PRICE, steps).id

    # — what can be read ————————————————————————————————————————————————————————

    async def payment(self, payment_id: str) -> Payment | NotThere | Unreadable:
        if not await self._readable():
            return Unreadable("down")
        paid = self.payments.get(payment_id)
        if paid is None:
            return NotThere()
        return Payment(
            id=paid.id, customer_id=paid.customer_id, business_id="bus_mara", status=paid.status(self.clock.now),
            total=paid.amount, tax=0, created_at=_time(paid.created_at), products=(),
            metadata={"encore_charge": paid.mark}, link="https://bank.example/",
        )  # fmt: skip

    async def payments_of(
        self, customer_id: str, *, since: datetime
    ) -> tuple[PaymentLine, ...] | NotThere | Unreadable:
        if not await self._readable():
            return Unreadable("down")
        now, floor = self.clock.now, since.timestamp() * 1000
        return tuple(
            PaymentLine(p.id, p.status(now), p.amount, _time(p.created_at), {"encore_charge": p.mark})
            for p in self.payments.values()
            if p.customer_id == customer_id and p.listed_at <= now and p.created_at >= floor
        )

    async def checkout(self, session_id: str) -> Checkout | NotThere | Unreadable:
        if not await self._readable():
            return Unreadable("down")
        return Checkout(session_id, self.paid_at.get(session_id), None) if session_id in self.pages else NotThere()

    async def _readable(self) -> bool:
        await Pause(3 + int(self.rng.random() * 60))
        return not self.outage[0] <= self.clock.now < self.outage[1] and self.rng.random() > 0.03


def _time(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)

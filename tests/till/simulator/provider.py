"""The provider as it may really behave: it executes, refuses, asks the bank, loses the answer, is late; with its ledger."""

from datetime import UTC, datetime

from msgspec import Struct

from tests.till.simulator.clock import Clock, Pause
from widget.core.answer import Answer, NotSent, Refused, Unknown, Waiting
from widget.core.money import Money
from widget.core.payment import Checkout, Order, Payment, PaymentLine
from widget.provider.asks import NotThere, Unreadable
from widget.provider.moves import Opened

FATES = (
    "ok", "ok", "ok", "declined", "declined", "action_ok", "action_fail", "action_silent", "refused_4xx", "limited", "not_sent",
    "ok_lost", "ok_500", "never_lost", "never_500", "late", "slow", "edge_4xx_ok", "ok_garbage",
)  # fmt: skip


class Paid(Struct):
    """A payment at the provider; its status is what it is at a time."""

    id: str
    mark: str
    customer_id: str
    amount: Money
    created_at: int
    final_at: int
    final: str  # succeeded, failed
    before: str  # processing, requires_customer_action
    listed_at: int
    sent_for: int  # when the call that made it was made
    hosted: bool = False

    def status(self, now: int) -> str:
        return self.final if now >= self.final_at else self.before


class Provider:
    """`Moves` and `Asks` in one, over one ledger."""

    def __init__(self, clock: Clock, rng, on_final) -> None:
        self.clock, self.rng, self.on_final = clock, rng, on_final
        self.payments: dict[str, Paid] = {}
        self.calls: list[tuple[str, int, bool]] = []  # (mark, when, may have been executed)
        self.sessions: dict[str, str] = {}

    async def charge(self, order: Order, *, method_id: str, return_url: str, metadata: dict[str, str]) -> Answer:
        mark, sent = metadata["encore_charge"], self.clock.now
        fate = self.rng.choice(FATES)
        self.calls.append((mark, sent, fate != "not_sent" and fate != "limited"))
        await Pause(self.rng.randrange(5, 300))
        if fate == "slow":
            await Pause(self.rng.randrange(3_000, 19_000))
        match fate:
            case "not_sent":
                return NotSent("refused connection")
            case "limited":
                return Refused("TOO_MANY_REQUESTS")
            case "refused_4xx":
                return Refused("INVALID_REQUEST_BODY")
            case "never_lost" | "never_500":
                return Unknown(fate)
            case "late":
                delay = self.rng.randrange(500, 300_000)
                self.clock.at(self.clock.now + delay, lambda: self._execute(mark, order, "ok", sent) and None)
                return Unknown(fate)
        payment = self._execute(mark, order, fate, sent)
        if fate in {"ok_lost", "ok_500", "edge_4xx_ok", "ok_garbage"}:
            return Unknown(fate)
        return Waiting(payment_id=payment.id, session_id=f"cks_{payment.id}")

    def _execute(self, mark: str, order: Order, fate: str, sent: int, *, hosted: bool = False) -> Paid:
        now, rng = self.clock.now, self.rng
        asks = fate.startswith("action")
        final = "failed" if fate in {"declined", "action_fail", "action_silent"} else "succeeded"
        wait = (
            900_000 if fate == "action_silent" else rng.randrange(1_000, 240_000) if asks else rng.randrange(1, 4_000)
        )
        payment = Paid(
            id=f"pay_{len(self.payments)}", mark=mark, customer_id=order.customer_id, amount=Money(1900, "USD"),
            created_at=now, final_at=now + wait, final=final,
            before="requires_customer_action" if asks else "processing",
            listed_at=now + (rng.randrange(1, 40_000) if rng.random() < 0.2 else 0), sent_for=sent, hosted=hosted,
        )  # fmt: skip
        self.payments[payment.id] = payment
        self.clock.at(payment.final_at, lambda: self.on_final(payment))
        return payment

    async def open_checkout(self, order: Order, *, return_url, cancel_url, metadata) -> Opened | Unknown:
        await Pause(self.rng.randrange(5, 300))
        if self.rng.random() < 0.1:
            return Unknown("lost")
        session = f"cks_h{len(self.sessions)}"
        self.sessions[session] = metadata["encore_charge"]
        return Opened(session, f"https://checkout.example/{session}")

    def pay_at(self, session: str, order: Order) -> None:
        """The shopper pays on the hosted page."""
        payment = self._execute(self.sessions[session], order, "ok", self.clock.now, hosted=True)
        self.sessions[session + ":paid"] = payment.id

    async def payment(self, payment_id: str) -> Payment | NotThere | Unreadable:
        await self._read()
        if self.rng.random() < 0.03:
            return Unreadable("down")
        found = self.payments.get(payment_id)
        return self._shown(found) if found else NotThere()

    def _shown(self, paid: Paid) -> Payment:
        return Payment(
            id=paid.id, customer_id=paid.customer_id, business_id="bus", status=paid.status(self.clock.now),
            total=paid.amount, tax=0, created_at=_time(paid.created_at), products=(("pdt_workbook", 1),),
            metadata={"encore_charge": paid.mark}, link="https://bank.example/",
        )  # fmt: skip

    async def payments_of(self, customer_id: str, *, since: datetime):
        await self._read()
        if self.rng.random() < 0.03:
            return Unreadable("down")
        now = self.clock.now
        return tuple(
            PaymentLine(p.id, p.status(now), p.amount, _time(p.created_at), {"encore_charge": p.mark})
            for p in self.payments.values()
            if p.listed_at <= now and p.customer_id == customer_id and p.created_at >= since.timestamp() * 1000
        )

    async def checkout(self, session_id: str) -> Checkout:
        await self._read()
        payment_id = self.sessions.get(session_id + ":paid")
        return Checkout(session_id, payment_id, None)

    async def _read(self) -> None:
        await Pause(self.rng.randrange(3, 60))


def _time(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)

"""The provider's subscriptions as they may really behave: changed, scheduled, renewed, and paid for in one ledger."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from tests.till.simulator.clock import Clock, Pause
from tests.till.simulator.provider import HOUR, Paid, Provider, Reply
from widget.core.money import Money
from widget.core.payment import Payment, PaymentLine
from widget.core.plan_change import Change
from widget.core.subscription import Scheduled, Subscription
from widget.provider.asks import NotThere, Unreadable

MONTHLY = {"pdt_lite": 1000, "pdt_basic": 3000, "pdt_pro": 8000}
LINK_LIVES = 24 * HOUR

# What becomes of a change request, weighted.
PLAN_FATES = (
    *("ok",) * 6, *("declined",) * 3, "ok_lost", "ok_lost", "ok_500", "ok_edge", "action_ok", "action_fail",
    "action_silent", "late", "very_late", "declined_lost", "never_lost", "never_500", "never_edge", "refused",
    "limited", "no_route", "credit_pays", "dearer",
)  # fmt: skip
_NEVER = frozenset({"never_lost", "never_500", "never_edge", "refused", "limited", "no_route"})
_LOST = frozenset({"ok_lost", "declined_lost", "never_lost", "late", "very_late"})
_FAIL = frozenset({"declined", "declined_lost", "action_fail", "action_silent"})


class Bill(Paid):
    """A payment of a subscription."""

    subscription_id: str = ""
    charge_type: str = ""
    link: str | None = None
    change: Change | None = None  # what it pays for


class Asked(Struct):
    """A change request as the provider's side saw it, with what our books held at that moment."""

    mark: str
    quote: str
    change: Change
    sent: int
    fate: str
    written: bool
    agreed: bool
    due: int = 0
    executed: int = 0  # when it was looked at; 0 never
    refusal: str = ""
    took: str = ""  # applied, scheduled, paying, link
    bill: Bill | None = None

    @property
    def left(self) -> bool:
        return self.fate not in {"limited", "no_route"}

    @property
    def arrived(self) -> bool:
        return bool(self.took)


class Sub(Struct):
    """A subscription in the ledger; `first` are the marks of its first payment."""

    id: str
    product_id: str
    next_bill: int
    first: str
    status: str = "active"
    ending: bool = False
    pending: Bill | None = None
    planned: Asked | None = None
    touched: bool = False  # somebody else changed it too: the merchant, or the subscriber in the portal
    was: list[tuple[int, str]] = []  # (since, product), every plan it ever had
    billed: list[int] = []  # when a period of it ended


class PlanProvider(Provider):
    """`Provider` with subscriptions."""

    payments: dict[str, Bill]

    def __init__(self, clock: Clock, rng: Any, *, doors: str, fates: tuple[str, ...] = PLAN_FATES) -> None:
        super().__init__(clock, rng, doors=doors, fates=fates)
        self.subs: dict[str, Sub] = {}
        self.asked: list[Asked] = []
        self.told: Callable[[str, str], None] = lambda subscription_id, kind: None

    def subscribe(self, subscription_id: str, product_id: str, next_bill: int, first: str) -> Sub:
        sub = Sub(subscription_id, product_id, next_bill, first, was=[(0, product_id)])
        self.subs[subscription_id] = sub
        self.clock.at(next_bill, lambda: self.renew(sub))
        return sub

    def due(self, sub: Sub, change: Change) -> int:
        """What the change would cost now; the preview and the change share this."""
        if change.scheduled or change.mode == "do_not_bill":
            return 0
        return max(0, MONTHLY[change.product_id] - MONTHLY[sub.product_id])

    def preview_refuses(self, sub: Sub, change: Change) -> bool:
        """The state as the preview checks it."""
        return bool(self._obstacle(sub, change))

    # — one change request ———————————————————————————————————————————————————————

    async def change_plan(self, change: Change, metadata: dict[str, str]) -> Reply:
        rng, now = self.rng, self.clock.now
        mark, quote = metadata.get("encore_charge", ""), metadata.get("encore_quote", "")
        asked = Asked(mark, quote, change, now, rng.choice(self.fates), *self.in_books(mark, quote))
        self.asked.append(asked)
        travel = 2 + int(rng.random() * 120)
        if asked.fate not in _NEVER:
            self.clock.at(now + self._delay(asked.fate) + travel, lambda: self.execute(asked))
        await Pause(travel + 2 + int(rng.random() * (200 if rng.random() < 0.9 else 19_000)))
        if asked.fate in _LOST and rng.random() < 0.7:
            await Pause(max(0, now + 20_000 - self.clock.now))
        return self._answer(asked)

    def _delay(self, fate: str) -> int:
        if fate == "late":
            return 500 + int(self.rng.random() * 300_000)
        return int((0.6 + self.rng.random()) * HOUR) if fate == "very_late" else 0

    def _answer(self, asked: Asked) -> Reply:
        if asked.fate in {"refused", "limited", "no_route"}:
            return Reply(asked.fate)
        if asked.fate in _LOST or self.doors != "all" or not asked.executed:
            return Reply("lost")
        if asked.fate in {"ok_500", "ok_edge", "never_500", "never_edge"}:
            return Reply(asked.fate.partition("_")[2])
        if asked.refusal:
            return Reply(asked.refusal)
        if asked.took == "link" and asked.bill is not None:
            return Reply("link", asked.bill.id)
        return Reply("changed")

    def execute(self, asked: Asked) -> None:
        """The provider looks at the request, in one transaction."""
        asked.executed = self.clock.now
        sub, change = self.subs.get(asked.change.subscription_id), asked.change
        if sub is None:
            asked.refusal = "NOT_FOUND"
            return
        asked.refusal = self._obstacle(sub, change)
        if asked.refusal:
            return
        if sub.pending is not None:
            self._end(sub.pending, "cancelled")
            sub.pending = None
        asked.due = self.due(sub, change)
        if change.scheduled:
            sub.planned, asked.took = asked, "scheduled"
            sub.touched |= asked.fate in {"late", "very_late"}  # may come after, and over, what was asked later
            self.told(sub.id, "updated")
        elif asked.due == 0 or (asked.fate == "credit_pays" and not change.by_link):
            asked.took = "applied"
            self._become(sub, change)
            if asked.due == 0 and self.rng.random() < 0.15:
                asked.bill = self._bill(sub, asked.mark, asked.quote, 0, "plan_change", self._soon("succeeded"), change)
        else:
            self._collect(sub, asked)

    def _obstacle(self, sub: Sub, change: Change) -> str:
        if sub.status != "active":
            return "INACTIVE_SUBSCRIPTION_PLAN_CHANGE_NOT_SUPPORTED"
        if sub.ending:
            return "PLAN_CHANGE_NOT_ALLOWED_FOR_SCHEDULED_CANCELLATION"
        if sub.pending is not None and not (change.drops_link and _open(sub.pending, self.clock.now)):
            return "PENDING_PLAN_CHANGE_EXISTS"
        if sub.planned is not None and not change.replaces_scheduled:
            return "SCHEDULED_PLAN_CHANGE_EXISTS"
        return ""

    def _collect(self, sub: Sub, asked: Asked) -> None:
        now, random = self.clock.now, self.rng.random
        amount = asked.due + 100 if asked.fate == "dearer" else max(1, asked.due - int(random() * 4))
        asked.took = "link" if asked.change.by_link else "paying"
        ends = "failed" if asked.fate in _FAIL else "succeeded"
        match asked.fate:
            case _ if asked.change.by_link:
                steps = ((now, "requires_payment_method"), (now + LINK_LIVES, "cancelled"))
            case "action_silent":
                steps = ((now, "requires_customer_action"), (now + 900_000, ends))
            case "action_ok" | "action_fail":
                steps = ((now, "requires_customer_action"), (now + 1_000 + int(random() * 240_000), ends))
            case _:
                steps = self._soon(ends)
        asked.bill = self._bill(sub, asked.mark, asked.quote, amount, "plan_change", steps, asked.change)
        asked.bill.link = f"https://checkout.example/{asked.bill.id}"
        sub.pending = asked.bill

    def _soon(self, ends: str) -> tuple[tuple[int, str], ...]:
        now, random = self.clock.now, self.rng.random
        return ((now, "processing"), (now + 100 + int(random() * (2_000 if random() < 0.9 else 90_000)), ends))

    def _bill(
        self, sub: Sub, mark: str, quote: str, amount: int, kind: str, steps: tuple[tuple[int, str], ...],
        change: Change | None,
    ) -> Bill:  # fmt: skip
        now, random = self.clock.now, self.rng.random
        listed = now + (int(random() * 60_000) if random() < 0.2 else 0)
        name = f"pay_{len(self.payments)}"
        bill = Bill(
            name, mark, quote, "cus_nadia", Money(amount, "USD"), now + self.skew, listed, steps, sub.id, kind, None, change
        )  # fmt: skip
        self.payments[name] = bill
        for when, status in steps:
            self.clock.at(max(when, now), lambda when=when, status=status: self._step(sub, bill, when, status))
        return bill

    def _step(self, sub: Sub, bill: Bill, when: int, status: str) -> None:
        if (when, status) not in bill.steps:
            return  # the page was paid on, or given up, before that
        self.rings(bill, status)
        if sub.pending is bill and status in {"succeeded", "failed", "cancelled"}:
            sub.pending = None
            if status == "succeeded" and bill.change is not None:
                self._become(sub, bill.change)

    def _end(self, bill: Bill, status: str) -> None:
        bill.steps = (*(step for step in bill.steps if step[0] <= self.clock.now), (self.clock.now, status))
        self.rings(bill, status)

    def _become(self, sub: Sub, change: Change) -> None:
        sub.product_id, sub.planned = change.product_id, None
        sub.was = [*sub.was, (self.clock.now, change.product_id)]
        for kind in ("plan_changed", "updated"):
            self.told(sub.id, kind)

    def pay_link(self, bill: Bill, *, works: bool) -> None:
        """The subscriber pays by hand on the page of a change."""
        now = self.clock.now
        if _open(bill, now):
            sub, ends = self.subs[bill.subscription_id], now + 300 + int(self.rng.random() * 30_000)
            added = ((now, "processing"), (ends, "succeeded" if works else "failed"))
            bill.steps = (*(step for step in bill.steps if step[0] <= now), *added)
            for when, status in added:
                self.clock.at(when, lambda when=when, status=status: self._step(sub, bill, when, status))

    # — time, and others ——————————————————————————————————————————————————————————

    def renew(self, sub: Sub) -> None:
        """The period ends: what is scheduled happens and is paid for with its own marks, else the plan renews."""
        if sub.pending is not None:
            self.clock.at(self.clock.now + 60_000, lambda: self.renew(sub))
            return
        sub.next_bill += 30 * 24 * HOUR
        sub.billed = [*sub.billed, self.clock.now]
        planned, sub.planned = sub.planned, None
        if planned is not None and self.rng.random() < 0.85:
            price = MONTHLY[planned.change.product_id]
            self._become(sub, planned.change)
            steps = self._soon("succeeded")
            self._bill(sub, planned.mark, planned.quote, price, "plan_change", steps, planned.change)
        else:
            if planned is not None:  # its payment failed: the change is dropped and the old plan renews
                sub.touched = True
                steps = self._soon("failed")
                self._bill(sub, planned.mark, planned.quote, 1, "plan_change", steps, planned.change)
            self._bill(sub, sub.first, "", MONTHLY[sub.product_id], "renewal", self._soon("succeeded"), None)
        self.told(sub.id, "renewed")

    def by_somebody_else(self, sub: Sub, product_id: str) -> None:
        """In the provider's own portal: no marks were named, so the payment carries those of the first one."""
        if sub.pending is None and product_id != sub.product_id:
            sub.touched = True
            change = Change(sub.id, product_id, 1, (), "difference_immediately")
            due = self.due(sub, change)
            if due == 0:
                self._become(sub, change)
            else:
                sub.pending = self._bill(sub, sub.first, "", due, "plan_change", self._soon("succeeded"), change)

    async def act(self, subscription_id: str, kind: str) -> Reply:
        await Pause(5 + int(self.rng.random() * 300))
        chance, sub = self.rng.random(), self.subs[subscription_id]
        if chance < 0.05:
            return Reply("lost")
        match kind:
            case "undo" if sub.planned is None or sub.pending is not None:
                return Reply("SCHEDULED_PLAN_CHANGE_NOT_FOUND")
            case "undo":
                sub.planned, sub.touched = None, True
            case "cancel" | "keep":
                sub.ending = kind == "cancel"
            case "pause" | "resume":
                sub.status = "paused" if kind == "pause" else "active"
        self.told(sub.id, "updated")
        return Reply("lost" if chance < 0.1 else "done")

    # — what can be read ————————————————————————————————————————————————————————

    async def subscription(self, subscription_id: str) -> Subscription | NotThere | Unreadable:
        if not await self._readable():
            return Unreadable("down")
        sub = self.subs.get(subscription_id)
        return NotThere() if sub is None else self.as_read(sub)

    def as_read(self, sub: Sub) -> Subscription:
        planned = sub.planned.change if sub.planned is not None else None
        scheduled = planned and Scheduled(
            planned.product_id, "", planned.quantity, planned.addons, _time(sub.next_bill)
        )
        return Subscription(
            sub.id, "cus_nadia", sub.product_id, sub.status, currency="USD", ending=sub.ending, scheduled=scheduled,
            next_bill_at=_time(sub.next_bill),
        )  # fmt: skip

    async def payment(self, payment_id: str) -> Payment | NotThere | Unreadable:
        found, bill = await super().payment(payment_id), self.payments.get(payment_id)
        if not isinstance(found, Payment) or bill is None:
            return found
        return replace(found, charge_type=bill.charge_type, subscription_ids=(bill.subscription_id,), link=bill.link)

    async def payments_of(
        self, customer_id: str, *, since: datetime
    ) -> tuple[PaymentLine, ...] | NotThere | Unreadable:
        found = await super().payments_of(customer_id, since=since)
        if not isinstance(found, tuple):
            return found
        return tuple(replace(line, charge_type=self.payments[line.id].charge_type) for line in found)


def _open(bill: Bill, now: int) -> bool:
    return bill.link is not None and bill.status(now) == "requires_payment_method"


def _time(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)

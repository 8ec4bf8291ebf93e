"""One world from one seed: shoppers press, processes die, answers and webhooks get lost; then the ledger is judged."""

import random
from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from tests.till.simulator.books import Books
from tests.till.simulator.clock import Clock, Pause
from tests.till.simulator.provider import Paid, Provider
from widget.core.answer import answer_of
from widget.core.charge import FINAL, UNDECIDED, Charge, Fate, Shut
from widget.core.consent import Consent
from widget.core.money import Money
from widget.core.payment import Address, Order, Payment
from widget.core.presentation import may_open_checkout
from widget.core.watching import HORIZON_MS
from widget.till.charge import Till, Wish
from widget.till.checkout import CheckoutTill, usable
from widget.till.settle import settle_charge
from widget.till.watch import watch

START = 1_800_000_000_000
HOUR = 3_600_000
PRE, CUSTOMER = "pre_1", "cus_nadia"
ORDER = Order(customer_id=CUSTOMER, product_id="pdt_workbook", quantity=1, billing=Address(country="US"))
QUOTED = Money(1900, "USD")
DOORS = ("all", "answer", "webhook", "watch")


class World:
    """The real till, settle and watch over models of books and provider; `doors` says where news may come in."""

    books_class: Callable[..., Books] = Books
    provider_class: Callable[..., Provider] = Provider
    till_class: Callable[..., Till] = Till

    def __init__(self, seed: int, doors: str = "all") -> None:
        self.rng = random.Random(f"{seed}:{doors}")
        self.clock = Clock(START)
        self.doors = doors
        self.books = self.books_class(self.clock, self.rng)
        self.provider = self.provider_class(self.clock, self.rng, self.final)
        self.till = self.till_class(self.books, self.provider, lambda: self.clock.now)
        self.checkout = CheckoutTill(self.books, self.provider, lambda: self.clock.now)
        self.books.presentations[PRE] = "open"
        self.inbox: dict[str, tuple[str, bool]] = {}
        self.leases: dict[str, int] = {}
        self.presses = 0
        self.offered_while_undecided = False

    # — what happens ————————————————————————————————————————————————————————

    def play(self) -> list[str]:
        """Live through fifty-two hours and say what went wrong."""
        rng, clock = self.rng, self.clock
        self.books.stall = rng.choice((0, 0, 50, 70_000))
        for _ in range(rng.choice((1, 1, 2, 3, 4))):
            when = START + rng.choice((0, 1, 2, 5, 40, 300, 2_000, 30_000, 90_000))
            clock.at(when, self.press(), process=rng.randrange(3))
        if rng.random() < 0.3:
            when = START + rng.randrange(0, rng.choice((12, 3_000)))
            clock.at(when, self.books.decline(PRE), process=rng.randrange(3))
        if rng.random() < 0.6:
            clock.at(START + rng.randrange(100, 600_000), self.try_checkout(), process=rng.randrange(3))
        for _ in range(rng.choice((0, 0, 1, 2, 4))):
            victim = rng.randrange(3)
            clock.at(START + rng.randrange(0, 20_000), lambda victim=victim: clock.kill(victim))
        clock.at(START + 200, self.work)
        clock.run(START + 52 * HOUR)
        return self.judge()

    async def press(self) -> None:
        """The shopper presses; the key's charge id is of this tab."""
        self.presses += 1
        now = self.clock.now
        await self.till.charge(self.wish(f"chg_{self.presses}", f"one_click:{PRE}", now))

    def wish(self, charge_id: str, reason: str, now: int) -> Wish:
        intent = Charge(
            id=charge_id, reason=reason, presentation_id=PRE, quote_id="quo_1", customer_id=CUSTOMER,
            product_id="pdt_workbook", quantity=1, method_id="pm_1", quoted=QUOTED, fate=Fate.INTENDED, pressed_at=now,
        )  # fmt: skip
        consent = Consent(PRE, "quo_1", "Pay $19.00 now", QUOTED, "Visa", "en", "t", now)
        return Wish(intent=intent, consent=consent, order=ORDER, return_url="https://encore.example/after/x")

    async def try_checkout(self) -> None:
        """A shopper who looks for another way to pay gets it only where the card offers it, and pays there."""
        for _ in range(40):
            charge = await self.books.by_reason(f"one_click:{PRE}")
            if self.books.presentations[PRE] == "declined":
                return
            if charge is not None and charge.fate is Fate.REFUSED and self.may_offer(charge):
                break
            if charge is not None and charge.fate in UNDECIDED and self.may_offer(charge):
                self.offered_while_undecided = True
                break
            await Pause(30_000)
        else:
            return
        number = sum(1 for reason in self.books.reasons if reason.startswith("hosted:")) + 1
        wish = self.wish(f"chg_h{number}", f"hosted:{PRE}:{number}", self.clock.now)
        opened = await self.checkout.open(replace(wish, intent=replace(wish.intent, method_id="")), cancel_url=None)
        if isinstance(opened, Shut) or not usable(opened, now=self.clock.now) or opened.session_id is None:
            return
        await Pause(self.rng.randrange(1_000, 60_000))
        self.provider.pay_at(opened.session_id, ORDER)

    def may_offer(self, charge: Charge) -> bool:
        return may_open_checkout(charge)

    def final(self, payment: Paid) -> None:
        """The provider rings: some bells are lost, some ring twice, some late."""
        if self.doors not in {"all", "webhook"}:
            return
        lost = self.doors == "all" and self.rng.random() < 0.25
        for copy in range(0 if lost else self.rng.choice((1, 1, 2, 3))):
            later = self.rng.randrange(0, 5_000) if self.rng.random() < 0.8 else self.rng.randrange(0, 4 * HOUR)
            name = f"msg_{payment.id}_{copy}"
            self.clock.at(self.clock.now + later, lambda name=name: self._again(name, payment.id, 8, [False]))

    async def ring(self, name: str, payment_id: str, tries: int) -> None:
        """Kept before it is acknowledged; an unacknowledged bell rings again."""
        acknowledged = [False]
        if tries > 1:
            self.clock.at(self.clock.now + 6_000, lambda: self._again(name, payment_id, tries - 1, acknowledged))
        await self.books.hop()
        self.inbox.setdefault(name, (payment_id, False))
        await self.books.hop()
        acknowledged[0] = True

    def _again(self, name: str, payment_id: str, tries: int, acknowledged: list[bool]) -> None:
        if not acknowledged[0]:
            self.clock.at(self.clock.now, self.ring(name, payment_id, tries), process=self.rng.randrange(3))

    def work(self) -> None:
        """A worker's turn: kept bells that are not applied, and watches that are due; each leased for 90 s."""
        now = self.clock.now
        for name, (payment_id, applied) in list(self.inbox.items()):
            if not applied and self.leases.get(name, 0) < now:
                self.leases[name] = now + 90_000
                self.clock.at(now, self.apply(name, payment_id), process=self.rng.randrange(3))
        if self.doors in {"all", "watch"}:
            for charge_id, due in list(self.books.watches.items()):
                if due <= now and self.leases.get(charge_id, 0) < now:
                    self.leases[charge_id] = now + 90_000
                    self.clock.at(now, self.look(charge_id), process=self.rng.randrange(3))
        waiting = list(self.books.watches.values()) if self.doors in {"all", "watch"} else []
        waiting += [now + 1_000 for _, applied in self.inbox.values() if not applied]
        pause = max(300, min(waiting, default=now + 120_000) - now)
        self.clock.at(now + min(pause, 120_000 if now < START + 6 * HOUR else 20 * 60_000), self.work)

    async def apply(self, name: str, payment_id: str) -> None:
        """As webhooks/apply does: the state is read, then settled with."""
        payment = await self.provider.payment(payment_id)
        if isinstance(payment, Payment):
            charge = await self.books.find(payment.metadata["encore_charge"])
            if charge is not None:
                await settle_charge(self.books, charge, answer_of(payment), door="webhook", at=self.clock.now)
            self.inbox[name] = (payment_id, True)
        self.leases.pop(name, None)

    async def look(self, charge_id: str) -> None:
        before = self.books.watches.pop(charge_id, None)
        if before is not None:
            self.books.watches[charge_id] = self.clock.now + 90_000  # another process looks if this one dies
        again = await watch(self.books, self.provider, charge_id, now=self.clock.now)
        self.leases.pop(charge_id, None)
        if again is None:
            self.books.watches.pop(charge_id, None)
        else:
            self.books.watches[charge_id] = again

    # — the judgement, from the provider's ledger ———————————————————————————————

    def judge(self) -> list[str]:
        wrong: list[str] = []
        taken = [p for p in self.provider.payments.values() if p.status(self.clock.now) == "succeeded"]
        if len(taken) > 1:
            wrong.append(f"paid {len(taken)} times")
        wrong += self._sendings()
        for payment in taken:
            charge = self.books.charges.get(payment.mark)
            if charge is None:
                wrong.append("paid without an intent")
            elif not self.books.consents.get(payment.mark):
                wrong.append("paid without consent")
            elif payment.amount.amount > charge.quoted.amount:
                wrong.append("paid more than shown")
            elif charge.fate is not Fate.TAKEN and self.doors != "answer":
                wrong.append(f"paid at the provider, {charge.fate} in the books")
        for charge in self.books.charges.values():
            wrong += self._books(charge, {p.id for p in taken})
        if self.offered_while_undecided:
            wrong.append("another way to pay while undecided")
        return wrong

    def _sendings(self) -> list[str]:
        wrong = []
        for mark in {mark for mark, _, _ in self.provider.calls}:
            calls = [(when, executed) for m, when, executed in self.provider.calls if m == mark]
            if sum(executed for _, executed in calls) > 1:
                wrong.append("sent again although it may have been executed")
            charge = self.books.charges.get(mark)
            pressed = [c.pressed_at for c in self.books.consents.get(mark, [])]
            for when, _ in calls:
                if charge is not None and not any(when - 60_000 <= at <= when for at in pressed):
                    wrong.append("sent long after the press")
                declined = self.books.declined_at.get(PRE)
                if declined is not None and when > declined + 80_000:
                    wrong.append("sent after the no")
        return wrong

    def _books(self, charge: Charge, taken: set[str]) -> list[str]:
        if charge.fate is Fate.TAKEN:
            wrong = [] if charge.payment_id in taken else ["taken in the books only"]
            declined = self.books.presentations[PRE] == "declined" and not charge.hosted
            return wrong + (["charged after a no"] if declined else [])
        if self.doors in {"all", "watch"} and charge.fate in UNDECIDED and not charge.hosted:
            return [f"still {charge.fate} after 52 hours"]
        if charge.fate is Fate.LAPSED and not charge.hosted:
            age = (charge.settled_at or 0) - (charge.sent_at or 0)
            known = any(p.mark == charge.id for p in self.provider.payments.values())
            return (["given up too early"] if age <= HORIZON_MS else []) + (
                ["given up though it is there"] if known else []
            )
        assert charge.fate in FINAL or charge.fate in {Fate.INTENDED, *UNDECIDED}
        return []


def play(seed: int, doors: str = "all", world: Callable[[int, str], Any] = World) -> list[str]:
    """What went wrong in the world of this seed; a till that meets a charge its books do not know stops loudly."""
    here = world(seed, doors)
    try:
        return here.play()
    except LookupError as error:
        return [f"stopped: {error!r}"]
    finally:
        here.clock.close()

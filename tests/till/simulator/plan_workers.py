"""The workers with the bells of subscriptions: as `widget.webhooks.apply`, and the bells that ring for them."""

from typing import Any

from tests.till.simulator.bells import Bells
from tests.till.simulator.books import Event
from tests.till.simulator.plan_books import PlanBooks
from tests.till.simulator.plan_provider import PlanProvider
from tests.till.simulator.provider import HOUR
from tests.till.simulator.workers import Workers
from widget.core.answer import answer_of
from widget.core.charge import UNDECIDED, may_settle
from widget.core.payment import Payment
from widget.core.subscription import Subscription


class PlanBells(Bells):
    """An event of a subscription names it where one of a payment names the payment."""

    def tell(self, subscription_id: str, kind: str) -> None:
        if self.doors != "all" or self.rng.random() < 0.3:
            return
        self.rung += 1
        name, event = f"msg_{self.rung}", Event(subscription_id, f"subscription.{kind}", kind)
        for _ in range(1 + int(self.rng.random() * 2)):
            later = int(self.rng.random() * (HOUR if self.rng.random() < 0.1 else 3_000))
            self.clock.at(self.clock.now + later, lambda: self._deliver(name, event, 0))


class PlanWorkers(Workers):
    """A payment settles only what it may settle; a subscription wakes the watch of its undecided changes."""

    books: PlanBooks
    provider: PlanProvider

    async def apply(self, name: str) -> int | None:
        event, now = self.books.events[name], self.clock.wall()
        if event.state == "applied":
            return None
        is_payment = event.kind.startswith("payment.")
        found = await (self.provider.payment if is_payment else self.provider.subscription)(event.payment_id)
        match found:
            case Payment():
                await self._paid(found, now)
            case Subscription():
                await self._subscription(found, now)
            case _:
                return await self._later(name, event, now)
        await self.books.mark(name, "applied")
        return None

    async def _later(self, name: str, event: Event, now: int) -> int | None:
        parked = event.tries + 1 >= 12
        await self.books.mark(name, "parked" if parked else "kept")
        return None if parked else now + min(1_000 * 2**event.tries, 900_000)

    async def _paid(self, payment: Payment, now: int) -> None:
        charge = await self.books.find(payment.metadata["encore_charge"])
        if charge is not None and self.may_settle(charge, payment):
            await self.settled(charge, answer_of(payment), now)

    def may_settle(self, charge: Any, payment: Payment) -> bool:
        return may_settle(charge, payment)

    async def _subscription(self, found: Subscription, now: int) -> None:
        await self.books.keep_subscription(found, at=now)
        await self.books.hop()
        for charge in self.books.charges.values():
            if charge.change is not None and charge.change.subscription_id == found.id and charge.fate in UNDECIDED:
                self.books.wake(f"watch:{charge.id}", now)

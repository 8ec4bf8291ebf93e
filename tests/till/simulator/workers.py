"""Leased jobs: the watch and the applying of kept events, in any process, until somebody finished them."""

from typing import Any

from tests.till.simulator.bells import Bells
from tests.till.simulator.books import Books
from tests.till.simulator.clock import Clock
from tests.till.simulator.provider import Provider
from widget.core.answer import Answer, answer_of
from widget.core.charge import Charge
from widget.core.payment import Payment
from widget.till.settle import settle_charge
from widget.till.watch import watch

LEASE_MS = 90_000
_TRIES = 12


class Workers:
    """As `widget.worker`: a due job is leased by one process; if that one dies the lease ends and another takes it."""

    def __init__(self, clock: Clock, books: Books, provider: Provider, bells: Bells, *, doors: str) -> None:
        self.clock, self.books, self.provider, self.bells = clock, books, provider, bells
        self.kinds = {"all": ("watch", "apply"), "webhook": ("apply",), "watch": ("watch",), "answer": ()}[doors]
        self._owners = 0
        books.on_due = self.due

    def due(self, job_id: str, when: int) -> None:
        if job_id.partition(":")[0] in self.kinds:
            self.clock.at(max(when, self.clock.now), lambda: self._take(job_id))

    def _take(self, job_id: str) -> None:
        job, now = self.books.jobs.get(job_id), self.clock.now
        if job is None or job.done or job.run_at > now:
            return
        process = self.bells.process()
        if process is None or job.lease_until >= now:
            self.due(job_id, max(now + 1_000, job.lease_until + 1))
            return
        self._owners += 1
        self.books.lease(job_id, self._owners, now + LEASE_MS)
        self.clock.at(now, self._run(job_id, self._owners), process=process)
        self.due(job_id, now + LEASE_MS + 1)

    async def _run(self, job_id: str, owner: int) -> None:
        kind, _, subject = job_id.partition(":")
        again = await (self.look(subject) if kind == "watch" else self.apply(subject))
        await self.books.ended(job_id, owner, again)

    async def look(self, charge_id: str) -> int | None:
        return await watch(self.books, self.asks(), charge_id, now=self.clock.wall())

    def asks(self) -> Any:
        return self.provider

    async def apply(self, name: str) -> int | None:
        """As `webhooks/apply`: a bell, not a letter; the state is read, then settled with."""
        event, now = self.books.events[name], self.clock.wall()
        if event.state == "applied":
            return None
        payment = await self.provider.payment(event.payment_id)
        if not isinstance(payment, Payment):
            if event.tries + 1 >= _TRIES:
                await self.books.mark(name, "parked")
                return None
            await self.books.mark(name, "kept")
            return now + min(1_000 * 2**event.tries, 900_000)
        charge = await self.books.find(payment.metadata["encore_charge"])
        if charge is not None:
            await self.settled(charge, answer_of(payment), now)
        await self.books.mark(name, "applied")
        return None

    async def settled(self, charge: Charge, answer: Answer, now: int) -> None:
        await settle_charge(self.books, charge, answer, door="webhook", at=now)

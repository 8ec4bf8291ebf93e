"""Webhooks on their way: lost, twice, late, out of order, and with words that may lie; repeated until acknowledged."""

from collections.abc import Callable
from typing import Any

from tests.till.simulator.books import Books, Event
from tests.till.simulator.clock import Clock
from tests.till.simulator.provider import HOUR, Paid

# The provider repeats what nobody acknowledged for a little more than a day.
REPEATS = (5_000, 300_000, 1_800_000, 2 * HOUR, 5 * HOUR, 10 * HOUR, 10 * HOUR)
_GIVES_UP_ON_AN_ANSWER = 15_000


class Bells:
    """Rings at our processes; an event is acknowledged after the commit that keeps it."""

    def __init__(self, clock: Clock, rng: Any, books: Books, *, doors: str) -> None:
        self.clock, self.rng, self.books, self.doors = clock, rng, books, doors
        self.rung = 0
        self.acknowledged: set[str] = set()
        self.process: Callable[[], int | None] = lambda: 0

    def ring(self, paid: Paid, status: str) -> None:
        """One event of the provider. With the other doors open some never come; alone, every final one comes in the end."""
        if self.doors not in {"all", "webhook"}:
            return
        random = self.rng.random
        final = status == paid.ends
        if random() < (0.25 if self.doors == "all" else 0.0 if final else 0.5):
            return
        self.rung += 1
        name = f"msg_{self.rung}"
        claims = status if random() < 0.8 else self.rng.choice(("succeeded", "failed", "processing"))
        kind = f"payment.{claims}" if random() < 0.95 else "payment.concluded"  # a word that is new to us
        event = Event(paid.id, kind, claims)
        for _ in range(1 + int(random() * random() * 4)):
            later = int(random() * (4 * HOUR if random() < 0.1 else 3_000))
            self.clock.at(self.clock.now + later, lambda: self._deliver(name, event, 0))

    def _deliver(self, name: str, event: Event, attempt: int) -> None:
        process = self.process()
        heard = [False]
        if process is not None:
            self.clock.at(self.clock.now, self.receive(name, event, heard), process=process)
        if attempt < len(REPEATS):

            def again() -> None:
                if not heard[0]:
                    self.clock.at(self.clock.now + REPEATS[attempt], lambda: self._deliver(name, event, attempt + 1))

            self.clock.at(self.clock.now + _GIVES_UP_ON_AN_ANSWER, again)

    async def receive(self, name: str, event: Event, heard: list[bool]) -> None:
        """2xx means that it is on our disk."""
        await self.books.keep(name, event)
        self.hear(name, heard)

    def hear(self, name: str, heard: list[bool]) -> None:
        heard[0] = True
        self.acknowledged.add(name)

"""One integer is one world: a shopper, our processes, a provider and the lines between, for fifty-eight hours.

What is real: `Till.charge`, `CheckoutTill.open`, `settle_charge`, `watch`, and every law in `widget.core`. What is a
model: the books (`books.py`, same commits, in memory), the provider with its ledger (`provider.py`), our end of the
wire (`line.py`), webhooks on their way (`bells.py`), the leased jobs (`workers.py`) and the shopper (`shopper.py`).
There is no event loop: `clock.py` steps the coroutines in virtual time, so two days take a millisecond and every
order of events can happen. Processes die at any await; what they were doing is dropped, what was committed stays.
At the end `judge.py` reads the provider's ledger and says what went wrong.

`doors` says through which news may come in: all of them, or the answer, the webhooks or the watch alone, because
redundancy hides bugs. `planted.py` holds the bugs that must be found; `run.py` plays many worlds.
"""

import random
from collections.abc import Callable, Coroutine
from typing import Any

from tests.till.simulator.bells import Bells
from tests.till.simulator.books import Books
from tests.till.simulator.clock import Clock
from tests.till.simulator.judge import judge
from tests.till.simulator.line import Line
from tests.till.simulator.provider import HOUR, Provider
from tests.till.simulator.shopper import Shopper
from tests.till.simulator.workers import Workers
from widget.core.charge import Charge, Fate
from widget.till.charge import Till
from widget.till.checkout import CheckoutTill

START = 1_800_000_000_000
PROCESSES = 3
DOORS = ("all", "answer", "webhook", "watch")
_END = START + 58 * HOUR


class World:
    """The parts, wired; a planted bug is another class for one of them."""

    books_class: type[Books] = Books
    provider_class: type[Provider] = Provider
    line_class: type[Line] = Line
    bells_class: type[Bells] = Bells
    workers_class: type[Workers] = Workers
    shopper_class: type[Shopper] = Shopper
    till_class: Callable[..., Till] = Till

    def __init__(self, seed: int, doors: str = "all") -> None:
        rng = self.rng = random.Random(seed * 4 + DOORS.index(doors))
        self.doors = doors
        self.clock = clock = Clock(START, PROCESSES)
        self.down_until = 0
        self.wrong: list[str] = []
        self.by_hand_only: set[str] = set()
        self.patience = (
            6 if doors == "webhook" else 1.2
        ) * HOUR  # of the end nobody needs to have heard: bells may be late
        self.books = self.books_class(clock, rng)
        self.provider = self.provider_class(clock, rng, doors=doors)
        self.bells = self.bells_class(clock, rng, self.books, doors=doors)
        self.workers = self.workers_class(clock, self.books, self.provider, self.bells, doors=doors)
        line = self.line_class(self.provider)
        self.till = self.till_class(self.books, line, clock.wall, _never_restored, lambda: clock.now)
        self.checkout = CheckoutTill(self.books, line, clock.wall, _never_restored)
        self.shopper = self.shopper_class(self, rng)
        self.provider.rings = self.bells.ring
        self.provider.in_books = self._in_books
        self.bells.process = self.process

    def play(self) -> list[str]:
        """Live through it and say what went wrong."""
        self.weather()
        for number in range(1 if self.rng.random() < 0.7 else 2):
            self.present(f"pre_{number}")
        self.clock.run(_END if self.provider.outage[1] < START + 40 * HOUR else _END + 12 * HOUR)
        return judge(self)

    def weather(self) -> None:
        """What kind of world it is: each trouble is in some of them only, so that others can be seen."""
        rng, chance = self.rng, self.rng.random
        self.books.stall = rng.choice((0, 0, 0, 50, 2_000, 70_000))
        self.provider.skew = rng.choice((0, 0, -90_000, 90_000))
        if chance() < 0.15:
            begin = START + int(chance() * 60_000)
            hours = 50 if chance() < 0.05 and self.doors in {"all", "watch"} else 0.3 * chance()
            self.provider.outage = (begin, begin + int(hours * HOUR))
        for _ in range(rng.choice((0, 0, 0, 1, 2, 4))):
            process = rng.randrange(PROCESSES)
            self.clock.at(START + int(chance() * chance() * 40_000), lambda process=process: self.clock.kill(process))
        if chance() < 0.4:
            self.books.fatal = 1 + int(chance() * 60)
        if chance() < 0.1:
            self.clock.at(START + int(chance() * chance() * 10_000), self.power_cut)

    def present(self, presentation: str) -> None:
        """What the shopper does about one offer; times are those of fingers, tabs and second thoughts."""
        rng, chance, shopper = self.rng, self.rng.random, self.shopper
        self.books.standing[presentation] = "open"
        if chance() < 0.1:
            self.by_hand_only.add(presentation)
        else:
            for _ in range(rng.choice((1, 1, 2, 3, 4))):
                when = START + int(chance() * rng.choice((3, 40, 300, 5_000, 60_000, 600_000)))
                tab = rng.choice("aab")
                self.clock.at(when, lambda tab=tab: shopper.press(presentation, tab))
        if chance() < 0.25:
            when = START + int(chance() * rng.choice((15, 400, 30_000, 600_000)))
            self.clock.at(when, lambda: self.request(self.books.decline(presentation)))
        if chance() < 0.5 or presentation in self.by_hand_only:
            self.clock.at(START + 200 + int(chance() * 60_000), shopper.by_hand(presentation))

    # — our machine ——————————————————————————————————————————————————————————

    def process(self) -> int | None:
        """One of our processes, whichever the load balancer takes; None while the power is out."""
        return None if self.clock.now < self.down_until else int(self.rng.random() * PROCESSES)

    def request(self, what: Coroutine[Any, Any, Any]) -> None:
        process = self.process()
        if process is None:
            what.close()
        else:
            self.clock.at(self.clock.now, what, process=process)

    def power_cut(self) -> None:
        for process in range(PROCESSES):
            self.clock.kill(process)
        self.books.power_cut()
        self.down_until = self.clock.now + int(self.rng.random() * 600_000)

    # — looking ——————————————————————————————————————————————————————————————

    def charges_of(self, presentation: str) -> tuple[Charge | None, list[Charge]]:
        """The one-click charge and the hosted ones, oldest first, as the books hold them now."""
        books = self.books
        click = books.charges.get(books.reasons.get(f"one_click:{presentation}", ""))
        pages = [c for c in books.charges.values() if c.hosted and c.presentation_id == presentation]
        return click, sorted(pages, key=lambda c: (c.pressed_at, c.id))

    def gave_up(self, charge: Charge) -> int:
        """When it was last looked for in vain."""
        return charge.settled_at or 0

    def rang(self, alarm: str, charge: Charge) -> bool:
        return (alarm, charge.id) in self.books.alarms

    def _in_books(self, mark: str, quote: str) -> tuple[bool, bool]:
        charge = self.books.charges.get(mark)
        agreed = any(consent.quote_id == quote for consent in self.books.consents.get(mark, ()))
        return charge is not None and charge.fate is Fate.SENDING, agreed


def play(seed: int, doors: str = "all", world: Callable[[int, str], World] = World) -> list[str]:
    """What went wrong in the world of this seed; a till that meets a charge its books do not know stops loudly."""
    here = world(seed, doors)
    try:
        return here.play()
    except LookupError as error:
        return [f"stopped: {error!r}"]
    finally:
        here.clock.close()


async def _never_restored() -> bool:
    """No backup is restored in these worlds: the books know every charge."""
    return True

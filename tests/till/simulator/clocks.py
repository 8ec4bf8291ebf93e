"""Worlds whose clocks are wrong: each process and the provider up to ten minutes off, and stepped while they run.

Time itself is `Clock.now`; whatever of ours asks for the time gets `Clock.wall()`. Jobs are leased and found due by the
clock of the process that looks, as `widget.worker` does it. The judge counts in true time.
"""

from tests.till.simulator.plan_workers import PlanWorkers
from tests.till.simulator.plan_world import PlanWorld
from tests.till.simulator.provider import HOUR
from tests.till.simulator.workers import LEASE_MS, Workers
from tests.till.simulator.world import PROCESSES, START, World
from widget.core.charge import Charge, Fate

WRONG_BY = 600_000
_READ_BEFORE = 100_000  # from the last reading to its commit, on a database that stalls


class SkewedWorkers(Workers):
    """A job is taken by a process whose own clock says that it is due and that nobody's lease holds."""

    def due(self, job_id: str, when: int) -> None:
        if job_id.partition(":")[0] in self.kinds:
            self._look_at(job_id, max(when - max(self.clock.offsets[:PROCESSES]), self.clock.now))

    def _look_at(self, job_id: str, when: int) -> None:
        planned: set[tuple[str, int]] = self.__dict__.setdefault("_planned", set())
        if (job_id, when) not in planned:
            planned.add((job_id, when))
            self.clock.at(when, lambda: self._take(job_id))

    def _take(self, job_id: str) -> None:
        now, offsets = self.clock.now, self.clock.offsets
        self.__dict__.setdefault("_planned", set()).discard((job_id, now))
        job = self.books.jobs.get(job_id)
        if job is None or job.done:
            return
        waits_for = max(job.run_at, job.lease_until + 1)
        if self.bells.process() is None:
            self._look_at(job_id, now + 1_000)
            return
        free = [process for process in range(PROCESSES) if now + offsets[process] >= waits_for]
        if not free:
            self._look_at(job_id, max(waits_for - max(offsets[:PROCESSES]), now + 1_000))
            return
        process = self.bells.rng.choice(free)
        self._owners += 1
        self.books.lease(job_id, self._owners, now + offsets[process] + LEASE_MS)
        self.clock.at(now, self._run(job_id, self._owners), process=process)
        self._look_at(job_id, now + LEASE_MS + 1)


class SkewedPlanWorkers(PlanWorkers, SkewedWorkers):
    """The same for plan changes."""


def _wrong_clocks(world: World) -> None:
    """Half of the worlds have one host, whose processes share a clock; the rest have one each. Some clocks step."""
    rng, chance = world.rng, world.rng.random
    one_host = chance() < 0.5

    def off() -> int:
        return int((chance() * 2 - 1) * WRONG_BY)

    def step() -> None:
        offsets = [off()] * PROCESSES if one_host else [off() for _ in range(PROCESSES)]
        world.clock.offsets[:PROCESSES] = offsets

    step()
    world.provider.skew = off()
    for _ in range(rng.choice((0, 0, 1, 2, 4))):
        world.clock.at(START + int(chance() * rng.choice((60_000, 90_000, 3_600_000, 50 * HOUR))), step)


class ClockWorld(World):
    """Offers."""

    workers_class = SkewedWorkers

    def weather(self) -> None:
        super().weather()
        _wrong_clocks(self)

    def gave_up(self, charge: Charge) -> int:
        return _lapsed_at(self, charge)


class PlanClockWorld(PlanWorld):
    """Plan changes."""

    workers_class = SkewedPlanWorkers

    def weather(self) -> None:
        super().weather()
        _wrong_clocks(self)

    def gave_up(self, charge: Charge) -> int:
        return _lapsed_at(self, charge)


def _lapsed_at(world: World, charge: Charge) -> int:
    at = max(
        (at for at, _, after in world.books.moved if after.id == charge.id and after.fate is Fate.LAPSED), default=0
    )
    return at - _READ_BEFORE

"""The worker: leased jobs, one mechanism for everything that is done while nobody waits."""

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Mapping
from contextlib import suppress

from msgspec import Struct

from widget.core.failing import pause_ms, why_of
from widget.storage import attention, jobs
from widget.storage.away import Away
from widget.storage.database import unit
from widget.storage.ids import new_id
from widget.storage.jobs import Leased

log = logging.getLogger("encore.worker")

# A handler gets the subject (the part of the job's id after the colon) and says when to run again, or None.
Handler = Callable[[str], Awaitable[int | None]]
# Told the subject and the reason when a job is laid aside, in the same commit.
GaveUp = Callable[[str, str], Awaitable[None]]

_AT_ONCE = 8  # jobs of this process under way together; each makes a few calls to the provider
_LEASE_MS = 90_000  # longer than any handler takes: a read with all its retries
_WITHIN_S = 80.0  # a handler that hangs is ended inside its lease, and its place is free again
_LEAVE_WITHIN_S = 22.0  # longer than a read with all its retries, shorter than the server waits for its worker
_LOOK_EVERY_S = 1.0  # for jobs other processes queued; this process's own jobs nudge
TRIES = 12  # failures in a row before a person is told; with the pauses between them three quarters of an hour
_AWAY_PAUSE_MS = 5_000


class Work(Struct, frozen=True):
    """How a kind of job is done."""

    handler: Handler
    at_once: int = _AT_ONCE  # of this kind in this process: what may be slow leaves places for the rest
    for_ever: bool = False  # goes on after the person was told: a charge that must be settled, a daily duty
    gave_up: GaveUp | None = None  # instead of the usual alarm


class Worker:
    """Runs until stopped; safe beside any number of others, because a job is leased and its effect is not."""

    def __init__(
        self,
        works: Mapping[str, Work | Handler],
        now: Callable[[], int],
        *,
        within_s: float = _WITHIN_S,
        leave_within_s: float = _LEAVE_WITHIN_S,
    ) -> None:
        self._works = {kind: one if isinstance(one, Work) else Work(one) for kind, one in works.items()}
        self._now, self._within_s, self._leave_within_s = now, within_s, leave_within_s
        self._owner = new_id("wrk")
        self._bell = asyncio.Event()
        self._stopping = False
        self._running: dict[asyncio.Task[None], Leased] = {}
        self._lost: list[str] = []  # what ended while the database was away: it still holds a lease
        self._done: dict[str, list[asyncio.Event]] = {}

    def nudge(self) -> None:
        """There is a job now."""
        self._bell.set()

    async def wait_for(self, job_id: str, *, seconds: float) -> None:
        """Until this process has run the job once more, at most so long; another process may run it instead."""
        done = asyncio.Event()
        self._done.setdefault(job_id, []).append(done)
        self.nudge()
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await done.wait()
        waiting = self._done.get(job_id, [])
        if done in waiting:
            waiting.remove(done)
        if not waiting:
            self._done.pop(job_id, None)

    async def run(self) -> None:
        """The loop; ends after `stop`, when what was under way is done or was handed back."""
        while not self._stopping:
            self._bell.clear()
            try:
                await self._let_go()
                if not await self._take():
                    await self._rest()
            except OSError:  # the database is away: what is due waits for it, and so do we
                log.exception("worker.away", extra={"event": "worker.away"})
                await self._pause(_LOOK_EVERY_S)
        if self._running:
            _, late = await asyncio.wait(set(self._running), timeout=self._leave_within_s)
            await self._hand_back(late)

    async def _hand_back(self, late: Collection[asyncio.Task[None]]) -> None:
        """Cut off what takes too long: it is due at once for another process, instead of when the lease ends."""
        for task in late:
            task.cancel()
        if late:
            await asyncio.wait(late)
            with suppress(OSError):  # a database that is away is waited for by nobody now: the leases end by themselves
                await jobs.hand_back(self._owner)

    def stop(self) -> None:
        """Claim nothing more."""
        self._stopping = True
        self._bell.set()

    async def _let_go(self) -> None:
        """What could not say how it ended is due again now, instead of when its lease ends; nobody's failure."""
        while self._lost:
            await jobs.failed(self._lost[-1], self._owner, self._now(), "the database was away", count=False)
            self._lost.pop()

    async def _take(self) -> bool:
        """Begin what is due; True when there may be more."""
        more = False
        for kinds, limit in self._room():
            leased = await jobs.claim(self._owner, self._now(), limit, _LEASE_MS, kinds=kinds)
            more = more or len(leased) == limit
            for job in leased:
                task = asyncio.create_task(self._run(job))
                self._running[task] = job
                task.add_done_callback(self._finished)
        return more

    def _room(self) -> list[tuple[tuple[str, ...], int]]:
        """The kinds that may begin, and how many: those without a bound of their own together, the others each."""
        places = _AT_ONCE - sum(1 for job in self._running.values() if not self._bounded(job.kind))
        free = tuple(kind for kind in self._works if not self._bounded(kind))
        under_way = Counter(job.kind for job in self._running.values())
        own = [((kind,), work.at_once - under_way[kind]) for kind, work in self._works.items() if self._bounded(kind)]
        return [(kinds, limit) for kinds, limit in [(free, places), *own] if kinds and limit > 0]

    def _bounded(self, kind: str) -> bool:
        return self._works[kind].at_once < _AT_ONCE

    async def _rest(self) -> None:
        """Until the next job is due; what has no room waits for a place, and is not looked for before."""
        kinds = tuple(kind for kinds, _ in self._room() for kind in kinds)
        due = await jobs.next_due(self._now(), kinds=kinds) if kinds else None
        await self._pause(_LOOK_EVERY_S if due is None else min(max((due - self._now()) / 1000, 0.02), _LOOK_EVERY_S))

    async def _pause(self, seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._bell.wait()

    def _finished(self, task: asyncio.Task[None]) -> None:
        job = self._running.pop(task)
        self._bell.set()
        if not task.cancelled() and (error := task.exception()) is not None:
            self._lost += [job.id] if isinstance(error, Away) else []
            log.error("worker.broken", exc_info=error)

    async def _run(self, job: Leased) -> None:
        """Whatever a handler raises is that job's own trouble: it is put off, and the others go on."""
        if job.failures >= TRIES and not self._works[job.kind].for_ever:
            await self._lay_aside(job, "its process ended while it ran")
            return
        try:
            async with asyncio.timeout(self._within_s):
                again = await self._works[job.kind].handler(job.subject)
        except Exception as error:
            log.exception("worker.failed", extra={"event": "worker.failed", "job": job.id, "tries": job.failures + 1})
            await self._failed(job, error)
            return
        if again is None:
            await jobs.finish(job.id, self._owner, self._now())
        else:
            await jobs.again(job.id, self._owner, again)
        for done in self._done.get(job.id, []):
            done.set()

    async def _failed(self, job: Leased, error: Exception) -> None:
        """Later, and later still; after enough of it a person is told. A database that is away is nobody's failure."""
        failures = job.failures + 1
        why = why_of(error)
        if isinstance(error, Away):
            await jobs.failed(job.id, self._owner, self._now() + _AWAY_PAUSE_MS, why, count=False)
        elif failures < TRIES:
            await jobs.failed(job.id, self._owner, self._now() + pause_ms(failures), why)
        elif not self._works[job.kind].for_ever:
            await self._lay_aside(job, why)
        else:
            await jobs.failed(job.id, self._owner, self._now() + pause_ms(failures), why)
            await attention.raise_now("job_failing", job.id, detail=why, at=self._now())

    async def _lay_aside(self, job: Leased, why: str) -> None:
        async def work() -> None:
            if not await jobs.park(job.id, self._owner, self._now(), why):
                return
            gave_up = self._works[job.kind].gave_up
            if gave_up is not None:
                await gave_up(job.subject, why)
            else:
                await attention.raise_now("job_parked", job.id, detail=why, at=self._now())

        await unit(work)

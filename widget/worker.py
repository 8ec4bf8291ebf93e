"""The worker: leased jobs, one mechanism for watching charges, applying webhooks and preparing offers."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress

from widget.storage import jobs
from widget.storage.ids import new_id
from widget.storage.jobs import Leased

log = logging.getLogger("encore.worker")

# A handler gets the subject (the part of the job's id after the colon) and says when to run again, or None.
Handler = Callable[[str], Awaitable[int | None]]

_AT_ONCE = 8  # jobs of this process under way together; each makes a few calls to the provider
_LEASE_MS = 90_000  # longer than any handler takes: a read with all its retries
_LOOK_EVERY_S = 1.0  # for jobs other processes queued; this process's own jobs nudge
_GIVE_UP_PAUSE_MS = 60_000


class Worker:
    """Runs until stopped; safe beside any number of others, because a job is leased and its effect is not."""

    def __init__(self, handlers: dict[str, Handler], now: Callable[[], int]) -> None:
        self._handlers = handlers
        self._now = now
        self._owner = new_id("wrk")
        self._bell = asyncio.Event()
        self._stopping = False
        self._running: set[asyncio.Task[None]] = set()
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
        """The loop; ends after `stop`, when what was under way is done."""
        while not self._stopping:
            self._bell.clear()
            try:
                if not await self._take():
                    await self._rest()
            except OSError:  # the database is away: what is due waits for it, and so do we
                log.exception("worker.away", extra={"event": "worker.away"})
                await self._pause(_LOOK_EVERY_S)
        if self._running:
            await asyncio.wait(self._running)

    def stop(self) -> None:
        """Claim nothing more."""
        self._stopping = True
        self._bell.set()

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        self._bell.set()
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("worker.broken", exc_info=error)

    async def _take(self) -> bool:
        """Begin what is due; True when there may be more."""
        free = _AT_ONCE - len(self._running)
        leased = await jobs.claim(self._owner, self._now(), free, _LEASE_MS) if free > 0 else []
        for job in leased:
            task = asyncio.create_task(self._run(job))
            self._running.add(task)
            task.add_done_callback(self._finished)
        return bool(leased) and len(leased) == free

    async def _rest(self) -> None:
        due = await jobs.next_due(self._now())
        await self._pause(_LOOK_EVERY_S if due is None else min(max((due - self._now()) / 1000, 0.02), _LOOK_EVERY_S))

    async def _pause(self, seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._bell.wait()

    async def _run(self, job: Leased) -> None:
        subject = job.id.partition(":")[2]
        try:
            again = await self._handlers[job.kind](subject)
        except Exception as error:
            log.exception("worker.failed", extra={"event": "worker.failed", "job": job.id})
            await jobs.again(job.id, self._owner, self._now() + _GIVE_UP_PAUSE_MS, repr(error)[:300])
            return
        if again is None:
            await jobs.finish(job.id, self._owner, self._now())
        else:
            await jobs.again(job.id, self._owner, again, None)
        for done in self._done.get(job.id, []):
            done.set()

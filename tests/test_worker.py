"""The worker goes on: when the database was away, when a job is poison, when one hangs; and never spins."""

import asyncio
from collections.abc import Callable
from itertools import pairwise

import pytest

from widget.storage import attention, job_list, jobs
from widget.storage.away import Away
from widget.storage.database import migrate, opened, rows
from widget.storage.sqlite import EmbeddedEngine
from widget.worker import TRIES, Handler, Work, Worker

PATIENCE_S = 10.0


class Leaving(EmbeddedEngine):
    """A database that can be away; counts who asked in vain."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.away = False
        self.in_vain = asyncio.Semaphore(0)

    async def run_querystring(self, querystring, in_pool=False):
        if self.away:
            self.in_vain.release()
            raise Away("gone for a while")
        return await super().run_querystring(querystring)


async def test_work_that_is_due_is_done_once_the_database_is_back(tmp_path):
    done = asyncio.Event()

    async def watch(subject: str) -> None:
        assert subject == "chg_nadia"
        done.set()

    async with opened(Leaving(str(tmp_path / "encore.db"))) as engine:
        await migrate()
        worker = Worker({"watch": watch}, lambda: 1_000)
        await jobs.wake("watch:chg_nadia", "watch", 1_000)
        engine.away = True
        running = asyncio.create_task(worker.run())
        async with asyncio.timeout(PATIENCE_S):
            for _ in range(3):  # it asks again and again, and does not end
                await engine.in_vain.acquire()
                worker.nudge()
            assert not running.done()
            engine.away = False
            worker.nudge()
            await done.wait()
            worker.stop()
            await running
        assert await jobs.next_due(1_000) is None


class Clock:
    """A time that the test moves."""

    def __init__(self) -> None:
        self.at = 1_000

    def __call__(self) -> int:
        return self.at


class Day:
    """A worker in simulated time: whenever nothing is under way the clock jumps to what is due next."""

    def __init__(self, works: dict[str, Work | Handler], **more: float) -> None:
        self.clock = Clock()
        self.worker = Worker(works, self.clock, **more)
        self.kinds = tuple(works)  # what an alarm brings for others is not this worker's to wait for

    async def __aenter__(self) -> "Day":
        self._running = asyncio.create_task(self.worker.run())
        return self

    async def __aexit__(self, *_: object) -> None:
        self.worker.stop()
        await self._running

    async def until(self, happened: Callable[[], bool], *, latest: int = 10**9) -> None:
        async with asyncio.timeout(PATIENCE_S):
            while not happened():
                due = await jobs.next_due(self.clock.at, kinds=self.kinds)
                if due is not None and self.clock.at < due <= latest:
                    self.clock.at = due
                self.worker.nudge()
                await asyncio.sleep(0)


async def test_a_poison_job_is_put_off_longer_and_longer_and_then_laid_aside_with_an_alarm(database):
    tried: list[int] = []
    told: list[tuple[str, str]] = []

    async def poison(subject: str) -> None:
        tried.append(day.clock.at)
        raise LookupError("nadia@example.com")

    async def gave_up(subject: str, why: str) -> None:
        told.append((subject, why))

    async with Day({"apply": Work(poison, gave_up=gave_up)}) as day:
        await jobs.wake("apply:msg_bad", "apply", 1_000)
        await day.until(lambda: bool(told))
    pauses = [later - earlier for earlier, later in pairwise(tried)]
    assert len(tried) == TRIES
    assert pauses == [min(1_000 * 2**n, 900_000) for n in range(TRIES - 1)]
    assert told == [("msg_bad", told[0][1])]
    assert told[0][1].startswith("LookupError at test_worker.py:")  # not the error's text, which may name a person
    [line] = await job_list.listed(failed=True, done=False, limit=5, now=day.clock.at)
    assert (line.state, line.failures) == ("parked", TRIES)


async def test_a_job_that_must_never_stop_goes_on_after_the_alarm(database):
    tried: list[int] = []

    async def broken(subject: str) -> None:
        tried.append(day.clock.at)
        raise LookupError(subject)

    async with Day({"watch": Work(broken, for_ever=True)}) as day:
        await jobs.wake("watch:chg_tim", "watch", 1_000)
        await day.until(lambda: len(tried) > TRIES + 2)
    assert [row["name"] for row in await attention.unresolved()] == ["job_failing"]


async def test_a_job_without_a_word_of_its_own_raises_the_usual_alarm(database):
    tried: list[str] = []

    async def broken(subject: str) -> None:
        tried.append(subject)
        raise LookupError(subject)

    async with Day({"prepare": broken}) as day:
        await jobs.wake("prepare:occ_1", "prepare", 1_000)
        await day.until(lambda: len(tried) == TRIES)
    raised = await attention.unresolved()
    assert [(row["name"], row["subject"]) for row in raised] == [("job_parked", "prepare:occ_1")]


@pytest.mark.case("F-75")
async def test_poison_hanging_and_slow_jobs_do_not_stop_the_others(database):
    done: set[str] = set()
    for_ever = asyncio.Event()

    async def poison(subject: str) -> None:
        raise LookupError(subject)

    async def hang(subject: str) -> None:
        await for_ever.wait()

    async def watch(subject: str) -> None:
        done.add(subject)

    async with Day({"apply": poison, "outgoing": Work(hang, at_once=2), "watch": watch}, within_s=0.05) as day:
        for number in range(30):
            await jobs.wake(f"apply:msg_{number}", "apply", 900)
            await jobs.wake(f"outgoing:chg_{number}", "outgoing", 900)
        for number in range(30):
            await jobs.wake(f"watch:chg_{number}", "watch", 1_000)
        await day.until(lambda: len(done) == 30, latest=1_000)
    hung = [
        job for job in await job_list.listed(failed=True, done=False, limit=99, now=1_000) if job.kind == "outgoing"
    ]
    assert all(job.error and job.error.startswith("TimeoutError") for job in hung)


@pytest.mark.case("F-101")
async def test_a_job_that_takes_its_process_with_it_is_laid_aside_without_being_run_again(database):
    ran: list[str] = []
    told: list[str] = []

    async def deadly(subject: str) -> None:
        ran.append(subject)

    async def gave_up(subject: str, why: str) -> None:
        told.append(why)

    at = 1_000
    await jobs.wake("apply:msg_deadly", "apply", at)
    for _ in range(TRIES + 1):  # every process that took it died
        at += 100_000
        await jobs.claim(f"dead {at}", at, 1, 90_000)
    async with Day({"apply": Work(deadly, gave_up=gave_up)}) as day:
        day.clock.at = at + 100_000
        await day.until(lambda: bool(told))
    assert (ran, told) == ([], ["its process ended while it ran"])


async def test_a_database_that_goes_away_under_a_job_parks_nothing(database):
    failures = 0

    async def away(subject: str) -> None:
        nonlocal failures
        failures += 1
        raise Away("gone for a while")

    async with Day({"apply": away}) as day:
        await jobs.wake("apply:msg_1", "apply", 1_000)
        await day.until(lambda: failures > TRIES + 3)
    assert await attention.unresolved() == []


class Counting(EmbeddedEngine):
    """Counts every statement."""

    asked = 0

    async def run_querystring(self, querystring, in_pool=False):
        self.asked += 1
        return await super().run_querystring(querystring)


async def test_a_worker_whose_places_are_all_taken_waits_and_does_not_spin(tmp_path):
    for_ever, began = asyncio.Event(), asyncio.Semaphore(0)

    async def slow(subject: str) -> None:
        began.release()
        await for_ever.wait()

    async with opened(Counting(str(tmp_path / "encore.db"))) as engine:
        await migrate()
        for number in range(20):
            await jobs.wake(f"watch:chg_{number}", "watch", 1_000)
        worker = Worker({"watch": slow}, lambda: 1_000)
        running = asyncio.create_task(worker.run())
        for _ in range(8):
            await began.acquire()
        before = engine.asked
        for _ in range(500):  # turns of the loop, with eight more due than there are places
            await asyncio.sleep(0)
        assert engine.asked - before < 5
        worker.stop()
        for_ever.set()
        await running


async def test_what_does_not_end_in_time_is_handed_back_by_a_worker_that_leaves(database):
    began, done = asyncio.Event(), asyncio.Event()

    async def hang(subject: str) -> None:
        began.set()
        await asyncio.Event().wait()

    async def look(subject: str) -> None:
        done.set()

    await jobs.wake("watch:chg_nadia", "watch", 1_000)
    async with asyncio.timeout(PATIENCE_S):
        leaving = Worker({"watch": hang}, lambda: 1_000, leave_within_s=0.0)
        running = asyncio.create_task(leaving.run())
        await began.wait()
        leaving.stop()
        await running
        async with Day({"watch": look}):
            await done.wait()  # at once: the clock has not moved, the lease would last 90 s
    [job] = await rows("SELECT failures FROM job WHERE id = 'watch:chg_nadia'")
    assert job["failures"] == 0


async def test_a_job_that_ended_while_the_database_was_away_is_due_again_as_soon_as_it_is_back(tmp_path):
    runs, again = [], asyncio.Event()

    async def watch(subject: str) -> None:
        runs.append(subject)
        engine.away = len(runs) == 1  # the first one cannot say that it is done
        if len(runs) == 2:
            again.set()

    async with opened(Leaving(str(tmp_path / "encore.db"))) as engine:
        await migrate()
        worker = Worker({"watch": watch}, lambda: 1_000)
        await jobs.wake("watch:chg_nadia", "watch", 1_000)
        running = asyncio.create_task(worker.run())
        async with asyncio.timeout(PATIENCE_S):
            await engine.in_vain.acquire()
            engine.away = False
            worker.nudge()
            await again.wait()  # the clock has not moved; the lease would last 90 s
            worker.stop()
            await running
        [job] = await rows("SELECT failures, done_at FROM job")
        assert (job["failures"], job["done_at"]) == (0, 1_000)

"""Jobs are leased by one owner at a time, and news that comes while one runs is never lost."""

from widget.storage import job_list, jobs


async def test_work_queued_twice_is_one_job(database):
    await jobs.wake("watch:chg_1", "watch", 100)
    await jobs.wake("watch:chg_1", "watch", 100)
    assert [job.id for job in await jobs.claim("mara", 100, 10, 1_000)] == ["watch:chg_1"]


async def test_a_leased_job_is_nobody_elses(database):
    await jobs.wake("watch:chg_1", "watch", 100)
    await jobs.claim("mara", 100, 10, 1_000)
    assert await jobs.claim("rex", 200, 10, 1_000) == []


async def test_a_lease_that_ended_is_taken_by_another_and_the_first_finishes_nothing(database):
    await jobs.wake("watch:chg_1", "watch", 100)
    await jobs.claim("mara", 100, 10, 1_000)
    assert [job.tries for job in await jobs.claim("rex", 1_200, 10, 1_000)] == [2]
    assert await jobs.finish("watch:chg_1", "mara", 1_300) is False
    assert await jobs.finish("watch:chg_1", "rex", 1_300) is True


async def test_waking_a_running_job_makes_it_run_once_more(database):
    await jobs.wake("apply:msg_1", "apply", 100)
    await jobs.claim("mara", 100, 10, 1_000)
    await jobs.wake("apply:msg_1", "apply", 150)
    assert await jobs.finish("apply:msg_1", "mara", 160) is False
    assert [job.id for job in await jobs.claim("mara", 160, 10, 1_000)] == ["apply:msg_1"]


async def test_waking_brings_forward_and_never_puts_off(database):
    await jobs.wake("watch:chg_1", "watch", 500)
    await jobs.wake("watch:chg_1", "watch", 900)
    assert await jobs.next_due(1) == 500
    await jobs.wake("watch:chg_1", "watch", 200)
    assert await jobs.next_due(1) == 200


async def test_a_finished_job_can_be_opened_again(database):
    await jobs.wake("watch:chg_1", "watch", 100)
    await jobs.claim("mara", 100, 10, 1_000)
    await jobs.finish("watch:chg_1", "mara", 110)
    assert await jobs.next_due(1) is None
    await jobs.wake("watch:chg_1", "watch", 300)
    assert await jobs.next_due(1) == 300


async def test_jobs_are_not_claimed_before_their_time(database):
    await jobs.wake("watch:chg_1", "watch", 100)
    assert await jobs.claim("mara", 99, 10, 1_000) == []


async def test_failures_in_a_row_are_counted_and_forgotten_when_it_goes_well(database):
    await jobs.wake("watch:chg_1", "watch", 100)
    for at in (100, 200):
        [job] = await jobs.claim("mara", at, 10, 1_000)
        await jobs.failed(job.id, "mara", at + 100, "boom")
    [job] = await jobs.claim("mara", 300, 10, 1_000)
    assert job.failures == 2
    await jobs.again(job.id, "mara", 400)
    assert [job.failures for job in await jobs.claim("mara", 400, 10, 1_000)] == [0]


async def test_a_lease_that_nobody_ended_counts_as_a_failure(database):
    await jobs.wake("apply:msg_1", "apply", 100)
    await jobs.claim("mara", 100, 10, 1_000)
    assert [job.failures for job in await jobs.claim("rex", 1_200, 10, 1_000)] == [1]


async def test_a_job_that_was_laid_aside_is_not_due_until_somebody_wakes_it(database):
    await jobs.wake("apply:msg_1", "apply", 100)
    [job] = await jobs.claim("mara", 100, 10, 1_000)
    assert await jobs.park(job.id, "mara", 150, "boom")
    assert await jobs.claim("mara", 9_000, 10, 1_000) == []
    assert await jobs.next_due(9_000) is None
    assert await job_list.wake("apply:msg_1", at=9_000)
    assert [(job.tries, job.failures) for job in await jobs.claim("mara", 9_000, 10, 1_000)] == [(1, 0)]


async def test_a_process_takes_only_the_kinds_it_knows(database):
    await jobs.wake("outgoing:chg_1", "outgoing", 100)
    await jobs.wake("watch:chg_1", "watch", 100)
    assert await jobs.next_due(50, kinds=("apply",)) is None
    assert [job.kind for job in await jobs.claim("mara", 100, 10, 1_000, kinds=("watch", "apply"))] == ["watch"]


async def test_what_waited_for_the_same_thing_is_due_once_it_is_back(database):
    await jobs.wake("outgoing:chg_1", "outgoing", 5_000)
    await jobs.wake("watch:chg_1", "watch", 5_000)
    await jobs.hurry("outgoing", 100)
    assert [job.id for job in await jobs.claim("mara", 100, 10, 1_000)] == ["outgoing:chg_1"]


async def test_the_list_shows_what_fails_and_what_was_laid_aside_first(database):
    for name in ("chg_1", "chg_2", "chg_3", "chg_4", "chg_5"):
        await jobs.wake(f"watch:{name}", "watch", 100)
    for _ in range(5):
        [job] = await jobs.claim("mara", 100, 1, 1_000)
        match job.id[-1]:
            case "1":
                await jobs.finish(job.id, "mara", 110)
            case "2":
                await jobs.failed(job.id, "mara", 500, "boom")
            case "3":
                await jobs.park(job.id, "mara", 110, "boom")
            case "4":
                await jobs.again(job.id, "mara", 900)
    failed = await job_list.listed(failed=True, done=False, limit=9, now=200)
    assert [(job.id, job.state, job.error) for job in failed] == [
        ("watch:chg_3", "parked", "boom"),
        ("watch:chg_2", "failing", "boom"),
    ]
    every = await job_list.listed(failed=False, done=False, limit=9, now=200)
    assert [job.state for job in every] == ["parked", "running", "failing", "waiting"]
    assert [job.id for job in await job_list.listed(failed=False, done=True, limit=9, now=200)] == ["watch:chg_1"]

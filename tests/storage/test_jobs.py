"""Jobs are leased by one owner at a time, and news that comes while one runs is never lost."""

from widget.storage import jobs


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

"""`encore jobs` shows what is done in the background; `encore watch` does it without a server."""

import asyncio
import json
import signal
import subprocess
import sys
import time

from widget.storage import jobs
from widget.storage.database import open_database, rows

PATIENCE_S = 60.0


def on(url: str, work):
    async def opened():
        async with open_database(url):
            return await work()

    return asyncio.run(opened())


async def poison() -> None:
    await jobs.wake("apply:msg_bad", "apply", 100)
    [job] = await jobs.claim("mara", 100, 1, 1_000)
    await jobs.park(job.id, "mara", 200, "LookupError at apply.py:9")
    await jobs.wake("watch:chg_nadia", "watch", 300)


def test_jobs_laid_aside_are_listed_by_name_and_run_again_on_demand(encore, maras):
    assert encore("jobs").returncode == 1  # not migrated yet
    encore("migrate")
    assert encore("jobs").stdout == "No jobs.\n"
    on(maras["ENCORE_DATABASE_URL"], poison)
    [failed] = json.loads(encore("jobs", "--failed", "--json").stdout)
    assert (failed["id"], failed["state"], failed["failures"]) == ("apply:msg_bad", "parked", 1)
    assert failed["parked_at"] == "1970-01-01T00:00:00.200Z"
    assert [line.split()[0] for line in encore("jobs").stdout.splitlines()] == [
        "JOB",
        "apply:msg_bad",
        "watch:chg_nadia",
    ]
    assert encore("jobs", "--again", "apply:msg_bad").returncode == 0
    assert json.loads(encore("jobs", "--failed", "--json").stdout) == []
    assert encore("jobs", "--again", "apply:nobody").returncode == 1


async def swept() -> bool:
    return bool(await rows("SELECT 1 AS there FROM job WHERE id = 'sweep:daily' AND tries > 0 AND owner = ''"))


def test_watch_works_jobs_without_a_server_and_leaves_in_order(encore, maras, tmp_path):
    encore("migrate")
    with (tmp_path / "log").open("wb") as log:
        alone = subprocess.Popen(
            [sys.executable, "-m", "widget", "watch"], env=maras, cwd=tmp_path, stdin=subprocess.DEVNULL, stdout=log, stderr=log
        )  # fmt: skip
    try:
        until = time.monotonic() + PATIENCE_S
        while not on(maras["ENCORE_DATABASE_URL"], swept):
            assert alone.poll() is None, (tmp_path / "log").read_text()
            assert time.monotonic() < until
            time.sleep(0.2)
        alone.send_signal(signal.SIGTERM)
        assert alone.wait(PATIENCE_S) == 0
    finally:
        alone.kill()
    assert "worker.ended" in (tmp_path / "log").read_text()


def test_watch_refuses_to_start_as_the_server_does(encore):
    assert encore("watch").returncode == 1
    assert "ENCORE_PUBLIC_URL" in encore("watch", ENCORE_PUBLIC_URL=None).stderr

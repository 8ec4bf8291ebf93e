"""Several processes on one database: migrations, jobs and presses at once."""

import asyncio
import json
import sys

import pytest

from tests.storage.pressed import offered
from widget.storage.database import open_database, rows
from widget.storage.migrations import NAMES

PROCESSES = 4


async def run_together(code: str, *arguments: str) -> list[object]:
    """The same program in four processes; what each printed as JSON."""
    started = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-c", code, *arguments, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
        )
        for _ in range(PROCESSES)
    ]
    ended = await asyncio.gather(*(process.communicate() for process in started))
    for process, (_, complaint) in zip(started, ended, strict=True):
        assert process.returncode == 0, complaint.decode()[-2000:]
    return [json.loads(said) for said, _ in ended]


MIGRATE = """
import asyncio, json, sys
from widget.storage.database import migrate, open_database
async def main():
    async with open_database(sys.argv[1]):
        return await migrate()
print(json.dumps(asyncio.run(main())))
"""


@pytest.mark.case("F-98")
async def test_of_four_that_migrate_at_once_one_does_and_none_fails(tmp_path):
    said = await run_together(MIGRATE, f"sqlite:///{tmp_path}/encore.db")
    assert sorted(said, key=len) == [[], [], [], list(NAMES)]


@pytest.fixture(params=["fresh_postgres_url", "serializable_url"])
def url(request) -> str:
    return request.getfixturevalue(request.param)


async def test_of_four_that_migrate_postgres_at_once_one_does_and_none_fails(url):
    async with open_database(url) as engine:
        await engine.run_ddl("DROP SCHEMA public CASCADE")
        await engine.run_ddl("CREATE SCHEMA public")
    said = await run_together(MIGRATE, url)
    assert sorted(said, key=len) == [[], [], [], list(NAMES)]


JOBS = """
import asyncio, json, sys
from widget.storage import jobs
from widget.storage.database import open_database
from widget.storage.ids import new_id
async def main():
    owner, done = new_id("wrk"), []
    async with open_database(sys.argv[1]):
        while leased := await jobs.claim(owner, 1_000, 7, 60_000):
            for job in leased:
                assert await jobs.finish(job.id, owner, 1_000)
                done.append(job.id)
    return done
print(json.dumps(asyncio.run(main())))
"""


@pytest.mark.case("F-99")
async def test_of_two_hundred_jobs_each_is_done_by_exactly_one_of_four_processes(database_url):
    async with open_database(database_url):
        for number in range(200):
            await rows(
                "INSERT INTO job (id, kind, run_at, lease_until, owner, tries, made_at) "
                "VALUES ({}, 'watch', 1, 0, '', 0, 1) RETURNING id",
                f"watch:{number}",
            )
    done = [job for one in await run_together(JOBS, database_url) for job in one]
    assert len(done) == len(set(done)) == 200


PRESS = """
import asyncio, json, sys
from widget.core.charge import Charge, Fate
from widget.core.consent import Consent
from widget.core.money import Money
from widget.storage import charges
from widget.storage.database import open_database
from widget.storage.ids import new_id
async def press():
    intent = Charge(id=new_id("chg"), reason="one_click:pre_1", presentation_id="pre_1", quote_id="quo_1",
        customer_id="cus_nadia", product_id="pdt_workbook", quantity=1, method_id="pm_1", quoted=Money(1900, "USD"),
        fate=Fate.INTENDED, pressed_at=1_000)
    consent = Consent("pre_1", "quo_1", "Pay $19.00 now", Money(1900, "USD"), "Visa", "en", "t", 1_000)
    written = await charges.intend(intent, consent)
    return await charges.claim(written.id, at=1_001, version=written.version) is not None
async def main():
    async with open_database(sys.argv[1]):
        return sum(await asyncio.gather(*(press() for _ in range(25))))
print(json.dumps(asyncio.run(main())))
"""


@pytest.mark.case("F-11")
async def test_of_a_hundred_presses_in_four_processes_one_is_sent(database_url):
    async with open_database(database_url):
        await offered()
    assert sum(await run_together(PRESS, database_url)) == 1

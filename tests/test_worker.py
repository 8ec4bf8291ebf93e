"""The worker goes on when the database was away for a while."""

import asyncio

from widget.storage import jobs
from widget.storage.away import Away
from widget.storage.database import migrate, opened
from widget.storage.sqlite import EmbeddedEngine
from widget.worker import Worker

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

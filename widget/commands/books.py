"""The database as a command needs it: opened from the environment, closed again."""

import asyncio
import os
from collections.abc import Awaitable, Callable

from widget.storage.database import open_database


def with_database(work: Callable[[], Awaitable[int]]) -> int:
    """Run the work on the configured database; only its address is needed, so only that is read."""
    url = os.environ.get("ENCORE_DATABASE_URL", "sqlite:///encore.db")

    async def run() -> int:
        async with open_database(url):
            return await work()

    return asyncio.run(run())

"""The database as a command needs it: opened from the environment, up to date, closed again."""

import asyncio
import os
from collections.abc import Awaitable, Callable

from widget.commands.printing import complain
from widget.environment import Reader


def database_url() -> str | None:
    """Only the database's address is read, so a command needs no other setting; None when it was refused, and why
    is on standard error."""
    reader = Reader(os.environ)
    url = reader.database()
    for problem in reader.problems:
        complain(str(problem))
    return None if reader.problems else url.reveal()


def with_database(work: Callable[[], Awaitable[int]], *, migrated: bool = True) -> int:
    """Run the work on the configured database; a database that is away or behind is a sentence and exit code 1."""
    url = database_url()
    if url is None:
        return 1
    from widget.storage.durable import AWAY

    try:
        return asyncio.run(_run(url, work, migrated=migrated))
    except BrokenPipeError:
        raise  # whoever reads us has read enough: no fault of the database
    except AWAY as error:
        return complain(f"The database in ENCORE_DATABASE_URL does not work: {type(error).__name__}: {error}")


async def _run(url: str, work: Callable[[], Awaitable[int]], *, migrated: bool) -> int:
    from widget.storage.database import open_database, pending_migrations

    async with open_database(url):
        if migrated and await pending_migrations():
            return complain("The database is not up to date. Run `encore migrate` first.")
        return await work()

"""Whether a commit is on disk before we go on: a charge may not leave the machine before its intent does."""

import sqlite3

import asyncpg

from widget.storage.database import current, rows
from widget.storage.postgres import PooledEngine

# What opening or asking a database raises when it is away, not let in, or not ours.
AWAY = (OSError, RuntimeError, sqlite3.Error, asyncpg.PostgresError, asyncpg.InterfaceError)


async def not_durable() -> str | None:
    """Why the open database could forget a commit; None when it cannot."""
    engine = current()
    if isinstance(engine, PooledEngine) and engine.always_syncs:
        return None
    if engine.engine_type != "postgres":
        async with current().transaction():  # opens the writer, which refuses itself unless it syncs in full
            await rows("SELECT 1 AS one")
        return None
    [found] = await rows("SELECT current_setting('fsync') AS fsync, current_setting('synchronous_commit') AS waits")
    weak = [
        name for name, value in (("fsync", found["fsync"]), ("synchronous_commit", found["waits"])) if value == "off"
    ]
    return f"not durable: {' and '.join(weak)} off" if weak else None

"""The history of the schema: hand-written SQL for both databases, applied in order, each once."""

import time
from typing import Any

from piccolo.querystring import QueryString

from widget import probe
from widget.storage.migrations import (
    m0001_first,
    m0002_plans,
    m0003_plan_change,
    m0005_limits,
    m0006_moments,
    m0007_report,
    m0010_kinds,
    m0020_first_look,
    m0022_words,
    m0023_reckoning,
    m0024_jobs,
    m0025_outgoing,
    m0026_lookups,
)

# In the order they are applied. Never change one that was released: add the next.
_ALL = (
    m0001_first,
    m0002_plans,
    m0003_plan_change,
    m0005_limits,
    m0006_moments,
    m0010_kinds,
    m0007_report,
    m0020_first_look,
    m0023_reckoning,
    m0024_jobs,
    m0025_outgoing,
    m0022_words,
    m0026_lookups,
)
NAMES = tuple(module.__name__.rpartition(".")[2] for module in _ALL)

_LOCK = 720_261_120  # any number, the same in every process: one migrates, the others wait and find it done


async def run(engine: Any) -> list[str]:
    """Apply what is missing, all in one transaction: a half-migrated schema never exists."""
    done: list[str] = []
    async with engine.transaction():
        if engine.engine_type == "postgres" and engine.by_lock:
            # Whatever is usual on this server: behind the lock we must see what its last holder committed.
            await engine.run_ddl("SET TRANSACTION ISOLATION LEVEL READ COMMITTED")
            await engine.run_querystring(QueryString("SELECT pg_advisory_xact_lock({})", _LOCK))
        await engine.run_ddl(
            "CREATE TABLE IF NOT EXISTS migration (name VARCHAR(80) PRIMARY KEY, applied_at BIGINT NOT NULL)"
        )
        found = await engine.run_querystring(QueryString("SELECT name FROM migration"))
        before = {row["name"] for row in found}
        for name, module in zip(NAMES, _ALL, strict=True):
            if name in before:
                continue
            for statement in module.statements(engine.engine_type):
                await engine.run_ddl(statement)
                probe.at("migrate.half")
            await engine.run_querystring(
                QueryString("INSERT INTO migration (name, applied_at) VALUES ({}, {})", name, int(time.time() * 1000))
            )
            done.append(name)
    return done

"""Storage is also tested where every race is lost by somebody: Postgres at SERIALIZABLE with a pool of two."""

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest

from widget.storage.database import Engine, open_database

POOL_OF_TWO = 2


@pytest.fixture(params=["sqlite", "postgres", "serializable"])
def database_url(request: pytest.FixtureRequest) -> str:
    """The URL of an empty, migrated database."""
    return request.getfixturevalue(
        "serializable_url" if request.param == "serializable" else f"fresh_{request.param}_url"
    )


@pytest.fixture
def serializable_url(fresh_postgres_url: str) -> str:
    """A Postgres database that is serializable for whoever connects."""
    asyncio.run(_serializable(fresh_postgres_url))
    return fresh_postgres_url


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Engine]:
    """An open, migrated, empty database."""
    async with open_database(database_url, size=POOL_OF_TWO) as engine:
        yield engine


async def _serializable(url: str) -> None:
    connection = await asyncpg.connect(url)
    name = await connection.fetchval("SELECT current_database()")
    await connection.execute(f"ALTER DATABASE {name} SET default_transaction_isolation = 'serializable'")
    await connection.close()

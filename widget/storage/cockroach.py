"""CockroachDB, which speaks Postgres' protocol: the same statements, always SERIALIZABLE, always synced.

Not verified on a server of its kind: see docs/settings.md for what was and what was not.
"""

import re

from widget.storage.postgres import POOL_SIZE, PooledEngine

# A statement that changes the schema would otherwise commit the migration it is a part of.
_SESSION = {"autocommit_before_ddl": "off"}


class CockroachEngine(PooledEngine):
    """Chosen by a URL that begins with `cockroachdb://`; whole units of work are done again, as it demands."""

    by_lock = False  # it has no advisory locks: of two that migrate at once one is rolled back and begins again
    always_syncs = True

    def __init__(self, url: str, *, size: int = POOL_SIZE, settings: dict[str, str] | None = None) -> None:
        dsn = re.sub(r"^cockroachdb://", "postgresql://", url)
        super().__init__(dsn, size=size, settings=_SESSION if settings is None else settings)

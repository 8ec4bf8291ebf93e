"""The plan families in force, in the file's order."""

import msgspec

from widget.core.plan_family import PlanFamily
from widget.storage.database import rows


async def replace(families: tuple[PlanFamily, ...], version: int, *, at: int) -> None:
    """Retire the families in force and put these there instead; a part of the unit that applies a file."""
    await rows("UPDATE plan_family SET retired_at = {} WHERE retired_at IS NULL RETURNING id", at)
    for position, family in enumerate(families):
        await rows(
            "INSERT INTO plan_family (id, name, version, position, body) VALUES ({}, {}, {}, {}, {}) RETURNING id",
            f"{family.name}@{version}",
            family.name,
            version,
            position,
            msgspec.json.encode(family).decode(),
        )


async def in_force() -> tuple[PlanFamily, ...]:
    """The families in force; none before the first file that has any."""
    return (await with_version())[1]


async def with_version() -> tuple[int, tuple[PlanFamily, ...]]:
    """The same, with the version of the file they came with; 0 where there are none."""
    found = await rows("SELECT version, body FROM plan_family WHERE retired_at IS NULL ORDER BY position")
    families = tuple(msgspec.json.decode(row["body"], type=PlanFamily) for row in found)
    return (int(found[0]["version"]) if found else 0), families

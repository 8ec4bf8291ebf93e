"""What this deployment has learnt of itself, by name; the same for every process."""

from widget.storage.database import rows

BUSINESS = "business"  # whose key it holds, as Dodo says it: news of another business is not for us
BRAKE = "brake"  # why no saved card is charged at the moment


async def value(name: str) -> str | None:
    """What is known under this name."""
    found = await rows("SELECT value FROM known WHERE name = {}", name)
    return found[0]["value"] if found else None


async def learn(name: str, value: str, *, at: int) -> None:
    """Once: what is known already stays."""
    await rows(
        "INSERT INTO known (name, value, at) VALUES ({}, {}, {}) ON CONFLICT (name) DO NOTHING RETURNING name",
        name,
        value,
        at,
    )


async def keep(name: str, value: str, *, at: int) -> None:
    """From now on."""
    await rows(
        "INSERT INTO known (name, value, at) VALUES ({}, {}, {}) "
        "ON CONFLICT (name) DO UPDATE SET value = EXCLUDED.value, at = EXCLUDED.at RETURNING name",
        name,
        value,
        at,
    )


async def forget(name: str) -> bool:
    """No longer; False when nothing was known under this name."""
    return bool(await rows("DELETE FROM known WHERE name = {} RETURNING name", name))

"""Numbers about the books for monitors, and whether the database is ready."""

from widget.storage.database import pending_migrations, rows

Meter = tuple[str, str, str, dict[str, int]]  # name, what it counts, label, label value → count


async def not_ready() -> str | None:
    """Why this process should not get traffic; None when it should."""
    try:
        await rows("SELECT 1 AS one")
        waiting = await pending_migrations()
    except OSError:
        return "the database does not answer"
    return f"migrations are missing: {', '.join(waiting)}" if waiting else None


async def all_of_them() -> list[Meter]:
    """Everything we count; each is one read by index."""
    return [
        ("encore_charges", "Charges by fate", "fate", await _count("charge", "fate")),
        ("encore_events", "Kept events by state", "state", await _count("kept_event", "state")),
        ("encore_jobs_open", "Jobs not done, by kind", "kind", await _count("job", "kind", "WHERE done_at IS NULL")),
        (
            "encore_attention_open",
            "What waits for a person, by name",
            "name",
            await _count("attention", "name", "WHERE resolved_at IS NULL"),
        ),
    ]


async def _count(table: str, column: str, where: str = "") -> dict[str, int]:
    found = await rows(f"SELECT {column} AS value, COUNT(*) AS times FROM {table} {where} GROUP BY {column}")
    return {row["value"]: int(row["times"]) for row in found}

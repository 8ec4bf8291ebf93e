"""Jobs that fail: how often in a row, and when one was laid aside for a person."""

_STATEMENTS = (
    "ALTER TABLE job ADD COLUMN failures BIGINT NOT NULL DEFAULT 0",
    "ALTER TABLE job ADD COLUMN parked_at BIGINT",
)


def statements(engine_type: str) -> tuple[str, ...]:
    """The same SQL for both databases."""
    return _STATEMENTS

"""Moments: occasions in the merchant's app, without a payment; told by its server, or just a slot on a page."""

_STATEMENTS = (
    "ALTER TABLE occasion ADD COLUMN name VARCHAR(64)",
    "ALTER TABLE occasion ADD COLUMN data TEXT",
    "ALTER TABLE occasion ADD COLUMN told_as VARCHAR(200)",
    "ALTER TABLE occasion ADD COLUMN told_digest VARCHAR(64)",
    "ALTER TABLE occasion ADD COLUMN ends_at BIGINT",
    "ALTER TABLE occasion ADD COLUMN withdrawn_at BIGINT",
    "CREATE UNIQUE INDEX occasion_told_as ON occasion (told_as)",
    "CREATE INDEX occasion_moment ON occasion (customer_id, placement, asked_at)",
)


def statements(engine_type: str) -> tuple[str, ...]:
    """The same SQL for both databases."""
    return _STATEMENTS

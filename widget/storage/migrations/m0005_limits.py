"""Limits: how much of a minute each ticket, network and key has used up, for all processes together."""

_STATEMENTS = (
    """
    CREATE TABLE rate_limit (
        id VARCHAR(80) PRIMARY KEY,
        spent_until BIGINT NOT NULL
    )
    """,
    "CREATE INDEX rate_limit_spent ON rate_limit (spent_until)",
)


def statements(engine_type: str) -> tuple[str, ...]:
    """The same SQL for both databases."""
    return _STATEMENTS

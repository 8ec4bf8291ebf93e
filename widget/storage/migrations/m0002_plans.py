"""The plan families of the offers file."""

_STATEMENTS = (
    """
    CREATE TABLE plan_family (
        id VARCHAR(160) PRIMARY KEY,
        name VARCHAR(80) NOT NULL,
        version BIGINT NOT NULL,
        position BIGINT NOT NULL,
        body TEXT NOT NULL,
        retired_at BIGINT
    )
    """,
)


def statements(engine_type: str) -> tuple[str, ...]:
    """The same SQL for both databases."""
    return _STATEMENTS

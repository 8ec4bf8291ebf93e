"""Outgoing events, told to the merchant's server; and who saw to what needed a person."""

_STATEMENTS = (
    """
    CREATE TABLE outgoing_event (
        id VARCHAR(40) PRIMARY KEY,
        kind VARCHAR(60) NOT NULL,
        about VARCHAR(200) NOT NULL,
        seq BIGINT NOT NULL,
        body TEXT NOT NULL,
        state VARCHAR(16) NOT NULL,
        tries BIGINT NOT NULL,
        status BIGINT,
        error TEXT,
        made_at BIGINT NOT NULL,
        tried_at BIGINT,
        delivered_at BIGINT
    )
    """,
    "CREATE INDEX outgoing_waiting ON outgoing_event (about, seq) WHERE state = 'waiting'",
    "CREATE INDEX outgoing_about ON outgoing_event (about)",
    "CREATE INDEX outgoing_made ON outgoing_event (made_at)",
    "ALTER TABLE attention ADD COLUMN resolved_by VARCHAR(200)",
    """
    CREATE TABLE known (
        name VARCHAR(80) PRIMARY KEY,
        value TEXT NOT NULL,
        at BIGINT NOT NULL
    )
    """,
    """
    CREATE TABLE tally (
        id VARCHAR(120) PRIMARY KEY,
        name VARCHAR(80) NOT NULL,
        at BIGINT NOT NULL,
        times BIGINT NOT NULL
    )
    """,
    "CREATE INDEX tally_name ON tally (name, at)",
)


def statements(engine_type: str) -> tuple[str, ...]:
    """The same SQL for both databases."""
    return _STATEMENTS

"""Consents name their version and how they were given; what a payment says for the receipt; a customer's language."""

_STATEMENTS = (
    "ALTER TABLE consent ADD COLUMN version BIGINT",
    "ALTER TABLE consent ADD COLUMN edition VARCHAR(32)",
    "ALTER TABLE consent ADD COLUMN agreed VARCHAR(16)",
    "ALTER TABLE customer ADD COLUMN locale VARCHAR(35)",
    """
    CREATE TABLE receipt (
        id VARCHAR(40) PRIMARY KEY,
        payment_id VARCHAR(80) NOT NULL,
        tax BIGINT NOT NULL,
        currency VARCHAR(3) NOT NULL,
        kind VARCHAR(40) NOT NULL,
        network VARCHAR(40) NOT NULL,
        last_four VARCHAR(8) NOT NULL,
        invoice_url TEXT
    )
    """,
)


def statements(engine_type: str) -> tuple[str, ...]:
    """The same SQL for both databases."""
    return _STATEMENTS

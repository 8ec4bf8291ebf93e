"""Kinds of offers: what the shopper chose to pay, and the price before a discount."""

_STATEMENTS = (
    "ALTER TABLE quote ADD COLUMN chosen_amount BIGINT",
    "ALTER TABLE quote ADD COLUMN before_amount BIGINT",
)


def statements(engine_type: str) -> tuple[str, ...]:
    """The same SQL for both databases."""
    return _STATEMENTS

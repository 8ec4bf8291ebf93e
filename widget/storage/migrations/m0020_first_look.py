"""When and in which language a card was first seen stands with it: the openings of tickets are swept in time."""

_STATEMENTS = (
    "ALTER TABLE presentation ADD COLUMN locale VARCHAR(35)",
    "UPDATE presentation SET locale = (SELECT e.locale FROM exposure e WHERE e.presentation_id = presentation.id "
    "ORDER BY e.at, e.id LIMIT 1)",
    # The first step was called opened when it was prepared, whether anybody saw it or not.
    "UPDATE presentation SET opened_at = (SELECT MIN(e.at) FROM exposure e WHERE e.presentation_id = presentation.id) "
    "WHERE step = 0",
)


def statements(engine_type: str) -> tuple[str, ...]:
    """The same SQL for both databases."""
    return _STATEMENTS

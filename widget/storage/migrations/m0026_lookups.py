"""Indexes that SQLite, which counts nothing, cannot take for a better one than they are.

It went through all jobs that wait to find those that are due, through all taken charges for those of one presentation,
and through all charges without a subscription to find two for one.
"""

_STATEMENTS = (
    "DROP INDEX job_done",
    "CREATE INDEX job_done ON job (done_at) WHERE done_at IS NOT NULL",
    "DROP INDEX charge_presentation",
    "CREATE INDEX charge_presentation ON charge (presentation_id, fate, pressed_at)",
    "DROP INDEX charge_subscription",
    "CREATE INDEX charge_subscription ON charge (subscription_id, pressed_at) WHERE subscription_id IS NOT NULL",
)


def statements(engine_type: str) -> tuple[str, ...]:
    """The same SQL for both databases."""
    return _STATEMENTS

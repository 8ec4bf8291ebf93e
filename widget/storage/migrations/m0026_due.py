"""The index of jobs that are done holds those only: SQLite took it for the ones that wait, and went through them all."""

_STATEMENTS = (
    "DROP INDEX job_done",
    "CREATE INDEX job_done ON job (done_at) WHERE done_at IS NOT NULL",
)


def statements(engine_type: str) -> tuple[str, ...]:
    """The same SQL for both databases."""
    return _STATEMENTS

"""The report: what each offer brought on each day, and which days are to be counted again."""

_DAY_MS = 86_400_000

_STATEMENTS = (
    """
    CREATE TABLE report_day (
        id VARCHAR(300) PRIMARY KEY,
        day BIGINT NOT NULL,
        offer_name VARCHAR(80) NOT NULL,
        placement VARCHAR(40) NOT NULL,
        locale VARCHAR(35) NOT NULL,
        currency VARCHAR(3) NOT NULL,
        eligible BIGINT NOT NULL,
        shown BIGINT NOT NULL,
        accepted BIGINT NOT NULL,
        paid BIGINT NOT NULL,
        declined BIGINT NOT NULL,
        refused BIGINT NOT NULL,
        checkout BIGINT NOT NULL,
        gross BIGINT NOT NULL,
        refunded BIGINT NOT NULL,
        disputed BIGINT NOT NULL
    )
    """,
    "CREATE TABLE report_stale (id VARCHAR(40) PRIMARY KEY, day BIGINT NOT NULL)",
    "CREATE INDEX report_stale_day ON report_stale (day)",
    "CREATE INDEX report_day_day ON report_day (day)",
    f"INSERT INTO report_stale (id, day) SELECT id, prepared_at / {_DAY_MS} FROM presentation",
)


def statements(engine_type: str) -> tuple[str, ...]:
    """The same SQL for both databases."""
    return _STATEMENTS

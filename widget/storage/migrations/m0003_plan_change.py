"""Plan changes: what we know of subscriptions, the quotes shown, what was asked, and the mirror of add-ons."""

_STATEMENTS = (
    """
    CREATE TABLE subscription (
        id VARCHAR(80) PRIMARY KEY,
        customer_id VARCHAR(80) NOT NULL,
        body TEXT NOT NULL,
        methods TEXT,
        read_at BIGINT NOT NULL,
        locked_at BIGINT NOT NULL
    )
    """,
    """
    CREATE TABLE plan_quote (
        id VARCHAR(40) PRIMARY KEY,
        subscription_id VARCHAR(80) NOT NULL,
        customer_id VARCHAR(80) NOT NULL,
        body TEXT NOT NULL,
        made_at BIGINT NOT NULL,
        expires_at BIGINT NOT NULL,
        confirmed_at BIGINT
    )
    """,
    """
    CREATE TABLE plan_act (
        id VARCHAR(40) PRIMARY KEY,
        subscription_id VARCHAR(80) NOT NULL,
        customer_id VARCHAR(80) NOT NULL,
        kind VARCHAR(40) NOT NULL,
        detail TEXT NOT NULL,
        state VARCHAR(16) NOT NULL,
        code VARCHAR(120),
        pressed_at BIGINT NOT NULL,
        settled_at BIGINT
    )
    """,
    """
    CREATE TABLE plan_opening (
        ticket VARCHAR(64) PRIMARY KEY,
        subscription_id VARCHAR(80) NOT NULL,
        at BIGINT NOT NULL
    )
    """,
    """
    CREATE TABLE downsell (
        id VARCHAR(180) PRIMARY KEY,
        subscription_id VARCHAR(80) NOT NULL,
        name VARCHAR(80) NOT NULL,
        shown_at BIGINT NOT NULL,
        declined_at BIGINT
    )
    """,
    """
    CREATE TABLE addon (
        id VARCHAR(80) PRIMARY KEY,
        body TEXT,
        read_at BIGINT NOT NULL
    )
    """,
    """
    CREATE TABLE product_collection (
        id VARCHAR(80) PRIMARY KEY,
        body TEXT,
        read_at BIGINT NOT NULL
    )
    """,
    "ALTER TABLE charge ADD COLUMN subscription_id VARCHAR(80)",
    "ALTER TABLE charge ADD COLUMN change TEXT",
    "ALTER TABLE return_ticket ADD COLUMN subscription_id VARCHAR(80)",
    "CREATE INDEX charge_subscription ON charge (subscription_id, pressed_at)",
    "CREATE INDEX subscription_customer ON subscription (customer_id)",
    "CREATE INDEX plan_quote_subscription ON plan_quote (subscription_id)",
    "CREATE INDEX plan_quote_expires ON plan_quote (expires_at)",
    "CREATE INDEX plan_act_subscription ON plan_act (subscription_id, pressed_at)",
    "CREATE INDEX plan_opening_at ON plan_opening (at)",
    "CREATE INDEX downsell_subscription ON downsell (subscription_id)",
    "CREATE INDEX occasion_expires ON occasion (expires_at)",
)


def statements(engine_type: str) -> tuple[str, ...]:
    """The same SQL for both databases."""
    return _STATEMENTS

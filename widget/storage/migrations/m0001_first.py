"""The first schema. Times are epoch milliseconds, money is minor units, structures are JSON text."""

_TABLES = (
    """
    CREATE TABLE kept_event (
        id VARCHAR(128) PRIMARY KEY,
        kind VARCHAR(80) NOT NULL,
        business_id VARCHAR(80) NOT NULL,
        body TEXT,
        digest VARCHAR(64) NOT NULL,
        state VARCHAR(16) NOT NULL,
        tries BIGINT NOT NULL,
        error TEXT,
        occurred_at BIGINT NOT NULL,
        received_at BIGINT NOT NULL,
        applied_at BIGINT
    )
    """,
    """
    CREATE TABLE job (
        id VARCHAR(200) PRIMARY KEY,
        kind VARCHAR(40) NOT NULL,
        run_at BIGINT NOT NULL,
        lease_until BIGINT NOT NULL,
        owner VARCHAR(64) NOT NULL,
        tries BIGINT NOT NULL,
        error TEXT,
        made_at BIGINT NOT NULL,
        done_at BIGINT
    )
    """,
    """
    CREATE TABLE customer (
        id VARCHAR(80) PRIMARY KEY,
        met_at BIGINT NOT NULL,
        erased_at BIGINT
    )
    """,
    """
    CREATE TABLE purchase (
        id VARCHAR(200) PRIMARY KEY,
        customer_id VARCHAR(80) NOT NULL,
        product_id VARCHAR(80) NOT NULL,
        payment_id VARCHAR(80),
        subscription_id VARCHAR(80),
        at BIGINT NOT NULL,
        ended_at BIGINT
    )
    """,
    """
    CREATE TABLE occasion (
        id VARCHAR(40) PRIMARY KEY,
        placement VARCHAR(40) NOT NULL,
        payment_id VARCHAR(80) NOT NULL,
        customer_id VARCHAR(80),
        state VARCHAR(16) NOT NULL,
        business_id VARCHAR(80),
        currency VARCHAR(3),
        country VARCHAR(2),
        total BIGINT,
        products TEXT NOT NULL,
        billing TEXT,
        method_id VARCHAR(80),
        locale VARCHAR(35),
        reasons TEXT,
        asked_at BIGINT NOT NULL,
        prepared_at BIGINT,
        expires_at BIGINT
    )
    """,
    """
    CREATE TABLE offers_file (
        version BIGINT PRIMARY KEY,
        body TEXT NOT NULL,
        digest VARCHAR(64) NOT NULL,
        applied_at BIGINT NOT NULL,
        applied_by VARCHAR(200) NOT NULL
    )
    """,
    """
    CREATE TABLE offer (
        id VARCHAR(160) PRIMARY KEY,
        name VARCHAR(80) NOT NULL,
        version BIGINT NOT NULL,
        placement VARCHAR(40) NOT NULL,
        position BIGINT NOT NULL,
        product_id VARCHAR(80) NOT NULL,
        body TEXT NOT NULL,
        retired_at BIGINT
    )
    """,
    """
    CREATE TABLE presentation (
        id VARCHAR(40) PRIMARY KEY,
        occasion_id VARCHAR(40) NOT NULL,
        step BIGINT NOT NULL,
        offer_name VARCHAR(80) NOT NULL,
        offer_version BIGINT NOT NULL,
        customer_id VARCHAR(80) NOT NULL,
        product_id VARCHAR(80) NOT NULL,
        quantity BIGINT NOT NULL,
        state VARCHAR(16) NOT NULL,
        one_click BIGINT NOT NULL,
        card TEXT NOT NULL,
        methods TEXT NOT NULL,
        verdict TEXT NOT NULL,
        quote_id VARCHAR(40) NOT NULL,
        prepared_at BIGINT NOT NULL,
        opened_at BIGINT,
        decided_at BIGINT,
        closes_at BIGINT NOT NULL
    )
    """,
    """
    CREATE TABLE quote (
        id VARCHAR(40) PRIMARY KEY,
        presentation_id VARCHAR(40) NOT NULL,
        product_id VARCHAR(80) NOT NULL,
        quantity BIGINT NOT NULL,
        method_id VARCHAR(80) NOT NULL,
        amount BIGINT NOT NULL,
        subtotal BIGINT NOT NULL,
        discount BIGINT NOT NULL,
        tax BIGINT NOT NULL,
        currency VARCHAR(3) NOT NULL,
        country VARCHAR(2) NOT NULL,
        renewal BIGINT,
        made_at BIGINT NOT NULL,
        expires_at BIGINT NOT NULL
    )
    """,
    """
    CREATE TABLE charge (
        id VARCHAR(40) PRIMARY KEY,
        reason VARCHAR(120) NOT NULL,
        presentation_id VARCHAR(40) NOT NULL,
        quote_id VARCHAR(40) NOT NULL,
        customer_id VARCHAR(80) NOT NULL,
        product_id VARCHAR(80) NOT NULL,
        quantity BIGINT NOT NULL,
        method_id VARCHAR(80) NOT NULL,
        amount BIGINT NOT NULL,
        currency VARCHAR(3) NOT NULL,
        fate VARCHAR(16) NOT NULL,
        payment_id VARCHAR(80),
        session_id VARCHAR(80),
        link TEXT,
        by_customer BIGINT NOT NULL,
        refusal VARCHAR(120),
        paid_amount BIGINT,
        paid_currency VARCHAR(3),
        pressed_at BIGINT NOT NULL,
        sent_at BIGINT,
        settled_at BIGINT,
        absent_reads BIGINT NOT NULL,
        version BIGINT NOT NULL
    )
    """,
    """
    CREATE TABLE charge_history (
        id VARCHAR(60) PRIMARY KEY,
        charge_id VARCHAR(40) NOT NULL,
        seq BIGINT NOT NULL,
        at BIGINT NOT NULL,
        event VARCHAR(60) NOT NULL,
        fate VARCHAR(16) NOT NULL,
        detail TEXT NOT NULL,
        previous VARCHAR(64) NOT NULL,
        digest VARCHAR(64) NOT NULL
    )
    """,
    """
    CREATE TABLE consent (
        id VARCHAR(60) PRIMARY KEY,
        charge_id VARCHAR(40) NOT NULL,
        presentation_id VARCHAR(40) NOT NULL,
        quote_id VARCHAR(40) NOT NULL,
        text TEXT NOT NULL,
        amount BIGINT NOT NULL,
        currency VARCHAR(3) NOT NULL,
        method VARCHAR(80) NOT NULL,
        locale VARCHAR(35) NOT NULL,
        ticket VARCHAR(64) NOT NULL,
        pressed_at BIGINT NOT NULL,
        digest VARCHAR(64) NOT NULL
    )
    """,
    """
    CREATE TABLE decline (
        id VARCHAR(40) PRIMARY KEY,
        customer_id VARCHAR(80) NOT NULL,
        offer_name VARCHAR(80) NOT NULL,
        at BIGINT NOT NULL,
        quiet_until BIGINT NOT NULL
    )
    """,
    """
    CREATE TABLE exposure (
        id VARCHAR(120) PRIMARY KEY,
        ticket VARCHAR(64) NOT NULL,
        occasion_id VARCHAR(40) NOT NULL,
        presentation_id VARCHAR(40),
        placement VARCHAR(40) NOT NULL,
        locale VARCHAR(35) NOT NULL,
        at BIGINT NOT NULL
    )
    """,
    """
    CREATE TABLE return_ticket (
        id VARCHAR(40) PRIMARY KEY,
        token_hash VARCHAR(64) NOT NULL,
        product_id VARCHAR(80),
        session_id VARCHAR(80),
        payment_id VARCHAR(80),
        presentation_id VARCHAR(40),
        next TEXT,
        placement VARCHAR(40) NOT NULL,
        locale VARCHAR(35),
        made_at BIGINT NOT NULL,
        expires_at BIGINT NOT NULL
    )
    """,
    """
    CREATE TABLE money_fact (
        id VARCHAR(80) PRIMARY KEY,
        payment_id VARCHAR(80) NOT NULL,
        charge_id VARCHAR(40),
        kind VARCHAR(16) NOT NULL,
        status VARCHAR(40) NOT NULL,
        amount BIGINT NOT NULL,
        currency VARCHAR(3) NOT NULL,
        at BIGINT NOT NULL
    )
    """,
    """
    CREATE TABLE product (
        id VARCHAR(80) PRIMARY KEY,
        body TEXT,
        read_at BIGINT NOT NULL
    )
    """,
    """
    CREATE TABLE image (
        url TEXT PRIMARY KEY,
        name VARCHAR(64) NOT NULL,
        content_type VARCHAR(40) NOT NULL,
        body TEXT NOT NULL,
        read_at BIGINT NOT NULL
    )
    """,
    """
    CREATE TABLE attention (
        id VARCHAR(120) PRIMARY KEY,
        name VARCHAR(60) NOT NULL,
        subject VARCHAR(80) NOT NULL,
        detail TEXT NOT NULL,
        raised_at BIGINT NOT NULL,
        resolved_at BIGINT
    )
    """,
)

_INDEXES = (
    "CREATE UNIQUE INDEX occasion_purchase ON occasion (placement, payment_id)",
    "CREATE UNIQUE INDEX presentation_step ON presentation (occasion_id, step)",
    "CREATE UNIQUE INDEX charge_reason ON charge (reason)",
    "CREATE UNIQUE INDEX charge_history_order ON charge_history (charge_id, seq)",
    "CREATE UNIQUE INDEX return_ticket_token ON return_ticket (token_hash)",
    "CREATE INDEX charge_payment ON charge (payment_id)",
    "CREATE INDEX charge_presentation ON charge (presentation_id, pressed_at)",
    "CREATE INDEX charge_customer ON charge (customer_id, fate)",
    "CREATE INDEX charge_newest ON charge (pressed_at)",
    "CREATE INDEX charge_fate ON charge (fate, pressed_at)",
    "CREATE INDEX consent_charge ON consent (charge_id)",
    "CREATE INDEX exposure_ticket ON exposure (ticket)",
    "CREATE INDEX exposure_presentation ON exposure (presentation_id)",
    "CREATE INDEX decline_customer ON decline (customer_id, offer_name)",
    "CREATE INDEX purchase_owner ON purchase (customer_id, product_id)",
    "CREATE INDEX purchase_payment ON purchase (payment_id)",
    "CREATE INDEX purchase_subscription ON purchase (subscription_id)",
    "CREATE INDEX kept_event_state ON kept_event (state, received_at)",
    "CREATE INDEX kept_event_newest ON kept_event (received_at)",
    "CREATE INDEX job_due ON job (run_at) WHERE done_at IS NULL",
    "CREATE INDEX job_done ON job (done_at)",
    "CREATE INDEX quote_presentation ON quote (presentation_id)",
    "CREATE INDEX offer_in_force ON offer (retired_at, position)",
    "CREATE INDEX money_fact_payment ON money_fact (payment_id)",
    "CREATE INDEX presentation_customer ON presentation (customer_id, offer_name)",
    "CREATE INDEX presentation_prepared ON presentation (prepared_at)",
    "CREATE INDEX occasion_customer ON occasion (customer_id)",
    "CREATE INDEX image_name ON image (name)",
    "CREATE INDEX attention_open ON attention (raised_at) WHERE resolved_at IS NULL",
)

# The history of charges is evidence: the database itself refuses to change it.
_APPEND_ONLY = {
    "sqlite": (
        "CREATE TRIGGER charge_history_no_update BEFORE UPDATE ON charge_history "
        "BEGIN SELECT RAISE(ABORT, 'charge_history is append only'); END",
        "CREATE TRIGGER charge_history_no_delete BEFORE DELETE ON charge_history "
        "BEGIN SELECT RAISE(ABORT, 'charge_history is append only'); END",
    ),
    "postgres": (
        "CREATE FUNCTION charge_history_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'charge_history is append only'; END $$",
        "CREATE TRIGGER charge_history_no_change BEFORE UPDATE OR DELETE ON charge_history "
        "FOR EACH ROW EXECUTE FUNCTION charge_history_append_only()",
    ),
}


def statements(engine_type: str) -> tuple[str, ...]:
    """The SQL for `sqlite` or `postgres`, in order."""
    return (*_TABLES, *_INDEXES, *_APPEND_ONLY[engine_type])

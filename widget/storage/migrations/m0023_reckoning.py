"""Up to when the books were compared with what the provider has; a database that is new, or new to this, begins now."""

_TABLE = "CREATE TABLE reckoning (id VARCHAR(20) PRIMARY KEY, at BIGINT NOT NULL)"
_NOW = {
    "sqlite": "CAST(strftime('%s', 'now') AS INTEGER) * 1000",
    "postgres": "CAST(extract(epoch FROM now()) * 1000 AS BIGINT)",
}


def statements(engine_type: str) -> tuple[str, ...]:
    """One row: the only one there ever is."""
    return (_TABLE, f"INSERT INTO reckoning (id, at) VALUES ('dodo', {_NOW[engine_type]})")

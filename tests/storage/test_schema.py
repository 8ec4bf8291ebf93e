"""The tables as Piccolo sees them and the schema as the migrations made it are the same thing."""

import re

from piccolo.columns import BigInt, Text, Varchar
from piccolo.table import Table

from widget.storage.database import current, rows
from widget.storage.tables import ALL, Decline

Column = tuple[str, str, bool, bool]  # name, type, may be null, is the key

UNIQUE = {
    "charge": {"reason"},
    "charge_history": {"charge_id, seq"},
    "occasion": {"placement, payment_id", "told_as"},
    "presentation": {"occasion_id, step"},
    "return_ticket": {"token_hash"},
}


def declared(table: type[Table]) -> set[Column]:
    def kind(column: object) -> str:
        match column:
            case Varchar():
                return f"varchar({column.length})"
            case BigInt():
                return "bigint"
            case Text():
                return "text"
        raise AssertionError(f"a type the two databases do not share: {column}")

    return {
        (column._meta.name, kind(column), column._meta.null, column._meta.primary_key) for column in table._meta.columns
    }


async def migrated(table: str) -> set[Column]:
    if current().engine_type == "sqlite":
        found = await rows(f"PRAGMA table_info({table})")
        return {
            (row["name"], row["type"].lower(), not row["notnull"] and not row["pk"], bool(row["pk"])) for row in found
        }
    found = await rows(
        "SELECT a.attname AS name, replace(format_type(a.atttypid, a.atttypmod), 'character varying', 'varchar') AS type, "
        "a.attnotnull AS needed, COALESCE(a.attnum = ANY(i.indkey), false) AS key FROM pg_attribute a "
        "LEFT JOIN pg_index i ON i.indrelid = a.attrelid AND i.indisprimary "
        "WHERE a.attrelid = {}::text::regclass AND a.attnum > 0 AND NOT a.attisdropped",
        table,
    )
    return {(row["name"], row["type"], not row["needed"], row["key"]) for row in found}


async def tables_there() -> set[str]:
    if current().engine_type == "sqlite":
        found = await rows("SELECT name FROM sqlite_master WHERE type = 'table'")
    else:
        found = await rows("SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'")
    return {row["name"] for row in found}


async def unique_keys(table: str) -> set[str]:
    """Columns of each unique index that is not the primary key."""
    if current().engine_type == "sqlite":
        found = await rows(
            "SELECT sql FROM sqlite_master WHERE type = 'index' AND tbl_name = {} AND sql IS NOT NULL", table
        )
    else:
        found = await rows(
            "SELECT indexdef AS sql FROM pg_indexes WHERE tablename = {} AND indexname NOT LIKE '%_pkey'", table
        )
    return {re.search(r"\((.*)\)", row["sql"])[1] for row in found if " UNIQUE " in row["sql"]}


async def test_every_table_is_declared_and_every_declared_table_is_there(database):
    assert await tables_there() == {table._meta.tablename for table in ALL} | {"migration"}


async def test_every_table_has_the_columns_it_declares(database):
    for table in ALL:
        assert await migrated(table._meta.tablename) == declared(table), table._meta.tablename


async def test_what_must_be_there_once_has_a_unique_key_of_the_database(database):
    found = {name: keys for table in ALL if (keys := await unique_keys(name := table._meta.tablename))}
    assert found == UNIQUE


async def test_piccolos_own_queries_run_on_our_engines(database):
    await Decline.insert(Decline(id="d", customer_id="cus_nadia", offer_name="o", at=1, quiet_until=2))
    changed = await Decline.update({Decline.at: 5}).where(Decline.id == "d", Decline.at == 1).returning(Decline.at)
    again = await Decline.update({Decline.at: 9}).where(Decline.id == "d", Decline.at == 1).returning(Decline.at)
    assert (changed, again) == ([{"at": 5}], [])
    assert await Decline.select(Decline.id, Decline.quiet_until) == [{"id": "d", "quiet_until": 2}]
    assert await Decline.count() == 1

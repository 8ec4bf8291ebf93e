"""`encore migrate`: the database brought up to date; several processes may do it at once."""

import argparse

from widget.commands.books import with_database

HELP = "bring the database up to date"


def add_arguments(_: argparse.ArgumentParser) -> None:
    """None: the database is in ENCORE_DATABASE_URL."""


def run(_: argparse.Namespace) -> int:
    """Prints what was done, one migration a line."""
    return with_database(_migrate, migrated=False)


async def _migrate() -> int:
    from widget.storage.database import migrate

    done = await migrate()
    for name in done:
        print(name)
    if not done:
        print("The database is up to date.")
    return 0

"""`encore offers check|apply|export FILE`: the offers file, validated, put in force, or written out."""

import argparse
import getpass
import sys
import time
from pathlib import Path

from widget.commands.books import with_database
from widget.commands.printing import complain
from widget.core.offers_file import OffersFile, OffersFileError, read
from widget.storage import offers

HELP = "check, apply or export the offers file"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to do and the file."""
    parser.add_argument("action", choices=["check", "apply", "export"])
    parser.add_argument("file", type=Path, help="a TOML file; - is standard input or output")


def run(args: argparse.Namespace) -> int:
    """Exit 1 with every problem named by file, line and field; a file with problems is never applied."""
    if args.action == "export":
        return _export(args.file)
    try:
        text = sys.stdin.read() if str(args.file) == "-" else args.file.read_text("utf-8")
    except OSError as error:
        return complain(f"{args.file}: {error.strerror}")
    except UnicodeDecodeError:
        return complain(f"{args.file}: not UTF-8 text")
    try:
        found = read(text)
    except OffersFileError as error:
        for problem in error.problems:
            complain(f"{args.file}:{problem.line}: {problem.field}: {problem.message}")
        return 1
    if args.action == "check":
        print(f"{args.file}: {_counted(found)}, no problems")
        return 0
    return with_database(lambda: _apply(args.file, text, found))


async def _apply(file: Path, text: str, found: OffersFile) -> int:
    version = await offers.apply(text, found, by=getpass.getuser(), at=int(time.time() * 1000))
    print(f"{file}: {_counted(found)} in force as version {version}")
    return 0


def _counted(found: OffersFile) -> str:
    """`4 offers, 1 plan family`."""
    offers, families = len(found.offers), len(found.families)
    return f"{offers} offer{'s' * (offers != 1)}, {families} plan famil{'y' if families == 1 else 'ies'}"


def _export(file: Path) -> int:
    found: list[str] = []

    async def ask() -> int:
        text = await offers.file_in_force()
        if text is None:
            return complain("No offers file was ever applied.")
        found.append(text)
        return 0

    if code := with_database(ask):
        return code
    if str(file) == "-":
        sys.stdout.write(found[0])
        return 0
    try:
        file.write_text(found[0], "utf-8")
    except OSError as error:
        return complain(f"{file}: {error.strerror}")
    return 0

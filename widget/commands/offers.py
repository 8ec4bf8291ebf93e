"""`encore offers`: the offers file, validated, compared, put in force, written out; its schema and its history."""

import argparse
import asyncio
import getpass
import json
import sys
import time
from pathlib import Path

from widget.commands.books import with_database
from widget.commands.printing import complain
from widget.commands.replaying import dry_run
from widget.commands.shelving import NotAsked, problems_at_dodo
from widget.commands.versions import difference, history
from widget.core.offers_file import OffersFile, OffersFileError, read, schema, warnings
from widget.storage import offers

HELP = "check, diff, apply or export the offers file; its schema and history"

_NEED_FILE = ("check", "diff", "replay", "apply", "export")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to do and the file."""
    parser.add_argument("action", choices=[*_NEED_FILE, "schema", "history"])
    parser.add_argument("file", type=Path, nargs="?", help="a TOML file; - is standard input or output")
    parser.add_argument("--last", type=int, default=1000, help="replay: at most so many past purchases (1000)")
    parser.add_argument("--at-dodo", action="store_true", help="replay: also purchases that only Dodo knows")
    parser.add_argument("--offline", action="store_true", help="check, apply: do not look anything up at Dodo")
    parser.add_argument("--diff", action="store_true", help="history: what each version changed, line by line")
    parser.add_argument("--json", action="store_true", help="history, replay: one JSON document")


def run(args: argparse.Namespace) -> int:
    """Exit 1 with every problem named by file, line and field; a file with problems is never applied."""
    if args.file is None and args.action in _NEED_FILE:
        complain(f"encore offers {args.action}: name a FILE, or - for standard input or output")
        return 2
    file: Path = args.file or Path("-")
    if args.action == "history":
        return with_database(lambda: history(as_document=args.json, lines=args.diff))
    if args.action == "schema":
        return _written(file, json.dumps(schema(), indent=2, ensure_ascii=False) + "\n")
    if args.action == "export":
        return _export(file)
    return _with_text(args)


def _with_text(args: argparse.Namespace) -> int:
    try:
        # As bytes: what is exported later is what was applied, line ends and all.
        found_bytes = sys.stdin.buffer.read() if str(args.file) == "-" else args.file.read_bytes()
        text = found_bytes.decode("utf-8")
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
    if args.action == "diff":
        return with_database(lambda: _diff(args.file, text))
    if args.action == "replay":
        last = max(1, min(args.last, 1_000_000))
        return with_database(lambda: dry_run(found, last=last, at_dodo=args.at_dodo, as_document=args.json))
    if not args.offline and not _sold(args.file, text, found):
        return 1
    for one in warnings(text, found):
        print(f"{args.file}:{one.line}: warning: {one.field}: {one.message}", file=sys.stderr)
    if args.action == "check":
        print(f"{args.file}: {_counted(found)}, no problems")
        return 0
    return with_database(lambda: _apply(args.file, text, found))


def _sold(file: Path, text: str, found: OffersFile) -> bool:
    """Whether Dodo sells what the file names; where it cannot be asked that is said, and nothing stands in the way.

    Whatever cannot be sold is left out by the gate anyway; this is to hear of it before a shopper does not.
    """
    try:
        problems = asyncio.run(problems_at_dodo(text, found))
    except NotAsked as why:
        print(f"{file}: products, codes and prices were not looked up: {why}", file=sys.stderr)
        return True
    for problem in problems:
        complain(f"{file}:{problem.line}: {problem.field}: {problem.message}")
    return not problems


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
    return _written(file, found[0])


def _written(file: Path, text: str) -> int:
    if str(file) == "-":
        sys.stdout.buffer.write(text.encode())
        return 0
    try:
        file.write_bytes(text.encode())
    except OSError as error:
        return complain(f"{file}: {error.strerror}")
    return 0


async def _diff(file: Path, text: str) -> int:
    """What applying the file would change, as a unified diff; nothing where nothing would change."""
    now = await offers.file_in_force() or ""
    sys.stdout.write(difference(now, text, before="in force", after=str(file)))
    return 0

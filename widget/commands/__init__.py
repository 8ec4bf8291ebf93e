"""The command line: every module here that says HELP is a command of its own name.

A command has `HELP`, `add_arguments(parser)` and `run(args) -> int`. Only the one that was called is
imported, so `encore --help` answers at once and `encore ticket` never loads a database.
"""

import argparse
import ast
import importlib
import os
import sys
from collections.abc import Sequence
from pathlib import Path

FAILED = 1


def call(arguments: Sequence[str]) -> int:
    """Run a command; a wrong usage leaves by SystemExit(2), as argparse does."""
    wanted = next((word for word in arguments if not word.startswith("-")), None)
    parser = _parser(wanted)
    args = parser.parse_args(arguments)
    if args.command is None:
        parser.print_help(sys.stderr)
        return 2
    module = importlib.import_module(f"widget.commands.{args.command}")
    try:
        code = int(module.run(args))
        sys.stdout.flush()
    except BrokenPipeError:  # `encore charges | head`: whoever read has read enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return FAILED
    return code


def commands() -> dict[str, str]:
    """Every command with its help, read without importing anything."""
    found = {path.stem: _help_in(path) for path in sorted(Path(__file__).parent.glob("*.py"))}
    return {name: text for name, text in found.items() if text}


def _parser(wanted: str | None) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="encore", description="One more thing after a purchase, sold kindly, through Dodo Payments."
    )
    parser.add_argument("--version", action=_Version, help="print the version and leave")
    rest = parser.add_subparsers(dest="command", metavar="COMMAND", title="commands")
    for name, text in commands().items():
        one = rest.add_parser(name, help=text, description=text)
        if name == wanted:
            importlib.import_module(f"widget.commands.{name}").add_arguments(one)
    return parser


class _Version(argparse.Action):
    def __init__(self, option_strings: Sequence[str], dest: str, help: str | None = None) -> None:  # noqa: A002 - argparse names it so
        super().__init__(option_strings, dest, nargs=0, help=help)

    def __call__(self, parser: argparse.ArgumentParser, *_: object, **__: object) -> None:
        from importlib.metadata import version

        print(f"encore {version('encore-widget')}")
        parser.exit()


def _help_in(path: Path) -> str | None:
    for line in ast.parse(path.read_bytes()).body:
        match line:
            case ast.Assign(targets=[ast.Name(id="HELP")], value=ast.Constant(value=str(text))):
                return text
            case _:
                continue
    return None

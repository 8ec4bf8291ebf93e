"""`encore`, also `python -m widget`: one file a command in widget/commands."""

import sys

from widget.commands import call


def main() -> int:
    """Exit codes: 0 done, 1 failed, 2 wrong usage."""
    return call(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())

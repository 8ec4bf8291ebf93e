"""`python -m widget.sandbox`: the pretend Dodo alone."""

from __future__ import annotations

import argparse
import sys

from widget.sandbox.server import run


def main() -> int:
    """Read the arguments and serve."""
    parser = argparse.ArgumentParser(prog="python -m widget.sandbox", description="A pretend Dodo Payments.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8401)
    parser.add_argument("--webhook-target", metavar="URL")
    parser.add_argument("--webhook-secret", metavar="whsec_…")
    given = parser.parse_args()
    sys.stdout.write(f"Dodo sandbox on http://{given.host}:{given.port} (bearer key: sandbox)\n")
    sys.stdout.flush()
    run(given.host, given.port, given.webhook_target, given.webhook_secret)
    return 0


if __name__ == "__main__":
    sys.exit(main())

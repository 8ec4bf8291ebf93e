"""`python -m widget.sandbox`: the pretend Dodo alone. Exit codes: 0 ended, 1 could not start, 2 wrong usage."""

from __future__ import annotations

import argparse
import sys
from urllib.parse import urlsplit

from widget.sandbox.control_requests import check_secret
from widget.sandbox.errors import Refusal
from widget.sandbox.server import run


def main() -> int:
    """Read the arguments and serve."""
    parser = argparse.ArgumentParser(prog="python -m widget.sandbox", description="A pretend Dodo Payments.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=_port, default=8401)
    parser.add_argument("--webhook-target", metavar="URL", type=_address)
    parser.add_argument("--webhook-secret", metavar="whsec_…", type=_secret)
    given = parser.parse_args()
    sys.stdout.write(f"Dodo sandbox on http://{given.host}:{given.port} (bearer key: sandbox)\n")
    sys.stdout.flush()
    try:
        run(given.host, given.port, given.webhook_target, given.webhook_secret)
    except OSError as error:
        sys.stderr.write(f"the sandbox cannot listen on {given.host}:{given.port}: {error}\n")
        return 1
    return 0


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 0 < int(text) < 65_536:
        raise argparse.ArgumentTypeError("expected a port from 1 to 65535")
    return int(text)


def _address(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise argparse.ArgumentTypeError("expected an absolute http(s) address")
    return text


def _secret(text: str) -> str:
    try:
        check_secret(text)
    except Refusal as refusal:
        raise argparse.ArgumentTypeError(refusal.message) from None
    return text


if __name__ == "__main__":
    sys.exit(main())

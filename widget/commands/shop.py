"""`encore shop`: the demo shop alone."""

import argparse
import os

from widget.commands.printing import complain

HELP = "start the demo shop"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where it listens; what it needs to know is in its own SHOP_… environment."""
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8402)


def run(args: argparse.Namespace) -> int:
    """Serves until it is stopped."""
    from widget.shop import server
    from widget.shop.config import load

    print(f"Demo shop on http://shop.localhost:{args.port}", flush=True)
    try:
        server.run(load(os.environ, host=args.host, port=args.port))
    except (OSError, ValueError) as error:
        return complain(f"The shop cannot start on {args.host}:{args.port}: {error}")
    return 0

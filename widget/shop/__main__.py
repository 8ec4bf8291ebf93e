"""`python -m widget.shop`: the shop alone, from arguments and the environment."""

import argparse
import os
import sys

from widget.shop.config import PORT, load
from widget.shop.server import run


def main() -> int:
    """Exit codes: 0 stopped, 1 cannot start (said on standard error), 2 wrong usage."""
    parser = argparse.ArgumentParser(prog="python -m widget.shop", description="Brushwork, a small demo shop.")
    parser.add_argument("--host", help="where to listen (default: 127.0.0.1)")
    parser.add_argument("--port", type=int, help=f"default: SHOP_PORT, else {PORT}")
    parser.add_argument("--encore-url", help="where browsers reach Encore (default: ENCORE_URL)")
    args = parser.parse_args()
    try:
        config = load(os.environ, host=args.host, port=args.port, encore_url=args.encore_url)
        sys.stdout.write(f"Brushwork on {config.public_url}\n")
        sys.stdout.flush()
        run(config)
    except (OSError, ValueError) as error:
        sys.stderr.write(f"The shop cannot start: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""`encore sandbox`: the pretend Dodo alone."""

import argparse

from widget.commands.printing import complain

HELP = "start the pretend Dodo"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where it listens, and where it sends its webhooks."""
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8401)
    parser.add_argument("--webhook-target", metavar="URL", help="where webhooks go, such as …/webhooks/dodo")
    parser.add_argument("--webhook-secret", metavar="whsec_…", help="what they are signed with")


def run(args: argparse.Namespace) -> int:
    """Serves until it is stopped."""
    from widget.sandbox import server

    print(f"Dodo sandbox on http://{args.host}:{args.port} (bearer key: sandbox)", flush=True)
    try:
        server.run(args.host, args.port, args.webhook_target, args.webhook_secret)
    except OSError as error:
        return complain(f"The sandbox cannot listen on {args.host}:{args.port}: {error}")
    return 0

"""`encore demo`: the sandbox, Encore and the demo shop together, until Ctrl-C."""

import argparse
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import FrameType

from msgspec import Struct

from widget.commands.demo_setup import Ports, environments, prepare
from widget.commands.printing import complain

HELP = "start Encore, the sandbox and a demo shop"

_HEALTHY_WITHIN_S = 60.0
_LOOK_EVERY_S = 0.1
_STOPS_WITHIN_S = 10.0


class Child(Struct):
    """One of the three processes, and the address that answers when it is well."""

    name: str
    process: subprocess.Popen[bytes]
    health: str


class Stop(Exception):
    """Someone pressed Ctrl-C, or the process was asked to end."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Three ports and where the database and the keys are kept."""
    parser.add_argument("--port", type=int, default=8400, help="Encore (default: 8400)")
    parser.add_argument("--sandbox-port", type=int, default=8401, help="the pretend Dodo (default: 8401)")
    parser.add_argument("--shop-port", type=int, default=8402, help="the demo shop (default: 8402)")
    parser.add_argument("--data", type=Path, default=Path(".encore"), metavar="DIR", help="default: .encore")


def run(args: argparse.Namespace) -> int:
    """Exit 0 after Ctrl-C, 1 when something could not start or died; nothing is left running either way."""
    ports = Ports(encore=args.port, sandbox=args.sandbox_port, shop=args.shop_port)
    if not ports.different():
        complain("--port, --sandbox-port and --shop-port: expected three different ports, 1 to 65535")
        return 2
    taken = [port for port in (ports.encore, ports.sandbox, ports.shop) if not _free(port)]
    if taken:
        return complain(f"Port {taken[0]} is busy. Stop what uses it, or choose another one: see `encore demo --help`.")
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _stop)
    children: list[Child] = []
    try:
        return _play(ports, args.data, children)
    except Stop:
        return 0
    finally:
        _end(children)


def _play(ports: Ports, data: Path, children: list[Child]) -> int:
    try:
        prepare(ports, data)
    except (OSError, RuntimeError) as error:
        return complain(f"The demo cannot be set up in {data}: {error}")
    for name, (arguments, environment, health) in environments(ports, data).items():
        command = [sys.executable, "-m", "widget", *arguments]
        # A session of its own: Ctrl-C reaches the demo, and the demo ends its children in order.
        process = subprocess.Popen(command, env=environment, start_new_session=True, stdin=subprocess.DEVNULL)  # noqa: S603 - our own words
        children.append(Child(name, process, health))
        if not _healthy(children[-1]):
            return 1
    print(_WELCOME.format(encore=ports.encore, sandbox=ports.sandbox, shop=ports.shop), flush=True)
    return _watch(children)


_WELCOME = """
Encore   http://127.0.0.1:{encore}
Sandbox  http://127.0.0.1:{sandbox}
Shop     http://shop.localhost:{shop}

Open the shop, buy something with the card 4242 4242 4242 4242, and see what happens next. Ctrl-C stops all three."""


def _healthy(child: Child) -> bool:
    until = time.monotonic() + _HEALTHY_WITHIN_S
    while time.monotonic() < until:
        if child.process.poll() is not None:
            complain(f"The {child.name} ended with code {child.process.returncode} while it was starting.")
            return False
        if _answers(child.health):
            return True
        time.sleep(_LOOK_EVERY_S)
    complain(f"The {child.name} did not answer at {child.health} within {_HEALTHY_WITHIN_S:.0f} seconds.")
    return False


def _answers(url: str) -> bool:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # a proxy has nothing to do with 127.0.0.1
    try:
        with opener.open(url, timeout=2) as answer:
            return bool(answer.status < 500)
    except urllib.error.HTTPError as error:
        return error.code < 500
    except OSError:
        return False


def _watch(children: list[Child]) -> int:
    while True:
        for child in children:
            if child.process.poll() is not None:
                return complain(f"The {child.name} ended with code {child.process.returncode}; the others are stopped.")
        time.sleep(_LOOK_EVERY_S)


def _end(children: list[Child]) -> None:
    """The shop first and the sandbox last, so that nobody asks somebody who is gone."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    for child in reversed(children):
        child.process.terminate()
        try:
            child.process.wait(_STOPS_WITHIN_S)
        except subprocess.TimeoutExpired:
            child.process.kill()
            child.process.wait()


def _stop(number: int, frame: FrameType | None) -> None:
    raise Stop


def _free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True

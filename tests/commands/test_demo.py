"""The demo: three processes that start together and end together."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

PATIENCE_S = 90.0


def free_ports(count: int) -> list[int]:
    """Ports nobody uses at the moment."""
    probes = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def eventually(true, why: str) -> None:
    """Wait for something outside this process."""
    until = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < until, why
        time.sleep(0.05)


class Demo:
    """A running `encore demo` and what it printed so far."""

    def __init__(self, where: Path, ports: list[int]) -> None:
        self.ports = ports
        self._out = where / "out"
        numbers = zip(("--port", "--sandbox-port", "--shop-port"), map(str, ports), strict=True)
        command = [sys.executable, "-m", "widget", "demo", *(word for pair in numbers for word in pair)]
        live = {
            "ENCORE_PUBLIC_URL": "https://live.mara.example",
            "DODO_PAYMENTS_API_KEY": "dodo_live_x",
        }
        with self._out.open("wb") as out:
            self.process = subprocess.Popen(
                [*command, "--data", where / "data"],
                stdout=out,
                stderr=out,
                stdin=subprocess.DEVNULL,
                env=os.environ | live,
            )

    def printed(self) -> str:
        return self._out.read_text()

    def children(self) -> list[int]:
        listed = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return [int(pid) for pid in listed.split()]


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Demo]:
    running = Demo(tmp_path, free_ports(3))
    try:
        eventually(lambda: "Ctrl-C" in running.printed() or running.process.poll() is not None, running.printed())
        assert running.process.poll() is None, running.printed()
        yield running
    finally:
        if running.process.poll() is None:
            running.process.send_signal(signal.SIGTERM)
            running.process.wait(PATIENCE_S)


def test_it_prints_three_addresses_that_answer_and_ctrl_c_stops_all_three(demo: Demo):
    encore, sandbox, shop = demo.ports
    for address in (f"http://127.0.0.1:{encore}", f"http://127.0.0.1:{sandbox}", f"http://shop.localhost:{shop}"):
        assert address in demo.printed()
    with urllib.request.urlopen(f"http://127.0.0.1:{encore}/health/ready") as answer:
        assert answer.status == 200
    with urllib.request.urlopen(f"http://127.0.0.1:{sandbox}/_sandbox/ledger") as answer:
        assert answer.read() == b"[]"
    assert (demo.process.pid and len(demo.children())) == 3
    demo.process.send_signal(signal.SIGINT)
    assert demo.process.wait(PATIENCE_S) == 0
    assert not any(map(listens, demo.ports))


def test_when_one_dies_the_others_stop_and_it_is_said_which(demo: Demo):
    os.kill(demo.children()[0], signal.SIGKILL)
    assert demo.process.wait(PATIENCE_S) == 1
    assert "The sandbox ended with code -9" in demo.printed()
    assert not any(map(listens, demo.ports))


def test_a_busy_port_is_said_plainly_and_nothing_is_started(encore, tmp_path: Path):
    one, two = map(str, free_ports(2))
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ports = ["--port", one, "--sandbox-port", two, "--shop-port", str(port)]
        done = encore("demo", *ports, "--data", str(tmp_path / "data"))
    assert done.returncode == 1
    assert f"Port {port} is busy" in done.stderr
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("ports", [["8400", "8400", "8402"], ["0", "1", "2"], ["8400", "8401", "70000"]])
def test_ports_that_cannot_be_are_wrong_usage(encore, ports: list[str]):
    done = encore("demo", "--port", ports[0], "--sandbox-port", ports[1], "--shop-port", ports[2])
    assert done.returncode == 2
    assert "three different ports" in done.stderr


def test_the_keys_stay_from_one_start_to_the_next_and_are_for_their_owner_only(tmp_path: Path):
    from widget.commands.demo_setup import Ports, environments

    ports = Ports(encore=1, sandbox=2, shop=3)
    first, second = environments(ports, tmp_path), environments(ports, tmp_path)
    assert first == second
    assert {oct(path.stat().st_mode & 0o777) for path in tmp_path.glob("*-key")} == {"0o600"}
    assert len({path.read_text() for path in tmp_path.glob("*-key")}) == 4
    [(_, encores, _)] = [start for name, start in first.items() if name == "Encore"]
    assert encores["DODO_PAYMENTS_BASE_URL"] == "http://127.0.0.1:2"
    assert not [name for name in first["sandbox"][1] if name.startswith(("ENCORE_", "DODO_PAYMENTS_"))]

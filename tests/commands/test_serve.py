"""The production server: it starts, keeps tickets out of its log, and leaves in order."""

import asyncio
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import httpx
import pytest

PATIENCE_S = 60.0
RANDOM = "kZ3vB0c1y7T5u2mQw9xR4eN6aP8sD1fG3hJ5kL7zX0c"


def ask(port: int, path: str) -> httpx.Response:
    return httpx.get(f"http://127.0.0.1:{port}{path}", timeout=10, trust_env=False)


def answers(port: int) -> bool:
    try:
        return ask(port, "/health/live").status_code == 200
    except httpx.TransportError:
        return False


class Server:
    """A running `encore serve`, where it listens and what it logged."""

    def __init__(self, environment: dict[str, str], where: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.port = probe.getsockname()[1]
        self._log = where / "log"
        with self._log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "widget", "serve", "--port", str(self.port)],
                env=environment,
                cwd=where,
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
            )

    def logged(self) -> str:
        return self._log.read_text()

    def logged_once(self, word: str) -> str:
        """What it logged, once this is in it: a line follows its answer."""
        until = time.monotonic() + PATIENCE_S
        while word not in self.logged():
            assert time.monotonic() < until, self.logged()
            time.sleep(0.02)
        return self.logged()

    def wait_until_it_answers(self) -> None:
        until = time.monotonic() + PATIENCE_S
        while not answers(self.port):
            assert self.process.poll() is None, self.logged()
            assert time.monotonic() < until, self.logged()
            time.sleep(0.05)


@pytest.fixture(scope="module")
def server(maras_at, tmp_path_factory) -> Iterator[Server]:
    """One for all tests here: a start takes seconds. The last test sees it leave."""
    where = tmp_path_factory.mktemp("server")
    environment = maras_at(where)
    subprocess.run([sys.executable, "-m", "widget", "migrate"], env=environment, cwd=where, check=True)
    running = Server(environment, where)
    try:
        running.wait_until_it_answers()
        yield running
    finally:
        if running.process.poll() is None:
            running.process.terminate()
            running.process.wait(PATIENCE_S)


def test_a_ticket_in_a_path_is_not_in_the_log_and_the_request_is(server: Server):
    for path in (f"/after/{RANDOM}?payment_id=canary", f"/embed/offer/{RANDOM}", f"/nowhere/{RANDOM}"):
        assert ask(server.port, path).status_code == 404
    assert '"path": "/after/~' in server.logged_once("/nowhere/")
    assert RANDOM not in server.logged()
    assert "canary" not in server.logged()


def test_strangers_get_404s_that_are_the_same_to_the_byte(server: Server):
    paths = ["/embed/offer/x", f"/embed/offer/{RANDOM}", "/embed/offer/eyJhbGciOiJub25lIn0.e30.", f"/after/{RANDOM}"]
    told = [ask(server.port, path) for path in paths]
    assert {answer.status_code for answer in told} == {404}
    assert len({answer.content for answer in told}) == 1


def test_a_busy_port_is_one_sentence(encore, server: Server):
    encore("migrate")
    done = encore("serve", "--port", str(server.port))
    assert done.returncode == 1
    assert f"127.0.0.1:{server.port}" in done.stderr
    assert "Traceback" not in done.stderr


def test_with_real_money_a_database_that_does_not_sync_is_refused(encore, fresh_postgres_url):
    asyncio.run(forgetful(fresh_postgres_url))
    live = {"DODO_PAYMENTS_BASE_URL": None, "DODO_PAYMENTS_ENVIRONMENT": "live_mode"}
    told = encore("serve", ENCORE_DATABASE_URL=fresh_postgres_url, **live)
    assert told.returncode == 1
    assert "The database in ENCORE_DATABASE_URL is not durable: " in told.stderr
    assert "synchronous_commit off" in told.stderr


async def forgetful(url: str) -> None:
    """A database that answers a commit before it is on the disk."""
    connection = await asyncpg.connect(url)
    name = await connection.fetchval("SELECT current_database()")
    await connection.execute(f"ALTER DATABASE {name} SET synchronous_commit = off")
    await connection.close()


@pytest.mark.case("F-96")
def test_it_is_ready_and_leaves_in_order_when_it_is_asked_to(server: Server):
    ready = ask(server.port, "/health/ready")
    assert ready.status_code == 200
    assert ready.headers["x-content-type-options"] == "nosniff"
    server.process.send_signal(signal.SIGTERM)
    assert server.process.wait(PATIENCE_S) == 0
    assert "Traceback" not in server.logged()

"""The unmodified TypeScript SDK against the sandbox as a real process."""

import asyncio
import hashlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import httpx
import pytest

HERE = Path(__file__).parent / "typescript"
REPOSITORY = Path(__file__).resolve().parents[2]
NO_NETWORK = ("ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ECONNRESET", "ETIMEDOUT", "ENETUNREACH", "ERR_SOCKET_TIMEOUT")


@pytest.fixture(scope="module")
def installed() -> Path:
    """The folder with the pinned packages, outside of the tree and kept between runs."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        pytest.skip("node and npm are not installed: the TypeScript SDK cannot be tried")
    lock = (HERE / "package-lock.json").read_bytes()
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "encore-tests"
    folder = cache / f"typescript-{hashlib.sha256(lock).hexdigest()[:16]}"
    if not folder.is_dir():
        install(cache, folder)
    return folder


def install(cache: Path, folder: Path) -> None:
    """Into a folder of its own first, so that a broken or parallel installation is never seen."""
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache) as fresh:
        for name in ("package.json", "package-lock.json"):
            shutil.copy(HERE / name, fresh)
        command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=1"]
        done = subprocess.run(command, cwd=fresh, capture_output=True, text=True, timeout=240, check=False)
        if done.returncode and any(sign in done.stderr for sign in NO_NETWORK):
            pytest.skip("the npm registry cannot be reached, and the TypeScript SDK was never installed here")
        assert done.returncode == 0, done.stderr
        if not folder.exists():
            shutil.copytree(fresh, folder)


@pytest.fixture
async def sandbox_url():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "widget.sandbox", "--port", str(port), cwd=REPOSITORY, stdout=subprocess.DEVNULL
    )
    url = f"http://127.0.0.1:{port}"
    async with asyncio.timeout(30), httpx.AsyncClient() as client:
        while True:
            assert process.returncode is None
            try:
                await client.get(f"{url}/_sandbox/clock")
                break
            except httpx.TransportError:
                await asyncio.sleep(0.05)
    yield url
    process.send_signal(signal.SIGTERM)
    async with asyncio.timeout(20):
        await process.wait()


async def test_a_merchants_day_in_typescript_is_the_same_day(installed, sandbox_url, tmp_path):
    shutil.copy(HERE / "journey.mjs", tmp_path)
    (tmp_path / "node_modules").symlink_to(installed / "node_modules")
    node = await asyncio.create_subprocess_exec(
        "node", "journey.mjs", sandbox_url, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    async with asyncio.timeout(60):
        out, errors = await node.communicate()
    assert node.returncode == 0, errors.decode()
    assert json.loads(out) == {
        "customer": "Ada Byron",
        "methods": ["4444", "4242"],
        "preview": 2261,
        "charge": [None, "succeeded", 2261, {"encore_charge": "chg_1"}],
        "hosted": True,
        "session": "succeeded",
        "listed": [True],
        "subscription": "active",
        "shown": 5950,
        "answer": {"payment_id": None, "payment_link": None, "client_secret": None, "expires_on": None},
        "pending": ["ConflictError", 409, "PENDING_PLAN_CHANGE_EXISTS"],
        "paid": 5950,
        "plan": "pdt_pro",
        "scheduled": "pdt_lite",
        "unscheduled": None,
        "ending": True,
        "link": True,
        "subscriptions": ["Pro"],
        "products": 8,
        "family": ["Monthly", "Yearly"],
        "addon": 1000,
        "portal": True,
        "missing": ["NotFoundError", 404, "NOT_FOUND"],
        "wrong": ["UnprocessableEntityError", 422, "PRODUCT_CART_EMTPY"],
        "stranger": ["AuthenticationError", 401, "UNAUTHORIZED"],
    }

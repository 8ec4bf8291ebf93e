"""Commands as a person calls them: in a process of their own, with an environment of their own."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Called = subprocess.CompletedProcess[str]
CLEAN = {name: value for name, value in os.environ.items() if not name.startswith(("ENCORE_", "DODO_"))}


@pytest.fixture
def maras(maras_at: Callable[[Path], dict[str, str]], tmp_path: Path) -> dict[str, str]:
    """Mara's environment in the test's own folder."""
    return maras_at(tmp_path)


@pytest.fixture(scope="session")
def maras_at() -> Callable[[Path], dict[str, str]]:
    """Mara's environment: a database of her own in this folder, a key for test mode, and a Dodo nobody reaches."""
    return lambda folder: {
        "ENCORE_DATABASE_URL": f"sqlite:///{folder}/encore.db",
        "ENCORE_PUBLIC_URL": "https://encore.mara.example",
        "ENCORE_SIGNING_KEYS": "canary-f3a9c1d27b5e4608a1b2c3d4e5f60718",
        "ENCORE_ALLOWED_ORIGINS": "https://shop.mara.example",
        "DODO_PAYMENTS_API_KEY": "canary-key",
        "DODO_PAYMENTS_WEBHOOK_KEY": "whsec_Y2FuYXJ5",
        "DODO_PAYMENTS_BASE_URL": "http://127.0.0.1:9",
    }


@pytest.fixture
def encore(tmp_path: Path, maras: dict[str, str]) -> Callable[..., Called]:
    """Call `encore …`; keyword arguments change the environment, None takes a setting away."""

    def call(*arguments: str, **changes: str | None) -> Called:
        wanted = CLEAN | maras | changes
        return subprocess.run(
            [sys.executable, "-m", "widget", *arguments],
            env={name: value for name, value in wanted.items() if value is not None},
            capture_output=True,
            text=True,
            cwd=tmp_path,
            timeout=60,
            check=False,
            stdin=subprocess.DEVNULL,
        )

    return call

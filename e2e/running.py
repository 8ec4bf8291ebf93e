"""`encore demo` in processes of its own, and how the machine's Chromium is started beside it."""

import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import jwt

GOOD = "4242 4242 4242 4242"
# The machine's own Chromium; nothing is downloaded.
BROWSER = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
QUIET = [
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run",
    # A page a test hands to the browser itself comes from no address, and such a page may not frame one of this machine.
    "--disable-features=LocalNetworkAccessChecks",
]  # fmt: skip


_HTTP = httpx.Client(timeout=30)  # one for all: making one reads every certificate of the machine


class Demo:
    """Addresses of the demo, and what really moved at the provider."""

    def __init__(self, encore: str, sandbox: str, shop: str, data: Path) -> None:
        self.encore, self.sandbox, self.shop, self.data = encore, sandbox, shop, data

    def ticket(self, payment: dict[str, Any]) -> str:
        """A ticket as a merchant's server mints it."""
        now = int(time.time())
        claims = {"aud": "encore/offer", "sub": payment["customer"]["customer_id"], "payment_id": payment["payment_id"]}
        stamped = claims | {"iat": now, "exp": now + 900, "jti": secrets.token_urlsafe(16)}
        return jwt.encode(stamped, (self.data / "signing-key").read_text().strip(), algorithm="HS256")

    def control(self, what: str, body: dict[str, Any]) -> Any:
        answer = _HTTP.post(f"{self.sandbox}/_sandbox/{what}", json=body)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def ours(self, email: str) -> list[dict[str, Any]]:
        """The succeeded payments of this shopper that carry Encore's mark."""
        return [row for row in self.ledger() if self._email(row) == email]

    def somebody(self, product: str = "pdt_course", card: str = GOOD) -> dict[str, Any]:
        """What somebody nobody has seen before bought at the hosted checkout, by the form that is there; the payment."""
        cart = {"product_cart": [{"product_id": product, "quantity": 1}]}
        session = self._asked("/checkouts", json=cart)["session_id"]
        who = {"email": f"somebody-{secrets.token_hex(6)}@example.com", "name": "Sam Shopper", "country": "US"}
        filled = who | {"card_number": card, "expiry": "0632", "cvc": "123"}
        _HTTP.post(f"{self.sandbox}/checkout/session/{session}", data=filled)
        return self._asked(f"/payments/{self._asked(f'/checkouts/{session}')['payment_id']}")

    def _asked(self, path: str, **body: Any) -> Any:
        """What the pretend Dodo's API answers."""
        method, key = "POST" if body else "GET", {"authorization": "Bearer sandbox"}
        return _HTTP.request(method, f"{self.sandbox}{path}", headers=key, **body).raise_for_status().json()

    def taken(self, customer_id: str) -> list[dict[str, Any]]:
        """The succeeded payments of this customer that carry Encore's mark."""
        return [one for one in self.ledger() if one["customer_id"] == customer_id]

    def ledger(self) -> list[dict[str, Any]]:
        """Every succeeded payment with Encore's mark."""
        rows = _HTTP.get(f"{self.sandbox}/_sandbox/ledger").json()
        return [one for one in rows if one["status"] == "succeeded" and "encore_charge" in one["metadata"]]

    def _email(self, row: dict[str, Any]) -> str:
        return self._asked(f"/customers/{row['customer_id']}")["email"]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def a_demo(data: Path) -> Iterator[Demo]:
    """`encore demo` on free ports, ended as Ctrl-C ends it."""
    ports = [_free_port() for _ in range(3)]
    words = [
        "--port",
        str(ports[0]),
        "--sandbox-port",
        str(ports[1]),
        "--shop-port",
        str(ports[2]),
        "--data",
        str(data),
    ]
    log = (data / "log.txt").open("wb")
    process = subprocess.Popen(
        [sys.executable, "-m", "widget", "demo", *words],
        cwd=Path(__file__).parents[1],
        stdout=log,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
    )
    here = Demo(
        f"http://127.0.0.1:{ports[0]}", f"http://127.0.0.1:{ports[1]}", f"http://shop.localhost:{ports[2]}", data
    )
    try:
        _wait(process, f"http://127.0.0.1:{ports[2]}/", data / "log.txt")
        yield here
    finally:
        process.terminate()
        process.wait(timeout=30)
        log.close()


def _wait(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    """Until the last of the three answers; the demo starts them in order."""
    for _ in range(600):
        if process.poll() is not None:
            raise AssertionError(f"the demo ended: {log.read_text()[-3000:]}")
        try:
            if _HTTP.get(url, timeout=2).status_code == 200:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.1)  # a process is starting: nothing else tells when it is there
    raise AssertionError(f"the demo did not come up: {log.read_text()[-3000:]}")

"""The three processes of the demo, a real Chromium, and shoppers who type their own cards."""

import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import jwt
import pytest
from playwright.sync_api import Browser, BrowserContext, FrameLocator, Page, expect
from playwright.sync_api import TimeoutError as NobodyThere

GOOD = "4242 4242 4242 4242"


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
        answer = httpx.post(f"{self.sandbox}/_sandbox/{what}", json=body, timeout=30)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def ours(self, email: str) -> list[dict[str, Any]]:
        """The succeeded payments of this shopper that carry Encore's mark."""
        ledger = httpx.get(f"{self.sandbox}/_sandbox/ledger", timeout=30).json()
        return [
            row
            for row in ledger
            if row["status"] == "succeeded" and "encore_charge" in row["metadata"] and self._email(row) == email
        ]

    def _email(self, row: dict[str, Any]) -> str:
        found = httpx.get(
            f"{self.sandbox}/customers/{row['customer_id']}", headers={"authorization": "Bearer sandbox"}, timeout=30
        )
        return found.json()["email"]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """`encore demo` on free ports, ended as Ctrl-C ends it."""
    ports = [_free_port() for _ in range(3)]
    data = tmp_path_factory.mktemp("demo")
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
            if httpx.get(url, timeout=2).status_code == 200:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.1)  # a process is starting: nothing else tells when it is there
    raise AssertionError(f"the demo did not come up: {log.read_text()[-3000:]}")


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The machine's own Chromium; nothing is downloaded."""
    found = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    quiet = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"]
    # A page a test hands to the browser itself comes from no address, and such a page may not frame one of this machine.
    quiet.append("--disable-features=LocalNetworkAccessChecks")
    return browser_type_launch_args | ({"executable_path": found} if found else {}) | {"args": quiet}


@pytest.fixture
def email() -> str:
    """Every shopper is somebody new."""
    return f"shopper-{secrets.token_hex(6)}@example.com"


def check_again(where: Page | FrameLocator) -> None:
    """Press Check again, unless what was asked for before is already on its way and takes the button with it."""
    with suppress(NobodyThere):
        where.get_by_role("button", name="Check again").click(timeout=2_000)


class Journey:
    """One shopper with one browser window."""

    def __init__(self, demo: Demo, page: Page, email: str) -> None:
        self.demo, self.page, self.email = demo, page, email
        self.problems: list[str] = []
        page.on("console", self._note)
        page.on("pageerror", lambda error: self.problems.append(str(error)))

    def _note(self, message: Any) -> None:
        if message.type == "error" and "favicon" not in message.location.get("url", ""):
            self.problems.append(f"{message.text} {message.location}")

    def buy(self, product: str = "pdt_course", card: str = GOOD) -> None:
        """From the shop's product page through the hosted checkout to the thank-you page."""
        self.page.goto(f"{self.demo.shop}/product/{product}")
        self.page.get_by_role("button", name="Buy").click()
        self.pay(card)

    def pay(self, card: str = GOOD, *, name: str = "Sam Shopper") -> None:
        """Fill in the hosted checkout's card form and press Pay."""
        page = self.page
        if page.get_by_label("Another card").count():
            page.get_by_label("Another card").check()
        page.get_by_label("E-mail").fill(self.email)
        page.get_by_label("Full name").fill(name)
        page.get_by_label("Card number").fill(card)
        page.get_by_label("Expiry").fill("06/32")
        page.get_by_label("Security code").fill("123")
        page.get_by_role("button", name="Pay $").click()

    @property
    def frame(self) -> FrameLocator:
        """Encore's frame on the shop's page."""
        return self.page.frame_locator("encore-offer iframe, iframe.plain")

    def expect_state(self, state: str, *, seconds: float = 15) -> None:
        """The card reaches this state by itself."""
        expect(self.frame.locator("#encore-offer")).to_have_attribute("data-state", state, timeout=seconds * 1000)

    def check_again_until(self, state: str) -> None:
        """Without a script nothing comes by itself: press Check again until the card is in this state."""
        card = self.frame.locator("#encore-offer")
        for _ in range(30):
            expect(card).to_be_visible()
            if card.get_attribute("data-state") == state:
                return
            check_again(self.frame)
        raise AssertionError(f"still {card.get_attribute('data-state')}")

    def paid(self) -> list[dict[str, Any]]:
        return self.demo.ours(self.email)

    def assert_quiet(self) -> None:
        """No script error and no violated policy on the way."""
        assert self.problems == []


@pytest.fixture
def journey(demo: Demo, page: Page, email: str) -> Journey:
    """A shopper with JavaScript, without third-party cookies (the driver's default)."""
    return Journey(demo, page, email)


@pytest.fixture
def plain_journey(demo: Demo, browser: Browser, email: str) -> Iterator[Journey]:
    """A shopper with JavaScript switched off."""
    context: BrowserContext = browser.new_context(java_script_enabled=False)
    yield Journey(demo, context.new_page(), email)
    context.close()


@pytest.fixture
def open_window(browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """Further windows of any size or preference."""
    opened: list[BrowserContext] = []

    def make(**wanted: Any) -> BrowserContext:
        opened.append(browser.new_context(**wanted))
        return opened[-1]

    yield make
    for context in opened:
        context.close()

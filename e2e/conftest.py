"""The three processes of the demo, a real Chromium, and shoppers who type their own cards."""

import secrets
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, FrameLocator, Page, expect
from playwright.sync_api import TimeoutError as NobodyThere

from e2e.running import BROWSER, GOOD, QUIET, Demo, a_demo


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """`encore demo` on free ports, ended as Ctrl-C ends it."""
    with a_demo(tmp_path_factory.mktemp("demo")) as running:
        yield running


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The machine's own Chromium; nothing is downloaded."""
    return browser_type_launch_args | ({"executable_path": BROWSER} if BROWSER else {}) | {"args": QUIET}


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

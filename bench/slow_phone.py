"""A Chromium slowed down to a phone, and what is measured of one opening of a page in it."""

import os
import shutil
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Browser, Frame, Page, Playwright

PHONE = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2, "is_mobile": True, "has_touch": True}
SLOW_4G = {"offline": False, "latency": 150, "downloadThroughput": 1_600_000 / 8, "uploadThroughput": 750_000 / 8}
SLOWER = 4
# Frames stay in the page's process, so that both are slowed.
FLAGS = [
    "--disable-features=IsolateOrigins,site-per-process,LocalNetworkAccessChecks",
    "--disable-site-isolation-trials",
]

HOST = """<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Thank you</title><style>body{{font:16px system-ui;margin:16px}}iframe{{border:0;width:100%;height:{reserve}px}}</style></head>
<body><h1>Thank you</h1>
<script>window.begun = performance.timeOrigin + performance.now();</script>
{snippet}
<p>What you bought is on its way.</p></body></html>"""

# In every document from its first moment: what moved without a press, what moved it, and how long a press waited for its paint.
WATCH = """(() => {
  window.shifts = 0; window.answered = 0; window.moved = [];
  const name = node => node ? (node.id || node.className || node.nodeName) : '';
  new PerformanceObserver(list => list.getEntries().forEach(entry => {
    if (entry.hadRecentInput) return;
    window.shifts += entry.value;
    for (const one of entry.sources) {
      const from = one.previousRect, to = one.currentRect;
      window.moved.push(`${name(one.node)} ${from.x},${from.y} ${from.width}×${from.height} → ${to.x},${to.y} ${to.width}×${to.height}`);
    }
  })).observe({type: 'layout-shift', buffered: true});
  new PerformanceObserver(list => list.getEntries().forEach(entry => {
    window.answered = Math.max(window.answered, entry.duration);
  })).observe({type: 'event', durationThreshold: 16, buffered: true});
})()"""
PAINTED = """() => {
  const paint = performance.getEntriesByName("first-contentful-paint")[0];
  return paint ? performance.timeOrigin + paint.startTime : 0;
}"""


def launch(playwright: Playwright) -> Browser:
    """The machine's own Chromium."""
    found = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    return playwright.chromium.launch(executable_path=found, args=FLAGS)


class Opened:
    """One opening of a host page with nothing of ours in any cache, from the snippet to the answer to a press.

    `home` is where the measured frame comes from, `ready` a selector that is there when it can be used, `press` what is pressed.
    """

    def __init__(self, browser: Browser, host: str, html: str, *, home: str, ready: str, press: str) -> None:
        context = browser.new_context(**PHONE)
        context.add_init_script(WATCH)
        page = context.new_page()
        page.route(host, lambda route: route.fulfill(body=html, content_type="text/html"))
        self._requests: dict[str, dict[str, Any]] = {}
        self._slow(page)
        page.goto(host)
        frame = self._frame(page, home)
        frame.wait_for_selector(ready)
        page.wait_for_timeout(1_500)  # pictures and late shifts
        self.painted_ms = frame.evaluate(PAINTED) - page.evaluate("window.begun")
        self.seen = [one for one in self._requests.values() if one["url"].startswith(home)]
        self.shift = page.evaluate("window.shifts") + frame.evaluate("window.shifts")
        self.moved = page.evaluate("window.moved") + frame.evaluate("window.moved")
        frame.locator(press).first.tap()
        page.wait_for_timeout(1_500)
        self.answered_ms = frame.evaluate("window.answered")
        context.close()

    def weight(self, counted: Callable[[str], bool]) -> tuple[int, float]:
        """How many requests whose address counts, and their kilobytes as they came over the line."""
        found = [one for one in self.seen if counted(one["url"])]
        return len(found), sum(one["bytes"] for one in found) / 1000

    def _slow(self, page: Page) -> None:
        cdp = page.context.new_cdp_session(page)
        cdp.send("Network.enable")
        cdp.send("Network.emulateNetworkConditions", SLOW_4G)
        cdp.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
        cdp.on(
            "Network.requestWillBeSent",
            lambda e: self._requests.setdefault(e["requestId"], {"url": e["request"]["url"], "bytes": 0}),
        )
        cdp.on("Network.loadingFinished", self._finished)

    def _finished(self, event: dict[str, Any]) -> None:
        if event["requestId"] in self._requests:
            self._requests[event["requestId"]]["bytes"] = event["encodedDataLength"]

    def _frame(self, page: Page, home: str) -> Frame:
        page.wait_for_selector("iframe")
        for _ in range(200):
            found = [frame for frame in page.frames if frame.url.startswith(home)]
            if found:
                return found[0]
            page.wait_for_timeout(20)
        raise AssertionError("the frame never came")

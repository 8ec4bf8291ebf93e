"""What a shopper's phone feels, measured in Chromium slowed down to one: `python bench/phone.py [--runs 5]`.

Network as slow 4G (1.6 Mbit/s down, 750 kbit/s up, 150 ms there and back), processor four times slower. The host page itself is there at
once: what is measured is ours, from the moment the page runs the snippet. Frames stay in the page's process, so that both are slowed.
"""

import argparse
import json
import os
import platform
import secrets
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import jwt
from playwright.sync_api import Browser, Frame, Page, sync_playwright

PHONE = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2, "is_mobile": True, "has_touch": True}
SLOW_4G = {"offline": False, "latency": 150, "downloadThroughput": 1_600_000 / 8, "uploadThroughput": 750_000 / 8}
SLOWER = 4
PORTS = (8470, 8471, 8472)
SHOPPERS = ("cus_nadia", "cus_otto", "cus_rex", "cus_uma", "cus_lena")  # one run each: who said no is not asked again

HOST = """<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Thank you</title><style>body{{font:16px system-ui;margin:16px}}</style></head><body><h1>Thank you</h1>
<script>
  window.shifts = 0;
  new PerformanceObserver(function (list) {{
    list.getEntries().forEach(function (entry) {{ if (!entry.hadRecentInput) window.shifts += entry.value; }});
  }}).observe({{type: "layout-shift", buffered: true}});
  window.begun = performance.timeOrigin + performance.now();
</script>
<script src="{encore}/embed.js" async></script>
<{element} ticket="{ticket}"></{element}>
<p>What you bought is on its way.</p></body></html>"""

INSIDE = """() => {
  window.shifts = 0; window.answered = 0;
  new PerformanceObserver(list => list.getEntries().forEach(entry => { if (!entry.hadRecentInput) window.shifts += entry.value; }))
    .observe({type: "layout-shift", buffered: true});
  new PerformanceObserver(list => list.getEntries().forEach(entry => { window.answered = Math.max(window.answered, entry.duration); }))
    .observe({type: "event", durationThreshold: 16, buffered: true});
}"""
PAINTED = """() => {
  const paint = performance.getEntriesByName("first-contentful-paint")[0];
  return paint ? performance.timeOrigin + paint.startTime : 0;
}"""


@contextmanager
def demo(folder: Path) -> Iterator[tuple[str, str, str]]:
    """`encore demo` while the block runs: the addresses of Encore, the sandbox and the shop."""
    words = [
        "--port",
        str(PORTS[0]),
        "--sandbox-port",
        str(PORTS[1]),
        "--shop-port",
        str(PORTS[2]),
        "--data",
        str(folder),
    ]
    with (folder / "log.txt").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "widget", "demo", *words], stdout=log, stderr=log, stdin=subprocess.DEVNULL
        )
        try:
            shop = f"http://127.0.0.1:{PORTS[2]}"
            for _ in range(600):
                try:
                    if httpx.get(shop, timeout=2).status_code == 200:
                        break
                except httpx.HTTPError:
                    pass
                time.sleep(0.1)  # a process is starting: nothing else tells when it is there
            yield f"http://127.0.0.1:{PORTS[0]}", f"http://127.0.0.1:{PORTS[1]}", f"http://shop.localhost:{PORTS[2]}"
        finally:
            process.terminate()
            process.wait(timeout=30)


def ticket(folder: Path, audience: str, customer: str, **more: str) -> str:
    """As a merchant's server mints it."""
    now = int(time.time())
    claims = {"aud": audience, "sub": customer, "iat": now, "exp": now + 900, "jti": secrets.token_urlsafe(16)} | more
    return jwt.encode(claims, (folder / "signing-key").read_text().strip(), algorithm="HS256")


class Measured:
    """One opening of a page, from the snippet to the answer to a press."""

    def __init__(self, browser: Browser, shop: str, html: str, *, press: str) -> None:
        context = browser.new_context(**PHONE)
        page = context.new_page()
        page.route(f"{shop}/host", lambda route: route.fulfill(body=html, content_type="text/html"))
        self._requests: dict[str, dict[str, Any]] = {}
        self._slow(page)
        page.goto(f"{shop}/host")
        frame = self._frame(page)
        frame.wait_for_selector("#encore-offer[data-state=open], #encore-plans[data-state=choices]")
        frame.evaluate(INSIDE)
        page.wait_for_timeout(1_500)  # pictures and late shifts
        self.painted_ms = frame.evaluate(PAINTED) - page.evaluate("window.begun")
        seen = [one for one in self._requests.values() if not one["url"].startswith(shop)]
        ours = [one for one in seen if "/a/image/" not in one["url"] and "/embed.js" not in one["url"]]
        self.requests, self.kilobytes = len(ours), sum(one["bytes"] for one in ours) / 1000
        self.snippet_kilobytes = sum(one["bytes"] for one in seen if "/embed.js" in one["url"]) / 1000
        self.shift = page.evaluate("window.shifts") + frame.evaluate("window.shifts")
        frame.locator(press).first.tap()
        page.wait_for_timeout(1_500)
        self.answered_ms = frame.evaluate("window.answered")
        context.close()

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

    def _frame(self, page: Page) -> Frame:
        page.wait_for_selector("iframe")
        for _ in range(200):
            found = [frame for frame in page.frames if "/embed/" in frame.url]
            if found:
                return found[0]
            page.wait_for_timeout(20)
        raise AssertionError("no frame of ours")


def told(name: str, runs: list[Measured]) -> dict[str, Any]:
    """The middle of the runs; weights are the same in all of them."""
    return {
        "page": name,
        "painted_ms": round(statistics.median(run.painted_ms for run in runs)),
        "answered_ms": round(statistics.median(run.answered_ms for run in runs)),
        "layout_shift": round(max(run.shift for run in runs), 4),
        "requests": runs[0].requests,
        "kilobytes": round(runs[0].kilobytes, 1),
        "snippet_kilobytes": round(runs[0].snippet_kilobytes, 1),
    }


def main(runs: int) -> None:
    """A table on standard output, and the same as JSON on its last line."""
    folder = Path(tempfile.mkdtemp(prefix="encore-phone-"))
    with demo(folder) as (encore, sandbox, shop), sync_playwright() as playwright:
        flags = [
            "--disable-features=IsolateOrigins,site-per-process,LocalNetworkAccessChecks",
            "--disable-site-isolation-trials",
        ]
        chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
        browser = playwright.chromium.launch(executable_path=chromium, args=flags)
        cards, panels = [], []
        for who in SHOPPERS[:runs]:
            bought = httpx.post(
                f"{sandbox}/_sandbox/purchases", json={"customer_id": who, "product_id": "pdt_course"}, timeout=30
            ).json()
            made = ticket(folder, "encore/offer", who, payment_id=bought["payment_id"])
            warm = ticket(folder, "encore/offer", who, payment_id=bought["payment_id"])
            httpx.get(
                f"{encore}/embed/offer/{warm}", timeout=30
            )  # the webhook has prepared it by the time the shopper is back
            html = HOST.format(encore=encore, element="encore-offer", ticket=made)
            cards.append(Measured(browser, shop, html, press="button.decline"))
            plan = httpx.post(
                f"{sandbox}/_sandbox/purchases", json={"customer_id": who, "product_id": "pdt_basic"}, timeout=30
            ).json()
            made = ticket(folder, "encore/plans", who, subscription_id=plan["subscription_id"])
            html = HOST.format(encore=encore, element="encore-plans", ticket=made)
            panels.append(
                Measured(browser, shop, html, press="button.accept[name=product], button.decline[name=product]")
            )
        browser.close()
    found = [told("offer", cards), told("plan panel", panels)]
    print(
        f"{runs} runs each, {datetime.now(UTC):%Y-%m-%d}, {platform.machine()}, {os.cpu_count()} cores, Chromium {chromium}"
    )
    print(f"{'page':12}{'painted':>10}{'answered':>10}{'shift':>8}{'requests':>10}{'weight':>9}{'snippet':>9}")
    for one in found:
        print(
            f"{one['page']:12}{one['painted_ms']:>7} ms{one['answered_ms']:>7} ms{one['layout_shift']:>8}{one['requests']:>10}"
            f"{one['kilobytes']:>6} kB{one['snippet_kilobytes']:>6} kB"
        )
    print(json.dumps(found))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=5, choices=range(1, 6))
    main(parser.parse_args().runs)

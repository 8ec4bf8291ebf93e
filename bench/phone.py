"""What a shopper's phone feels, measured in Chromium slowed down to one: `python -m bench.phone [--runs 5] [--write]`.

Network as slow 4G (1.6 Mbit/s down, 750 kbit/s up, 150 ms there and back), processor four times slower. The host page itself is there at
once: what is measured is ours, from the moment the page runs the snippet. Beside it stand other ways to bring the same card, from packages
fetched from npm (bench/alternatives.py; `--alone` leaves them out). `--write` puts the tables into docs/figures/phone.md.
"""

import argparse
import json
import os
import platform
import secrets
import socket
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

import brotli
import httpx
import jwt
from playwright.sync_api import Browser, sync_playwright

from bench.alternatives import LIST, Alternative, fetched, served
from bench.slow_phone import HOST, Opened, launch

SHOPPERS = ("cus_nadia", "cus_otto", "cus_rex", "cus_uma", "cus_lena")  # one run each: who said no is not asked again
FIGURES = Path(__file__).parents[1] / "docs/figures/phone.md"
COLUMNS = ("painted_ms", "answered_ms", "layout_shift", "requests", "kilobytes")


@contextmanager
def demo(folder: Path) -> Iterator[tuple[str, str, str]]:
    """`encore demo` while the block runs: the addresses of Encore, the sandbox and the shop."""
    ports = [_free_port() for _ in range(3)]
    words = ["--port", ports[0], "--sandbox-port", ports[1], "--shop-port", ports[2], "--data", str(folder)]
    with (folder / "log.txt").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "widget", "demo", *words], stdout=log, stderr=log, stdin=subprocess.DEVNULL
        )
        try:
            for _ in range(1200):
                try:
                    if httpx.get(f"http://127.0.0.1:{ports[2]}", timeout=2).status_code == 200:
                        break
                except httpx.HTTPError:
                    pass
                time.sleep(0.1)  # a process is starting: nothing else tells when it is there
            yield f"http://127.0.0.1:{ports[0]}", f"http://127.0.0.1:{ports[1]}", f"http://shop.localhost:{ports[2]}"
        finally:
            process.terminate()
            process.wait(timeout=30)


def _free_port() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


def ticket(folder: Path, audience: str, customer: str, **more: str) -> str:
    """As a merchant's server mints it."""
    now = int(time.time())
    claims = {"aud": audience, "sub": customer, "iat": now, "exp": now + 900, "jti": secrets.token_urlsafe(16)} | more
    return jwt.encode(claims, (folder / "signing-key").read_text().strip(), algorithm="HS256")


def told(name: str, runs: list[Opened]) -> dict[str, Any]:
    """The middle of the runs, the worst of them for the shift; weights are the same in all of them."""
    requests, kilobytes = runs[0].weight(lambda url: "/a/image/" not in url and "/embed.js" not in url)
    return {
        "page": name,
        "painted_ms": round(statistics.median(run.painted_ms for run in runs)),
        "answered_ms": round(statistics.median(run.answered_ms for run in runs)),
        "layout_shift": round(max(run.shift for run in runs), 4),
        "requests": requests,
        "kilobytes": round(kilobytes, 1),
        "snippet_kilobytes": round(runs[0].weight(lambda url: "/embed.js" in url)[1], 1),
        "moved": sorted({move for run in runs for move in run.moved}),
    }


def ours(browser: Browser, runs: int) -> list[dict[str, Any]]:
    """The offer and the plan panel, in a shop on another site."""
    folder, cards, panels = Path(tempfile.mkdtemp(prefix="encore-phone-")), list[Opened](), list[Opened]()
    with demo(folder) as (encore, sandbox, shop):

        def opened(element: str, ticket: str, *, ready: str, press: str) -> Opened:
            snippet = f'<script src="{encore}/embed.js" async></script><{element} ticket="{ticket}"></{element}>'
            html = HOST.format(snippet=snippet, reserve=0)
            return Opened(browser, f"{shop}/host", html, home=encore, ready=ready, press=press)

        def bought(who: str, product: str) -> dict[str, Any]:
            body = {"customer_id": who, "product_id": product}
            return httpx.post(f"{sandbox}/_sandbox/purchases", json=body, timeout=30).json()

        for who in SHOPPERS[:runs]:
            payment = bought(who, "pdt_course")["payment_id"]
            # The webhook has prepared it by the time the shopper is back.
            httpx.get(
                f"{encore}/embed/offer/{ticket(folder, 'encore/offer', who, payment_id=payment)}", timeout=30
            ).raise_for_status()
            made = ticket(folder, "encore/offer", who, payment_id=payment)
            cards.append(opened("encore-offer", made, ready="[data-state=open]", press="button.decline"))
            plan = bought(who, "pdt_basic")["subscription_id"]
            made = ticket(folder, "encore/plans", who, subscription_id=plan)
            panels.append(
                opened("encore-plans", made, ready="[data-state=choices]", press=".option button[name=product]")
            )
    return [told("Encore, offer", cards), told("Encore, plan panel", panels)]


def theirs(browser: Browser, runs: int) -> list[dict[str, Any]]:
    """Every alternative: measured where it shows a card, weighed where it is a loader."""
    folder = Path(tempfile.mkdtemp(prefix="encore-alternatives-"))
    return [_one(browser, one, fetched(one, folder), runs) for one in LIST]


def _one(browser: Browser, one: Alternative, files: dict[str, bytes], runs: int) -> dict[str, Any]:
    scripts = {"page": one.name, "packages": sorted({name.strip() for name in one.files})}
    scripts["script_kilobytes"] = round(sum(len(brotli.compress(body)) for body in files.values()) / 1000, 1)
    if not one.page:
        return scripts
    with served(one, files) as home:
        html = HOST.format(snippet=f'<iframe src="{home}/" title="An offer"></iframe>', reserve=600)
        found = [
            Opened(browser, "http://shop.localhost:1/host", html, home=home, ready=".decline", press="button.decline")
            for _ in range(runs)
        ]
    return told(one.name, found) | scripts


def cells(one: dict[str, Any]) -> list[str]:
    """A row of the table; what cannot be measured has a dash."""
    units = {"painted_ms": " ms", "answered_ms": " ms", "kilobytes": " kB"}
    found = [f"{one[name]}{units.get(name, '')}" if name in one else "–" for name in COLUMNS]
    return [one["page"], *found, f"{one['script_kilobytes']} kB" if "script_kilobytes" in one else "–"]


HEAD = ["page", "painted", "press answered", "layout shift", "requests", "weight", "of it packages"]


def written(found: list[dict[str, Any]], runs: int, chromium: str) -> str:
    """The page of figures."""
    rows = [HEAD, ["---"] * len(HEAD), *(cells(one) for one in found)]
    packages = "\n".join(
        f"- {one['page']}: {', '.join(f'`{name}`' for name in one['packages'])}" for one in found if "packages" in one
    )
    return f"""# Figures of a phone

Written by `python -m bench.phone --write`; what they mean and how they are measured: [speed](../speed.md). {runs} runs each, the middle of them (the worst for the
layout shift), {datetime.now(UTC):%Y-%m-%d}, {platform.machine()}, {os.cpu_count()} cores, Chromium {chromium}.
The machine had {os.getloadavg()[0]:.0f} processes waiting for these cores: above two, milliseconds are too long and only weights and ratios count.

{chr(10).join(f"| {' | '.join(row)} |" for row in rows)}

The other ways, as npm has them:

{packages}
"""


def main(runs: int, *, alone: bool, write: bool) -> None:
    """A table on standard output, and the same as JSON on its last line."""
    with sync_playwright() as playwright:
        browser = launch(playwright)
        found = ours(browser, runs) + ([] if alone else theirs(browser, runs))
        version = browser.version
        browser.close()
    for row in [HEAD, *map(cells, found)]:
        print(f"{row[0]:42}" + "".join(f"{cell:>16}" for cell in row[1:]))
    if write:
        FIGURES.write_text(written(found, runs, version))
    print(json.dumps(found))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=5, choices=range(1, 6))
    parser.add_argument("--alone", action="store_true", help="Encore only: nothing is fetched")
    parser.add_argument("--write", action="store_true", help="put the tables into docs/figures/phone.md")
    arguments = parser.parse_args()
    main(arguments.runs, alone=arguments.alone, write=arguments.write)

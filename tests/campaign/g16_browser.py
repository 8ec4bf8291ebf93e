"""G-16: in a real browser three clicks send one press, and whatever the page around does ends in a sale or a clear sentence."""

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
from playwright.sync_api import Page, sync_playwright

from e2e import around, clicks
from e2e.running import BROWSER, QUIET, Demo, a_demo
from tests.campaign.figure import Figure, Tally, measuring, scaled
from tests.campaign.spread import spread

GOAL = (
    "0 second POSTs and 0 second charges in 1,000 triple clicks of six kinds; 11 of 11 covers are told with the press; 4 of 4 "
    "ancestries, 18 of 18 isolations, 7 of 7 sandboxes, no cookies and no JavaScript end in a sale, in a clear sentence, or, "
    "framed by strangers, in nothing of ours"
)
ENGINES = ("sqlite",)
ELSEWHERE = "e2e/test_pages_around.py"  # and test_clickjacking.py, for the covers
_PART = 100  # triple clicks in one browser's life
_NO_COOKIES = {"profile": {"default_content_setting_values": {"cookies": 2}}}
_CASES: dict[str, tuple[Callable[[Demo, Page], list[str]], int]] = {
    "covers": (around.visibility, len(around.COVERS)),
    "ancestries": (around.ancestors, 4),
    "isolations": (around.isolation, len(list(around.combinations()))),
    "sandboxes": (around.boxes, len(around.BOXES)),
}


def run(size: str, seed: int, engine: str) -> Figure:
    many = scaled(size, push=50, night=1_000)
    with (
        measuring("G-16", GOAL, size, seed, engine) as tally,
        tempfile.TemporaryDirectory() as folder,
        a_demo(Path(folder)) as demo,
    ):
        _around(tally, demo, Path(folder) / "profile")
        seeds = range(seed, seed + many)
        for counted, wrong in spread(_clicks, seeds, demo, part=min(_PART, many)):
            tally.count("triple clicks", counted)
            for which, said in wrong:
                tally.wrong(which, said)
    return tally.figure()


def _around(tally: Tally, demo: Demo, profile: Path) -> None:
    """Each set of cases in a window of its own."""
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=BROWSER, args=QUIET)
        tally.facts["browser"] = f"Chromium {browser.version}"
        for name, (cases, many) in _CASES.items():
            _told(tally, name, many, cases(demo, browser.new_page()))
        _told(tally, "without JavaScript", 1, around.plain(demo, browser.new_page(java_script_enabled=False)))
        browser.close()
        _without_cookies(tally, demo, driver, profile)


def _without_cookies(tally: Tally, demo: Demo, driver: Any, profile: Path) -> None:
    """A browser whose owner allows no cookie and no storage to anybody."""
    (profile / "Default").mkdir(parents=True)
    (profile / "Default/Preferences").write_bytes(msgspec.json.encode(_NO_COOKIES))
    window = driver.chromium.launch_persistent_context(profile, executable_path=BROWSER, args=QUIET)
    page = window.new_page()
    wrong = around.plain(demo, page)
    if page.evaluate("() => { document.cookie = 'a=1'; return document.cookie }"):
        wrong.append("this browser does take cookies")
    _told(tally, "without cookies", 1, wrong)
    window.close()


def _told(tally: Tally, name: str, many: int, wrong: list[str]) -> None:
    tally.count(name, many)
    for said in wrong:
        tally.wrong(tally.seed, f"{name}: {said}")


def _clicks(seeds: range, demo: Demo) -> tuple[int, list[tuple[int, str]]]:
    """A part of the triple clicks, in a browser of their own."""
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=BROWSER, args=QUIET)
        page = browser.new_context(viewport=clicks.WINDOW, has_touch=True).new_page()
        found = clicks.triple_clicks(demo, page, seeds)
        browser.close()
    return len(seeds), found

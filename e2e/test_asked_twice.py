"""Where a press alone is not the end: the box that nobody has ticked, and the press that is taken back, by the keyboard."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from e2e.conftest import Demo
from e2e.test_announcements import LISTEN, Listener
from e2e.test_plans import Subscriber

DEMO_OFFERS = (Path(__file__).parents[1] / "widget/demo/offers.toml").read_text()
OFFERS = """
[consent]
agree_in = { US = "box" }

[[offer]]
name = "studio"
product = "pdt_basic"
repeats = "always"
[offer.rule]
bought_any = ["pdt_course"]
[offer.texts]
headline = "Paint on in the studio"

[[offer]]
name = "workbook"
product = "pdt_workbook"
repeats = "always"
undo_seconds = 15
[offer.rule]
bought_any = ["pdt_brushes"]
[offer.texts]
headline = "Forty exercises"

[[plan_family]]
name = "studio"
[[plan_family.plan]]
product = "pdt_lite"
[[plan_family.plan]]
product = "pdt_basic"
[[plan_family.plan]]
product = "pdt_pro"
"""
MISSING = "Please tick the box if you agree. Nothing was charged."


@pytest.fixture(scope="module")
def asking(demo: Demo) -> Iterator[Demo]:
    """The demo with these offers in force, and then again with its own."""
    own = {name: value for name, value in os.environ.items() if not name.startswith(("ENCORE_", "DODO_"))}

    def put(text: str) -> None:
        subprocess.run(
            [sys.executable, "-m", "widget", "offers", "apply", "-", "--offline"], input=text, text=True, check=True,
            env=own | {"ENCORE_DATABASE_URL": f"sqlite:///{demo.data / 'encore.db'}"}, timeout=60,
            cwd=Path(__file__).parents[1],
        )  # fmt: skip

    put(OFFERS)
    yield demo
    put(DEMO_OFFERS)


def opened(demo: Demo, page: Page, product: str) -> None:
    """Nadia's card after she bought this, in a window of its own."""
    payment = demo.control("purchases", {"customer_id": "cus_nadia", "product_id": product})
    page.goto(f"{demo.encore}/embed/offer/{demo.ticket(payment)}")
    reaches(page, "open")


def without_the_browsers_own_check(page: Page) -> None:
    """As a browser or a tool that does not hold `required`: the press is sent, and the server has the word."""
    page.locator("#encore-agreed").evaluate("box => { box.required = false }")


def presses_untold(page: Page, button: re.Pattern[str], *, script: bool) -> None:
    """Nobody has ticked it; pressed all the same, the box is said, marked and found."""
    box, pay = page.locator("#encore-agreed"), page.get_by_role("button", name=button)
    expect(box).not_to_be_checked()
    expect(box).not_to_have_attribute("aria-invalid", "true")
    pay.press("Enter")
    expect(box).to_be_focused()  # the browser itself asks for it, and sends nothing
    without_the_browsers_own_check(page)
    pay.press("Enter")
    expect(page.locator("#encore-status")).to_have_text(MISSING)
    expect(box).to_have_attribute("aria-invalid", "true")
    expect(box).to_be_focused()
    expect(box).to_have_accessible_description(MISSING)
    expect(box).not_to_be_checked()
    assert page.locator("html").get_attribute("data-moved") == ("" if script else None)
    page.keyboard.press("Space")
    pay.press("Enter")


@pytest.mark.parametrize("script", [True, False])
def test_a_subscription_pressed_without_the_tick_says_so_at_the_box_and_with_it_is_paid_once(
    asking, open_window, script
):
    page = open_window(java_script_enabled=script).new_page()
    before = len(asking.ours("nadia@example.com"))
    opened(asking, page, "pdt_course")
    page.get_by_role("button", name=re.compile("^Continue")).press("Enter")
    presses_untold(page, re.compile("^Subscribe and pay"), script=script)
    reaches(page, "paid")
    assert len(asking.ours("nadia@example.com")) == before + 1


@pytest.mark.parametrize("script", [True, False])
def test_a_change_of_plan_pressed_without_the_tick_says_so_at_the_box_and_with_it_is_made_once(
    asking, open_window, script
):
    page = open_window(java_script_enabled=script).new_page()
    who = Subscriber(asking, page, "nadia", "pdt_lite").open()
    page.get_by_role("button", name="Change to Pro", exact=True).press("Enter")
    who.expect_state("quote")
    presses_untold(page, re.compile(r"^Pay \$"), script=script)
    reaches(page, "changed")
    assert len(who.paid()) == 1


def reaches(page: Page, state: str) -> None:
    """By itself, or by Check again where nothing comes by itself."""
    root = page.locator("#encore-offer, #encore-plans")
    for _ in range(30):
        expect(root).to_be_visible()
        if root.get_attribute("data-state") == state:
            break
        again = page.locator("noscript button, .poll button")
        if page.evaluate("typeof window.htmx === 'undefined'") and again.count():
            again.first.click()
    expect(root).to_have_attribute("data-state", state, timeout=20_000)


def test_a_press_is_taken_back_by_the_keyboard_alone_and_told_once(asking, open_window):
    window = open_window(reduced_motion="reduce")
    window.add_init_script(LISTEN)
    page = window.new_page()
    before = asking.ours("nadia@example.com")
    opened(asking, page, "pdt_brushes")
    ear, title = Listener(page), page.locator("#encore-title")
    tab_to(page, ear, "Pay $19.00 now")
    page.keyboard.press("Enter")
    expect(title).to_have_text("You will be charged in a moment")
    expect(title).to_be_focused()
    (waits,) = ear.heard()
    assert re.fullmatch(r"\$19\.00 with Visa ···· \d{4}\. Until then you can take it back\.", waits)
    page.keyboard.press("Tab")
    assert ear.focus() == "Undo"  # the very next stop after the heading
    page.keyboard.press("Enter")
    ear.sees("open", "Taken back. Nothing was charged.")
    assert ear.heard() == ["Taken back. Nothing was charged."]
    expect(title).to_be_focused()
    expect(page.get_by_role("button", name="Undo")).to_have_count(0)
    assert ear.tree() == [("status", "polite", True)]
    assert asking.ours("nadia@example.com") == before
    tab_to(page, ear, "Pay $19.00 now")  # and from there the offer is as open as before


def tab_to(page: Page, ear: Listener, name: str) -> None:
    for _ in range(20):
        page.keyboard.press("Tab")
        if ear.focus() == name:
            return
    raise AssertionError(f"the keyboard never came to {name}")

"""Without pictures, cookies, styles, scripts that come late, or a new browser: the yes, the no and the plan still end well."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from e2e.conftest import Journey
from e2e.test_plans import Subscriber


def no_pictures(page: Page) -> None:
    page.route(re.compile("/a/image/"), lambda route: route.abort())


def no_styles(page: Page) -> None:
    """A style sheet that never comes, as behind a filter or in a tunnel."""
    page.route(re.compile(r"\.css$"), lambda route: route.abort())


def no_scripts_of_ours(page: Page) -> None:
    """The frame's script never comes though the browser would run it: forms do what forms do."""
    page.route(re.compile(r"/frame\.js$"), lambda route: route.abort())


def an_old_browser(page: Page) -> None:
    """No `:has`, no `oklch`, no `color-mix`, no transitions of views, no popovers: a browser of some years ago."""

    def older(route: Route) -> None:
        answer = route.fetch()
        text = re.sub(r"[^{}]*:has\([^{}]*\{[^{}]*\}", "", answer.text())
        route.fulfill(response=answer, body=re.sub(r"oklch\([^)]*\)|color-mix\([^;]*\)", "unknown()", text))

    page.route(re.compile(r"/a/[0-9a-f]+/\w+\.css$"), older)
    page.add_init_script(
        "delete Document.prototype.startViewTransition; delete HTMLElement.prototype.togglePopover;"
        "delete Array.prototype.at; delete Object.hasOwn; window.CSSLayerBlockRule = undefined;"
    )


WITHOUT = pytest.mark.parametrize("without", [no_pictures, no_styles, no_scripts_of_ours, an_old_browser])


@WITHOUT
def test_one_click_still_owns_the_second_thing_once(journey: Journey, without: Callable[[Page], None]):
    without(journey.page)
    journey.buy()
    journey.expect_state("open")
    journey.frame.get_by_role("button", name="Pay $19.00 now").click()
    if without is no_scripts_of_ours:
        journey.check_again_until("paid")
    journey.expect_state("paid")
    assert [row["amount"] for row in journey.paid()] == [1900]


@WITHOUT
def test_no_is_still_no(journey: Journey, without: Callable[[Page], None]):
    without(journey.page)
    journey.buy()
    journey.expect_state("open")
    for _ in range(2):  # the chain: the cheaper thing comes after the first no
        journey.frame.get_by_role("button", name="No thanks, continue").click()
    journey.expect_state("declined")
    assert journey.paid() == []


@WITHOUT
def test_a_plan_is_still_changed_at_the_price_on_the_button(demo, page: Page, without: Callable[[Page], None]):
    without(page)
    who = Subscriber(demo, page, "nadia", "pdt_basic").open()
    who.page.locator('button[name="product"][value="pdt_pro"]').click()
    who.expect_state("quote")
    wanted = who.shown()
    who.press(re.compile(r"^Pay \$"))
    for _ in range(30):
        if page.locator("#encore-plans").get_attribute("data-state") == "changed":
            break
        again = page.get_by_role("button", name="Check again")
        if without is no_scripts_of_ours and again.count():
            again.click()
    who.expect_state("changed")
    (row,) = who.paid()
    assert row["amount"] <= wanted


def test_no_cookie_is_set_or_needed_in_a_frame(journey: Journey):
    """Browsers block them there: our origin sets none, and what the shop sets is not ours."""
    journey.buy()
    journey.expect_state("open")
    journey.frame.get_by_role("button", name="Pay $19.00 now").click()
    journey.expect_state("paid")
    assert journey.page.context.cookies(journey.demo.encore) == []


def test_the_receipt_prints_black_on_white(journey: Journey):
    journey.buy()
    journey.expect_state("open")
    journey.frame.get_by_role("button", name="Pay $19.00 now").click()
    journey.expect_state("paid")
    journey.page.emulate_media(media="print")
    expect(journey.frame.get_by_text("Total paid")).to_be_visible()
    ground = journey.frame.locator("#encore-offer").evaluate("card => getComputedStyle(card).backgroundColor")
    ink = journey.frame.get_by_text("Total paid").evaluate("term => getComputedStyle(term).color")
    assert (ground, ink) == ("rgb(255, 255, 255)", "rgb(0, 0, 0)")
    expect(journey.frame.get_by_role("button")).to_have_count(0)

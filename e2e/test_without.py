"""Without JavaScript, pictures, cookies, styles in time, a whole browser or a whole frame: every journey still ends well."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from e2e.conftest import GOOD, Demo, Journey, check_again
from e2e.faces import LOST
from e2e.test_plans import Subscriber

REFUSED_LATER = "4000 0000 0000 0341"


def no_pictures_no_styles(page: Page) -> None:
    """As behind a filter or in a tunnel: what is there is words and buttons."""
    page.route(re.compile("/a/image/"), lambda route: route.abort())
    page.route(re.compile(r"\.css$"), lambda route: route.abort())


def no_scripts_of_ours(page: Page) -> None:
    """The frame's script never comes though the browser would run it: forms do what forms do."""
    page.route(re.compile(r"/frame\.js$"), lambda route: route.abort())


def no_javascript(page: Page) -> None:
    """Switched off in the browser: see the fixture."""


def an_old_browser(page: Page) -> None:
    """No `:has`, no `oklch`, no `color-mix`, no transitions of views, no popovers: a browser of some years ago."""

    def older(route: Route) -> None:
        answer = route.fetch()
        text = re.sub(r"[^{}]*(?::has\(|@view-transition|::view-transition)[^{}]*\{[^{}]*\}", "", answer.text())
        route.fulfill(response=answer, body=re.sub(r"oklch\([^)]*\)|color-mix\([^;]*\)", "unknown()", text))

    page.route(re.compile(r"/a/[0-9a-f]+/(?:[^/]+/)?\w+\.css$"), older)
    page.add_init_script(
        "delete Document.prototype.startViewTransition; delete HTMLElement.prototype.togglePopover;"
        "delete Array.prototype.at; delete Object.hasOwn; window.CSSLayerBlockRule = undefined;"
    )


BY_HAND = (no_scripts_of_ours, no_javascript)  # nothing comes by itself


@pytest.fixture(params=[no_pictures_no_styles, no_scripts_of_ours, no_javascript, an_old_browser])
def without(request: pytest.FixtureRequest) -> Callable[[Page], None]:
    """What is missing."""
    return request.param


@pytest.fixture
def window(open_window, without: Callable[[Page], None]) -> Page:
    """A browser in which it is missing. Cookies of other sites are blocked in all of them, as browsers do."""
    page = open_window(java_script_enabled=without is not no_javascript).new_page()
    without(page)
    return page


class Shopper(Journey):
    """Somebody who presses Check again where nothing comes by itself."""

    by_hand = False
    plain = (
        False  # the snippet takes a frame away in which nothing speaks: whose script is kept out comes by a plain one
    )

    def buy(self, product: str = "pdt_course", card: str = GOOD) -> None:
        if not self.plain:
            super().buy(product, card)
            return
        self.page.goto(f"{self.demo.shop}/")
        self.page.get_by_role("button", name="plain iframe").click()
        self.pay(card)

    def reaches(self, state: str) -> None:
        if self.by_hand:
            self.check_again_until(state)
        self.expect_state(state)

    def presses(self, name: str) -> None:
        self.frame.get_by_role("button", name=name).click()


@pytest.fixture
def shopper(demo: Demo, window: Page, email: str, without: Callable[[Page], None]) -> Shopper:
    made = Shopper(demo, window, email)
    made.by_hand = without in BY_HAND
    made.plain = without is no_scripts_of_ours
    return made


@pytest.mark.case("F-16")
def test_one_click_still_owns_the_second_thing_once(shopper: Shopper):
    shopper.buy()
    shopper.reaches("open")
    shopper.presses("Pay $19.00 now")
    shopper.reaches("paid")
    assert [row["amount"] for row in shopper.paid()] == [1900]


def test_no_is_still_no_and_the_chain_ends(shopper: Shopper):
    shopper.buy()
    shopper.reaches("open")
    shopper.presses("No thanks, continue")
    expect(shopper.frame.get_by_role("button", name="Pay $29.00 now")).to_be_visible()
    shopper.presses("No thanks, continue")
    shopper.reaches("declined")
    assert shopper.paid() == []


def test_a_refused_card_still_leads_to_the_checkout_and_back_to_the_truth(shopper: Shopper):
    shopper.buy(card=REFUSED_LATER)
    shopper.reaches("open")
    shopper.presses("Pay $19.00 now")
    shopper.reaches("refused")
    shopper.presses("Continue to checkout – $19.00")
    shopper.page.wait_for_url("**/checkout/session/**")
    shopper.pay()
    shopper.page.wait_for_url("**/after/**")
    card = shopper.page.locator("#encore-offer")
    for _ in range(30):
        if not shopper.by_hand or card.get_attribute("data-state") == "paid":
            break
        check_again(shopper.page)
    expect(card).to_have_attribute("data-state", "paid", timeout=15_000)
    assert [row["amount"] for row in shopper.paid()] == [1900]
    shopper.page.get_by_role("link", name="Continue").click()
    shopper.page.wait_for_url(f"{shopper.demo.shop}/**")


def settled(who: Subscriber, state: str, *, by_hand: bool) -> None:
    """The panel in this state, asked for by hand where it does not come."""
    panel = who.page.locator("#encore-plans")
    for _ in range(30):
        if not by_hand or panel.get_attribute("data-state") == state:
            break
        check_again(who.page)
    who.expect_state(state)


def test_a_plan_is_still_changed_at_the_price_on_the_button(demo: Demo, window: Page, without: Callable[[Page], None]):
    who = Subscriber(demo, window, "nadia", "pdt_basic").open()
    who.page.locator('button[name="product"][value="pdt_pro"]').click()
    who.expect_state("quote")
    wanted = who.shown()
    who.press(re.compile(r"^Pay \$"))
    settled(who, "changed", by_hand=without in BY_HAND)
    (row,) = who.paid()
    assert row["amount"] <= wanted


def test_a_downgrade_is_planned_and_taken_back_and_a_plan_cancelled_and_kept(
    demo: Demo, window: Page, without: Callable[[Page], None]
):
    who, by_hand = Subscriber(demo, window, "otto", "pdt_pro").open(), without in BY_HAND
    who.page.locator('button[name="product"][value="pdt_basic"]').click()
    who.expect_state("quote")
    who.press(re.compile(r"\$0\.00 due now"))
    settled(who, "scheduled", by_hand=by_hand)
    assert who.at_dodo()["scheduled_change"]["product_id"] == "pdt_basic"
    who.press("Stay on Pro")
    expect(who.page.get_by_text("You stay on Pro")).to_have_count(1)
    assert who.at_dodo()["scheduled_change"] is None
    who.open()
    who.press("Cancel plan")
    on = who.page.get_by_role("button", name=re.compile("^(No thanks, go on to cancel|Cancel my plan)$"))
    expect(on).to_be_visible()
    if on.inner_text().startswith("No thanks"):
        on.click()
    who.press("Cancel my plan")
    expect(who.page.get_by_text("Your plan ends on").first).to_be_visible()
    assert who.at_dodo()["cancel_at_next_billing_date"] is True
    who.press("Keep my plan")
    expect(who.page.get_by_role("button", name="Cancel plan")).to_be_visible()
    assert who.at_dodo()["cancel_at_next_billing_date"] is False
    assert who.paid() == []


def test_a_press_before_the_styles_are_there_buys_and_nothing_is_lost_when_they_come(journey: Journey):
    held: list[Route] = []
    here = False

    def late(route: Route) -> None:
        if here:
            route.continue_()
        else:
            held.append(route)

    journey.page.route(re.compile(r"/a/.*\.css$"), late)
    journey.buy()
    journey.expect_state("open")
    # Nothing is painted yet, and no script runs before the styles: the press is a plain form.
    journey.frame.get_by_role("button", name="Pay $19.00 now").dispatch_event("click")
    expect(journey.frame.locator("#encore-offer")).not_to_have_attribute("data-state", "open", timeout=15_000)
    here = True
    for route in held:
        route.continue_()
    journey.expect_state("paid")
    expect(journey.frame.get_by_text("Total paid")).to_be_visible()
    assert len(journey.paid()) == 1


@pytest.mark.case("F-17")
def test_no_cookie_is_set_or_needed_in_a_frame(journey: Journey):
    """Browsers block them there: our origin sets none, and what the shop sets is not ours."""
    journey.buy()
    journey.expect_state("open")
    journey.frame.get_by_role("button", name="Pay $19.00 now").click()
    journey.expect_state("paid")
    assert journey.page.context.cookies(journey.demo.encore) == []


def boxed(journey: Journey, address: str, sandbox: str | None) -> None:
    """A page of the shop with a plain frame of this address, in a sandbox that allows these things (None: in none)."""
    journey.page.goto(f"{journey.demo.shop}/thanks/static")
    journey.page.evaluate(
        """([address, sandbox]) => {
          const frame = document.createElement("iframe");
          frame.className = "plain";
          if (sandbox !== null) frame.sandbox = sandbox;
          frame.src = address;
          frame.height = 760;
          document.querySelector("main").append(frame);
        }""",
        [address, sandbox],
    )


@pytest.mark.case("F-108")
def test_in_a_sandbox_the_shopper_is_told_and_led_out_of_it_and_pays_once(demo: Demo, journey: Journey):
    journey.buy()
    journey.expect_state("open")
    ticket = journey.page.locator("encore-offer").get_attribute("ticket")
    address = f"{demo.encore}/embed/offer/{ticket}"
    told = journey.frame.get_by_text("Please open it in a window of its own")
    boxed(journey, address, "allow-forms")  # no script: the press is answered with what to do
    journey.frame.get_by_role("button", name="Pay $19.00 now").click()
    expect(told).to_be_visible()
    assert journey.paid() == []
    boxed(journey, address, "allow-scripts allow-forms allow-popups allow-popups-to-escape-sandbox")
    expect(told).to_be_visible()  # and with one, before any press: there is no button that could fail
    expect(journey.frame.get_by_role("button")).to_have_count(0)
    with journey.page.context.expect_page() as opened:
        journey.frame.get_by_role("link", name="Open it in its own window").click()
    alone = opened.value
    alone.get_by_role("button", name="Pay $19.00 now").click()
    expect(alone.locator("#encore-offer")).to_have_attribute("data-state", "paid", timeout=15_000)
    boxed(journey, address, "allow-scripts allow-forms allow-same-origin")
    journey.expect_state("paid")
    boxed(journey, address, None)
    journey.expect_state("paid")
    assert len(journey.paid()) == 1


def test_in_a_sandbox_with_our_origin_everything_works(journey: Journey):
    journey.buy()
    journey.expect_state("open")
    ticket = journey.page.locator("encore-offer").get_attribute("ticket")
    boxed(journey, f"{journey.demo.encore}/embed/offer/{ticket}", "allow-scripts allow-forms allow-same-origin")
    journey.frame.get_by_role("button", name="Pay $19.00 now").click()
    journey.expect_state("paid")
    assert len(journey.paid()) == 1


@pytest.mark.parametrize("path", ["/embed/offer/dead", "/embed/plans/dead"])
def test_a_dead_ticket_in_a_plain_frame_says_so_there(journey: Journey, path: str):
    boxed(journey, journey.demo.encore + path, None)
    expect(journey.frame.get_by_role("heading", name="This page is no longer valid.")).to_be_visible()


def test_the_receipt_prints_black_on_white_and_whole(journey: Journey):
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


@pytest.mark.parametrize("layout", ["frame", "page"])
@pytest.mark.parametrize("face", ["paid", "plans/changed"])
def test_on_paper_of_any_width_a_receipt_is_whole(demo: Demo, page: Page, face: str, layout: str):
    page.emulate_media(media="print")
    page.goto(f"{demo.encore}/gallery/{face}?layout={layout}")
    for width in (420, 794):  # A6 and A4 at 96 dots an inch
        page.set_viewport_size({"width": width, "height": 1123})
        assert page.evaluate(LOST) == []
        for row in page.locator(".sum > div").all():
            expect(row).to_be_visible()

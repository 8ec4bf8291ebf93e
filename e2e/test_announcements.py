"""What axe cannot see: what a screen reader is told after each swap, once; where the focus is; and that it is never stolen."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Frame, Page, expect

from e2e.conftest import Demo
from e2e.test_kinds import Member
from e2e.test_plans import Subscriber

# Every new text of the live region, as often as it changes, and whether it is still the very same element.
LISTEN = """addEventListener('DOMContentLoaded', () => {
  window.heard = [];
  const region = document.getElementById('encore-status');
  if (!region) return;
  let last = region.textContent;
  new MutationObserver(() => {
    if (document.getElementById('encore-status') !== region) window.heard.push('another element');
    if (region.textContent !== last) window.heard.push(last = region.textContent);
  }).observe(document.documentElement, {subtree: true, childList: true, characterData: true});
});"""
SENDING = re.compile(r"You will not be charged twice\. You can leave this page; the (payment|change) goes on\.$")


class Listener:
    """Somebody with a screen reader and a keyboard before a frame or page of ours."""

    def __init__(self, where: Frame | Page) -> None:
        self.where = where

    def press(self, name: str | re.Pattern[str]) -> None:
        self.where.get_by_role("button", name=name).press("Enter")

    def sees(self, state: str, text: str | re.Pattern[str] = "") -> None:
        root = self.where.locator("#encore-offer, #encore-plans")
        expect(root).to_have_attribute("data-state", state, timeout=20_000)
        if text:
            expect(self.where.locator("#encore-status")).to_contain_text(text, timeout=15_000)

    def heard(self) -> list[str]:
        """What was said since the last time, the sentence while it is sent left out: some answers are too quick for it."""
        said = self.where.evaluate("window.heard.splice(0)")
        return [one for one in said if not SENDING.search(one)]

    def focus(self) -> str:
        """The name of what has the focus."""
        return self.where.evaluate(
            "(() => { const one = document.activeElement; return one.id || one.textContent.trim() })()"
        )

    def tree(self) -> list[tuple[str, str, bool]]:
        """The live regions the browser tells assistive technology of: role, politeness, whole or in parts."""
        page = self.where if isinstance(self.where, Page) else self.where.page
        session = page.context.new_cdp_session(self.where)
        nodes = session.send("Accessibility.getFullAXTree")["nodes"]
        session.detach()
        found = []
        for node in nodes:
            told = {one["name"]: one["value"].get("value") for one in node.get("properties", [])}
            if told.get("live", "off") != "off" and told.get("root") is None and not node.get("ignored"):
                found.append((node["role"]["value"], told["live"], told.get("atomic", False)))
        return found


@pytest.fixture
def listening(open_window: Callable[..., BrowserContext]) -> Page:
    context = open_window(reduced_motion="reduce")
    context.add_init_script(LISTEN)
    return context.new_page()


def framed(page: Page, demo: Demo) -> Listener:
    """The frame of ours in the shop's page."""
    return Listener(next(frame for frame in page.frames if frame.url.startswith(demo.encore)))


def member(demo: Demo, page: Page, who: str) -> Member:
    demo.control("purchases", {"customer_id": who, "product_id": "pdt_course"})
    return Member(demo, page, who)


def test_picking_says_the_new_price_once_and_leaves_the_focus_on_what_was_picked(demo, listening):
    nadia = member(demo, listening, "cus_nadia")
    nadia.happens("I start something new", "pick-what-comes-next")
    ear = framed(listening, demo)
    ear.where.get_by_role("radio").first.focus()
    listening.keyboard.press("ArrowDown")
    ear.sees("open", "Brush set")
    listening.keyboard.press("ArrowDown")
    ear.sees("open", "Studio bundle")
    first, second = ear.heard()
    assert re.match(r"Brush set \$[\d.]+", first)
    assert re.match(r"Studio bundle \$[\d.]+", second)
    assert ear.focus() == "encore-pick-3"
    assert ear.tree() == [("status", "polite", True)]


def test_an_amount_that_cannot_be_is_said_marked_and_found(demo, listening):
    otto = member(demo, listening, "cus_otto")
    card = otto.happens("I finished a lesson", "thank-your-teacher")
    ear, field = framed(listening, demo), card.get_by_label("How much")
    field.fill("3")
    ear.press("Show the price")
    ear.sees("open", "within the limits")
    assert ear.heard() == ["Please enter an amount within the limits below the field."]
    expect(field).to_be_focused()
    expect(field).to_have_value("3")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_accessible_description(re.compile("within the limits below the field.*From"))
    field.fill("8")
    field.press("Enter")
    ear.sees("open", "Tip for the teacher")
    expect(field).to_be_focused()
    expect(field).not_to_have_attribute("aria-invalid", "true")
    ear.heard()
    ear.press(re.compile("^Pay "))
    ear.sees("paid")
    assert [one.removeprefix("It is yours. ") for one in ear.heard()] == [
        "Thank you. A receipt is on its way to you by e-mail."
    ]
    assert ear.focus() == "encore-title"


def test_what_comes_by_itself_is_told_with_its_heading_once_and_takes_no_focus_from_the_page_around(demo, listening):
    nadia = member(demo, listening, "cus_nadia")
    card = nadia.happens("my sketchbook is nearly full", "brushes-when-nearly-full")
    ear = framed(listening, demo)
    ear.press(re.compile("^Pay "))
    expect(card.get_by_role("heading", name="You will be charged in a moment")).to_be_focused()
    elsewhere = listening.get_by_role("button", name="my sketchbook is nearly full")
    elsewhere.focus()  # the shopper goes on in the shop's own page
    ear.sees("paid")
    told = ear.heard()
    assert len(told) == 2
    assert told[0].endswith("Until then you can take it back.")
    assert told[1] == "It is yours. Thank you. A receipt is on its way to you by e-mail."
    expect(elsewhere).to_be_focused()
    assert ear.tree() == [("status", "polite", True)]


def test_a_no_and_the_next_offer_are_told_with_the_focus_on_their_heading(demo, listening):
    payment = demo.control("purchases", {"customer_id": "cus_rex", "product_id": "pdt_course"})
    listening.goto(f"{demo.encore}/embed/offer/{demo.ticket(payment)}")
    ear = Listener(listening)
    ear.sees("open")
    title = listening.locator("#encore-title")
    ear.press("No thanks, continue")
    expect(title).to_have_text("Or the brushes the course is painted with")
    expect(title).to_be_focused()
    ear.press("No thanks, continue")
    ear.sees("declined")
    expect(title).to_be_focused()
    assert ear.heard()[-1:] == ["Nothing was added to your order."]
    assert listening.title() == "All right"


def test_the_panel_says_each_step_once_and_a_code_that_is_none_is_marked(demo, listening):
    who = Subscriber(demo, listening, "otto", "pdt_basic").open()
    ear, title = Listener(listening), listening.locator("#encore-title")
    code = listening.get_by_label("Discount code")
    code.fill("NONSENSE")
    ear.press("See what it costs")
    expect(code).to_be_focused()
    expect(code).to_have_attribute("aria-invalid", "true")
    (said,) = ear.heard()
    expect(code).to_have_accessible_description(said)
    code.fill("")
    ear.press("Change to Pro")
    ear.sees("quote")
    expect(title).to_be_focused()
    (due,) = ear.heard()
    assert re.fullmatch(r"Due now \$[\d.]+", due)
    ear.press("Back to the plans")
    ear.sees("choices")
    expect(title).to_be_focused()
    ear.press("Change to Pro")
    ear.sees("quote")
    ear.heard()
    ear.press(re.compile(r"^Pay \$"))
    who.expect_state("changed")
    (told,) = ear.heard()
    assert told.removeprefix("You are on Pro now. ") == "Thank you. A receipt is on its way to you by e-mail."
    assert ear.focus() == "encore-title"
    assert ear.tree() == [("status", "polite", True)]

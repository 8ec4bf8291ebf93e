"""A subscriber in the panel: sees what it costs, changes, and changes their mind; in a real browser."""

import re
import secrets
import time

import httpx
import jwt
import pytest
from playwright.sync_api import Page, expect

DODO = {"authorization": "Bearer sandbox"}


class Subscriber:
    """One person with a plan, before the panel on a page of its own or in the shop's account page."""

    def __init__(self, demo, page: Page, who: str, product: str) -> None:
        self.demo, self.page, self.customer = demo, page, f"cus_{who}"
        payment = demo.control("purchases", {"customer_id": self.customer, "product_id": product})
        self.subscription = payment["subscription_id"]

    def open(self) -> "Subscriber":
        now = int(time.time())
        claims = {"aud": "encore/plans", "sub": self.customer, "subscription_id": self.subscription}
        stamped = claims | {"iat": now, "exp": now + 900, "jti": secrets.token_urlsafe(16)}
        ticket = jwt.encode(stamped, (self.demo.data / "signing-key").read_text().strip(), algorithm="HS256")
        self.page.goto(f"{self.demo.encore}/embed/plans/{ticket}")
        self.expect_state("choices")
        return self

    def expect_state(self, state: str, *, seconds: float = 15) -> None:
        expect(self.page.locator("#encore-plans")).to_have_attribute("data-state", state, timeout=seconds * 1000)

    def press(self, name: str | re.Pattern[str], *, exact: bool = False) -> None:
        self.page.get_by_role("button", name=name, exact=exact).click()

    def at_dodo(self) -> dict:
        return httpx.get(f"{self.demo.sandbox}/subscriptions/{self.subscription}", headers=DODO, timeout=30).json()

    def paid(self) -> list[dict]:
        """What was really taken for plan changes of this subscription."""
        ledger = httpx.get(f"{self.demo.sandbox}/_sandbox/ledger", timeout=30).json()
        return [
            row for row in ledger
            if row["subscription_id"] == self.subscription and row["status"] == "succeeded" and "encore_charge" in row["metadata"]
        ]  # fmt: skip

    def shown(self) -> int:
        """The minor units on the button that obliges to pay."""
        label = self.page.get_by_role("button", name=re.compile(r"^Pay \$")).inner_text()
        found = re.search(r"\$([\d,]+\.\d\d)", label)
        assert found, label
        return int(re.sub(r"[.,]", "", found[1]))


@pytest.fixture
def subscriber(demo, page):
    return lambda who="nadia", product="pdt_basic": Subscriber(demo, page, who, product)


def test_an_upgrade_costs_what_the_button_said(subscriber):
    who = subscriber().open()
    who.press("Change to Pro", exact=True)
    who.expect_state("quote")
    due = who.shown()
    who.press(re.compile(r"^Pay \$"))
    who.expect_state("changed")
    (paid,) = who.paid()
    assert paid["amount"] == due
    assert who.at_dodo()["product_id"] == "pdt_pro"
    expect(who.page.get_by_role("heading", name="You are on Pro now")).to_be_visible()


def test_a_downgrade_is_planned_and_taken_back(subscriber):
    who = subscriber("otto", "pdt_pro").open()
    who.press("Change to Basic", exact=True)
    who.expect_state("quote")
    expect(who.page.get_by_text("Time-lapse of every painting")).to_be_visible()  # what is lost is listed
    who.press(re.compile(r"\$0\.00 due now"))
    who.expect_state("scheduled")
    assert who.at_dodo()["scheduled_change"]["product_id"] == "pdt_basic"
    who.open()
    expect(who.page.get_by_text("You move to Basic on")).to_be_visible()
    who.press("Stay on Pro")
    expect(who.page.get_by_text("You stay on Pro")).to_be_visible()
    assert who.at_dodo()["scheduled_change"] is None
    assert who.paid() == []


def test_seats_are_added(subscriber):
    who = subscriber().open()
    who.page.get_by_label("Seats").fill("3")
    who.press("See what it costs")
    who.expect_state("quote")
    due = who.shown()
    who.press(re.compile(r"^Pay \$"))
    who.expect_state("changed")
    assert who.at_dodo()["quantity"] == 3
    assert [row["amount"] for row in who.paid()] == [due]


def test_from_the_month_to_the_year(subscriber):
    who = subscriber(product="pdt_pro").open()
    who.page.get_by_role("radio", name="Yearly").check()
    who.press("Change to Pro, yearly")
    who.expect_state("quote")
    due = who.shown()
    who.press(re.compile(r"^Pay \$"))
    who.expect_state("changed")
    assert [row["amount"] for row in who.paid()] == [due]
    assert who.at_dodo()["payment_frequency_interval"] == "Year"


def test_a_refused_card_is_replaced_and_the_change_made(subscriber):
    who = subscriber("omar").open()
    who.press("Change to Pro", exact=True)
    who.press(re.compile(r"^Pay \$"))
    who.expect_state("refused")
    expect(who.page.get_by_text("You keep Basic as it is")).to_be_visible()
    assert who.at_dodo()["product_id"] == "pdt_basic"
    who.press("Enter a new card")
    page = who.page
    page.wait_for_url(f"{who.demo.sandbox}/**")
    page.get_by_label("Card number").fill("4242 4242 4242 4242")
    page.get_by_label("Expiry").fill("06/32")
    page.get_by_label("Security code").fill("123")
    page.get_by_role("button", name=re.compile("Save|Pay|Continue")).first.click()
    page.wait_for_url(f"{who.demo.encore}/plan_change/back/**")
    who.expect_state("choices")
    who.press("Change to Pro", exact=True)
    due = who.shown()
    who.press(re.compile(r"^Pay \$"))
    who.expect_state("changed")
    assert [row["amount"] for row in who.paid()] == [due]


def test_the_bank_asks_in_a_tab_beside_and_the_panel_changes_by_itself(subscriber):
    who = subscriber("uma").open()
    who.press("Change to Pro", exact=True)
    who.press(re.compile(r"^Pay \$"))
    who.expect_state("action")
    with who.page.context.expect_page() as beside:
        who.page.get_by_role("link", name="Continue at your bank").click()
    bank = beside.value
    bank.get_by_role("button", name=re.compile("Confirm|Approve|Yes")).first.click()
    who.expect_state("changed")
    assert len(who.paid()) == 1


def test_a_price_that_rose_is_shown_and_asked_again(subscriber, demo):
    who = subscriber(product="pdt_lite").open()
    try:
        who.press("Change to Basic", exact=True)
        who.expect_state("quote")
        demo.control("products", {"product_id": "pdt_basic", "price": 3500})
        who.press(re.compile(r"^Pay \$"))
        expect(who.page.get_by_text("The price has changed")).to_be_visible()
        assert who.paid() == []
        due = who.shown()
        who.press(re.compile(r"^Pay \$"))
        who.expect_state("changed")
        assert [row["amount"] for row in who.paid()] == [due]
    finally:
        demo.control("products", {"product_id": "pdt_basic", "price": 3000})


def test_with_the_keyboard_alone(subscriber):
    who = subscriber(product="pdt_lite").open()
    page = who.page
    page.locator("#encore-title").focus()
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent.trim()") == "Change to Basic":
            break
    page.keyboard.press("Enter")
    who.expect_state("quote")
    assert page.evaluate("document.getElementById('encore-plans').contains(document.activeElement)")
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent.trim()").startswith("Pay $"):
            break
    page.keyboard.press("Enter")
    who.expect_state("changed")
    assert len(who.paid()) == 1


def test_three_clicks_are_one_change(subscriber):
    who = subscriber().open()
    who.press("Change to Pro", exact=True)
    who.expect_state("quote")
    who.page.get_by_role("button", name=re.compile(r"^Pay \$")).click(click_count=3)
    who.expect_state("changed")
    assert len(who.paid()) == 1


def test_in_the_shops_account_page_the_host_hears_of_it(demo, page):
    demo.control("purchases", {"customer_id": "cus_lena", "product_id": "pdt_basic"})
    page.goto(f"{demo.shop}/account")
    page.get_by_label("You are").select_option("cus_lena")
    page.get_by_role("button", name="Sign in").click()
    frame = page.frame_locator("encore-plans iframe").first
    expect(frame.locator("#encore-plans")).to_have_attribute("data-state", "choices", timeout=15_000)
    frame.get_by_role("button", name="Change to Pro", exact=True).click()
    frame.get_by_role("button", name=re.compile(r"^Pay \$")).click()
    expect(frame.locator("#encore-plans")).to_have_attribute("data-state", "changed", timeout=15_000)
    expect(page.get_by_text("Your plan was changed.")).to_be_visible()
    events = page.evaluate("window.encoreEvents")
    assert [name for name, _ in events if name == "plan-changed"] == ["plan-changed"]
    assert dict(events)["plan-changed"] == {"plan": "pdt_pro"}

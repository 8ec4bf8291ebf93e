"""Buy, see the offer in a frame from another site, and own a second thing with one click."""

import pytest
from playwright.sync_api import expect


def test_one_click_after_the_purchase_owns_the_second_thing(journey):
    journey.buy()
    journey.expect_state("open")
    pay = journey.frame.get_by_role("button", name="Pay $19.00 now")
    expect(pay).to_be_visible()
    pay.click()
    journey.expect_state("paid")
    (mine,) = journey.paid()
    assert (mine["amount"], mine["currency"], mine["product_ids"]) == (1900, "USD", ["pdt_workbook"])
    expect(journey.page.get_by_text("Your extra was added to your order.")).to_be_visible()
    assert [name for name, _ in journey.page.evaluate("window.encoreEvents")] in (
        ["ready", "accepted", "paid"], ["ready", "paid"]
    )  # fmt: skip
    journey.assert_quiet()


@pytest.mark.case("F-01")
def test_three_clicks_are_one_charge(journey):
    journey.buy()
    journey.expect_state("open")
    journey.frame.get_by_role("button", name="Pay $19.00 now").click(click_count=3)
    journey.expect_state("paid")
    assert len(journey.paid()) == 1


@pytest.mark.case("F-02")
def test_two_tabs_pressing_at_once_are_one_charge(journey):
    journey.buy()
    journey.expect_state("open")
    second = journey.page.context.new_page()
    second.goto(journey.page.url)
    other = second.frame_locator("encore-offer iframe").get_by_role("button", name="Pay $19.00 now")
    expect(other).to_be_visible()
    journey.frame.get_by_role("button", name="Pay $19.00 now").click(no_wait_after=True)
    other.click(no_wait_after=True)
    journey.expect_state("paid")
    expect(second.frame_locator("encore-offer iframe").locator("#encore-offer")).to_have_attribute(
        "data-state", "paid", timeout=15_000
    )
    assert len(journey.paid()) == 1


@pytest.mark.case("F-06")
def test_reload_and_back_show_what_happened(journey):
    journey.buy()
    journey.expect_state("open")
    journey.frame.get_by_role("button", name="Pay $19.00 now").click()
    journey.expect_state("paid")
    journey.page.reload()
    journey.expect_state("paid")
    journey.page.goto(journey.demo.shop)
    journey.page.go_back()
    journey.expect_state("paid")
    assert len(journey.paid()) == 1


def test_with_the_keyboard_alone(journey):
    journey.buy()
    journey.expect_state("open")
    journey.frame.locator("#encore-title").focus()
    journey.page.keyboard.press("Tab")
    expect(journey.frame.get_by_role("button", name="Pay $19.00 now")).to_be_focused()
    journey.page.keyboard.press("Tab")
    expect(journey.frame.get_by_role("button", name="No thanks, continue")).to_be_focused()
    journey.page.keyboard.press("Shift+Tab")
    journey.page.keyboard.press("Enter")
    journey.expect_state("paid")
    assert len(journey.paid()) == 1


def test_without_javascript(plain_journey):
    journey = plain_journey
    journey.page.goto(f"{journey.demo.shop}/")
    journey.page.get_by_role("button", name="plain iframe").click()
    journey.pay()
    journey.check_again_until("open")
    journey.frame.get_by_role("button", name="Pay $19.00 now").click()
    journey.check_again_until("paid")
    assert len(journey.paid()) == 1

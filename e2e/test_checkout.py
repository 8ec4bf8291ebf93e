"""Whatever one click cannot do is done at the hosted checkout, by full-page navigation."""

import pytest
from playwright.sync_api import expect

ASKS_BANK, GOOD, REFUSED_LATER = "4000 0000 0000 3220", "4242 4242 4242 4242", "4000 0000 0000 0341"


def test_a_refused_card_leads_to_the_hosted_checkout_where_another_card_pays(journey):
    journey.buy(card=REFUSED_LATER)
    journey.expect_state("open")
    journey.frame.get_by_role("button", name="Pay $19.00 now").click()
    journey.expect_state("refused")
    expect(journey.frame.get_by_text("Your first order is not affected")).to_be_visible()
    journey.frame.get_by_role("button", name="Continue to checkout – $19.00").click()
    journey.page.wait_for_url("**/checkout/session/**")
    journey.pay(GOOD)
    journey.page.wait_for_url("**/after/**")
    card = journey.page.locator("#encore-offer")
    expect(card).to_have_attribute("data-state", "paid", timeout=15_000)
    (mine,) = journey.paid()
    assert mine["amount"] == 1900
    journey.page.get_by_role("link", name="Continue").click()
    journey.page.wait_for_url("**/thanks**")


@pytest.mark.case("F-37")
def test_when_the_bank_asks_the_shopper_goes_there_and_comes_back_to_the_truth(journey):
    journey.page.goto(f"{journey.demo.shop}/product/pdt_course")
    journey.page.get_by_role("button", name="Buy").click()
    journey.pay(ASKS_BANK)
    journey.page.get_by_role("button", name="Confirm payment").click()
    journey.expect_state("open")
    journey.frame.get_by_role("button", name="Pay $19.00 now").click()
    journey.expect_state("action")
    assert journey.frame.get_by_role("button", name="Pay").count() == 0
    journey.frame.get_by_role("link", name="Continue at your bank").click()
    journey.page.get_by_role("button", name="Confirm payment of $19.00").click()
    journey.page.wait_for_url("**/after/**")
    expect(journey.page.locator("#encore-offer")).to_have_attribute("data-state", "paid", timeout=15_000)
    assert len(journey.paid()) == 1


def test_the_page_in_between_needs_no_code_and_leads_on_to_the_shop(journey):
    journey.page.goto(f"{journey.demo.shop}/")
    journey.page.get_by_role("link", name="buy the course by a link").click()
    journey.pay()
    journey.page.wait_for_url("**/after/**")
    card = journey.page.locator("#encore-offer")
    expect(card).to_have_attribute("data-state", "open", timeout=15_000)
    expect(journey.page.get_by_role("link", name="Continue")).to_be_visible()
    journey.page.get_by_role("button", name="Pay $19.00 now").click()
    expect(card).to_have_attribute("data-state", "paid", timeout=15_000)
    assert len(journey.paid()) == 1
    journey.page.get_by_role("link", name="Continue").click()
    journey.page.wait_for_url("**/thanks/static")


def test_without_a_saved_method_the_same_card_leads_to_the_hosted_checkout(demo, journey):
    payment = demo.control("purchases", {"customer_id": "cus_nora", "product_id": "pdt_course"})
    page = journey.page
    page.goto(f"{demo.encore}/embed/offer/{demo.ticket(payment)}")
    button = page.get_by_role("button", name="Continue to checkout – $19.00")
    expect(button).to_be_visible(timeout=15_000)
    assert page.get_by_role("button", name="Pay").count() == 0
    button.click()
    page.wait_for_url("**/checkout/session/**")
    journey.email = "nora@example.com"
    journey.pay(GOOD, name="Nora")
    page.wait_for_url("**/after/**")
    expect(page.locator("#encore-offer")).to_have_attribute("data-state", "paid", timeout=15_000)
    assert len(journey.paid()) == 1


def test_whoever_comes_first_the_shopper_or_the_webhook_the_offer_is_there(demo, journey):
    demo.control("webhooks", {"delay": 20.0})
    try:
        journey.buy()
        journey.expect_state("open")
        journey.frame.get_by_role("button", name="Pay $19.00 now").click()
        journey.expect_state("paid")
        assert len(journey.paid()) == 1
    finally:
        demo.control("webhooks", {"delay": 0.0})


def test_an_answer_that_never_comes_ends_as_paid_once_and_never_offers_another_way(demo, journey):
    journey.buy()
    journey.expect_state("open")
    demo.control("faults", {"operation": "POST /checkouts", "fault": "drop_after", "times": 1})
    journey.frame.get_by_role("button", name="Pay $19.00 now").click()
    journey.expect_state("paid", seconds=40)
    assert len(journey.paid()) == 1

"""A press counts at once only where price and button lay open to the eye; else it is asked about, and the sale stays possible."""

import pytest
from playwright.sync_api import expect

from e2e import around


@pytest.mark.case("F-18")
def test_what_lies_over_price_and_button_is_told_with_the_press(demo, page):
    """Eleven ways, one purchase: the press is caught on its way, so that nothing is bought."""
    assert around.visibility(demo, page) == []


@pytest.mark.case("F-119")
def test_a_chat_bubble_over_the_button_costs_a_press_and_no_sale(journey):
    journey.buy()
    journey.expect_state("open")
    pay = journey.frame.get_by_role("button", name="Pay $19.00 now")
    expect(pay).not_to_have_attribute("aria-disabled", "true")
    pay.scroll_into_view_if_needed()
    box = pay.bounding_box()
    assert box
    journey.page.evaluate(
        "box => { const bubble = document.createElement('div'); bubble.style.cssText = 'position:fixed;inline-size:50px;block-size:40px;"
        "border-radius:25px;background:purple;z-index:9;inset-inline-start:' + (box.x + box.width - 70) + 'px;inset-block-start:' + (box.y + 5) + 'px';"
        "document.body.append(bubble); }",
        box,
    )
    journey.page.wait_for_timeout(700)  # until it was looked at, and that is no passing thing
    pay.click(position={"x": 20, "y": 20})
    expect(journey.frame.get_by_text("Nothing has been charged yet.")).to_be_visible()
    assert journey.paid() == []
    pay.click(position={"x": 20, "y": 20})
    journey.expect_state("paid")
    assert len(journey.paid()) == 1

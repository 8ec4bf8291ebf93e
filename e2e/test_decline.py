"""The no is as easy as the yes."""

from playwright.sync_api import expect


def test_a_no_leads_to_something_cheaper_to_say_yes_to(journey):
    journey.buy()
    journey.expect_state("open")
    journey.frame.get_by_role("button", name="No thanks, continue").click()
    pay = journey.frame.get_by_role("button", name="Pay $29.00 now")
    expect(pay).to_be_visible()
    pay.click()
    journey.expect_state("paid")
    (mine,) = journey.paid()
    assert mine["product_ids"] == ["pdt_brushes"]
    journey.assert_quiet()


def test_a_no_to_everything_says_goodbye_and_charges_nothing(journey):
    journey.buy()
    journey.expect_state("open")
    journey.frame.get_by_role("button", name="No thanks, continue").click()
    expect(journey.frame.get_by_role("button", name="Pay $29.00 now")).to_be_visible()
    journey.frame.get_by_role("button", name="No thanks, continue").click()
    journey.expect_state("declined")
    assert journey.paid() == []


def test_the_no_is_at_least_as_large_as_the_yes_and_comes_right_after_it(journey):
    journey.buy()
    journey.expect_state("open")
    yes = journey.frame.get_by_role("button", name="Pay $19.00 now").bounding_box()
    no = journey.frame.get_by_role("button", name="No thanks, continue").bounding_box()
    assert yes
    assert no
    assert no["height"] >= yes["height"] - 1
    assert no["width"] >= yes["width"] - 1

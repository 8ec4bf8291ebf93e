"""Every kind of offer in the shop's account page, pressed as a shopper would."""

import re

import pytest
from playwright.sync_api import FrameLocator, Locator, Page, expect


class Member:
    """Somebody signed in to the shop's account page, where something happens."""

    def __init__(self, demo, page: Page, who: str) -> None:
        self.demo, self.page, self.who = demo, page, who
        page.goto(f"{demo.shop}/account")
        page.get_by_label("You are").select_option(who)
        page.get_by_role("button", name="Sign in").click()

    @property
    def frame(self) -> FrameLocator:
        return self.page.frame_locator("encore-offer iframe")

    def happens(self, moment: str, offer: str) -> Locator:
        """The card that this brings; by the keyboard, for the page moves while frames take their height."""
        self.page.get_by_role("button", name=moment).press("Enter")
        card = self.frame.locator(f"#encore-offer[data-offer={offer}]")
        expect(card).to_have_attribute("data-state", "open", timeout=15_000)
        return card

    def happens_in_vain(self, moment: str, offer: str) -> None:
        """Something else may be open from before, this is not."""
        with self.page.expect_response("**/embed/offer", timeout=15_000):
            self.page.get_by_role("button", name=moment).press("Enter")
        expect(self.frame.locator("#encore-offer[data-state=preparing]")).to_have_count(0, timeout=15_000)
        expect(self.frame.locator(f"#encore-offer[data-offer={offer}][data-state=open]")).to_have_count(0)

    def paid(self) -> list[int]:
        return [row["amount"] for row in self.demo.ours(f"{self.who.removeprefix('cus_')}@example.com")]


@pytest.fixture
def member(demo, page):
    """A member who has bought the course once, by card."""

    def sign_in(who: str) -> Member:
        demo.control("purchases", {"customer_id": who, "product_id": "pdt_course"})
        return Member(demo, page, who)

    return sign_in


def pay(card: Locator, amount: str, *, name: str = "Pay {} now") -> None:
    card.get_by_role("button", name=name.format(amount), exact=True).click()
    expect(card).to_have_attribute("data-state", "paid", timeout=20_000)


def test_one_of_three_is_picked_and_what_is_owned_is_not_offered_again(member):
    otto = member("cus_otto")
    before = otto.paid()
    card = otto.happens("I start something new", "pick-what-comes-next")
    expect(card.get_by_role("radio")).to_have_count(3)
    card.get_by_role("radio", name="Brush set").check()
    expect(card.get_by_role("button", name="Pay $34.51 now")).to_be_visible(timeout=15_000)
    pay(card, "$34.51")  # 19 % German tax on $29.00
    assert otto.paid() == [*before, 3451]
    again = otto.happens("I start something new", "pick-what-comes-next")
    expect(again.get_by_role("radio")).to_have_count(2)
    expect(again.get_by_text("Brush set")).to_have_count(0)
    again.get_by_role("button", name="No thanks, continue").click()
    expect(again).to_have_attribute("data-state", "declined", timeout=15_000)
    otto.happens_in_vain("I start something new", "pick-what-comes-next")  # the quiet period


def test_the_shopper_says_how_much(member):
    lena = member("cus_lena")
    before = lena.paid()
    card = lena.happens("I finished a lesson", "thank-your-teacher")
    field = card.get_by_label("How much")
    field.fill("3")
    card.get_by_role("button", name="Show the price").click()
    expect(card.get_by_role("status")).to_have_text(re.compile("within the limits"))
    field.fill("25")
    card.get_by_role("button", name="Show the price").click()
    pay(card, "$25.00")
    assert lena.paid() == [*before, 2500]


def test_a_typed_amount_is_never_paid_at_the_price_before_it(member):
    """Typed, and straight to the button: the press finds the button out of order, and the new amount on it."""
    lena = member("cus_lena")
    before = lena.paid()
    card = lena.happens("I finished a lesson", "thank-your-teacher")
    card.get_by_label("How much").fill("100")
    box = card.get_by_role("button", name="Pay $10.00 now").bounding_box()
    assert box is not None
    lena.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(card.get_by_role("button", name="Pay $100.00 now")).to_be_visible(timeout=15_000)
    assert lena.paid() == before


def test_a_discount_shows_before_and_after_and_comes_once_a_day(member):
    otto = member("cus_otto")
    before = otto.paid()
    card = otto.happens("it is my birthday", "birthday-brushes")
    expect(card.get_by_text("Instead of $34.51")).to_be_visible()
    card.get_by_label("How many").select_option("2")
    pay(card, "$63.07")
    assert otto.paid() == [*before, 6307]
    otto.happens_in_vain("it is my birthday", "birthday-brushes")  # the cap of the day


def test_a_subscription_is_paid_after_its_terms_were_agreed_to(member):
    lena = member("cus_lena")
    before = lena.paid()
    card = lena.happens("I looked at the studio", "studio-subscription")
    card.get_by_role("button", name="Continue – $30.00 today").click()
    expect(card.get_by_role("heading", name="Please read this before you subscribe")).to_be_focused()
    expect(card.get_by_text("$30.00 every month", exact=True)).to_be_visible()
    button = card.get_by_role("button", name="Subscribe and pay $30.00 now")
    button.click()
    assert lena.paid() == before  # the box is not ticked: the browser says so, nothing is sent
    card.get_by_role("checkbox").check()
    button.click()
    expect(card).to_have_attribute("data-state", "paid", timeout=20_000)
    assert lena.paid() == [*before, 3000]


def test_a_better_plan_leads_to_what_it_costs(member, demo):
    demo.control("purchases", {"customer_id": "cus_uma", "product_id": "pdt_lite"})
    uma = member("cus_uma")
    card = uma.happens("my canvases run out", "room-for-more-canvases")
    expect(card.get_by_text("$60.00 more than your current plan")).to_be_visible()
    card.get_by_role("button", name="See what changes").click()
    panel = uma.frame.locator("#encore-plans")
    expect(panel).to_have_attribute("data-state", "quote", timeout=15_000)
    expect(panel.get_by_role("button", name=re.compile(r"\$"))).to_be_visible()


def test_a_press_is_taken_back_in_time(member):
    lena = member("cus_lena")
    before = lena.paid()
    card = lena.happens("my sketchbook is nearly full", "brushes-when-nearly-full")
    card.get_by_role("button", name="Pay $29.00 now").click()
    expect(card.get_by_role("heading", name="You will be charged in a moment")).to_be_focused()
    card.get_by_role("button", name="Undo").click()
    expect(card).to_have_attribute("data-state", "open", timeout=15_000)
    expect(card.get_by_text("Taken back. Nothing was charged.")).to_be_visible()
    pay_later = card.get_by_role("button", name="Pay $29.00 now")
    pay_later.click()
    expect(card).to_have_attribute("data-state", "paid", timeout=20_000)
    assert lena.paid() == [*before, 2900]

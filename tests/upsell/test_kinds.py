"""Kinds of offers: one of several, how many, how much, before and after a discount, what renews by itself, a plan."""

import time

import pytest

from tests.plans import Panel, post, quiet
from tests.stage import Card, Stage
from widget.core.offers_file import read
from widget.storage import jobs, offers
from widget.storage.database import rows


async def put(stage: Stage, offer: str, more: str = "") -> None:
    """Mara puts one offer in force, for whoever bought anything."""
    text = f'[[offer]]\nname = "hers"\n{offer}\n[offer.texts]\nheadline = "Something for you"\n{more}'
    await offers.apply(text, read(text), by="mara", at=int(time.time() * 1000))


async def opened(stage: Stage, offer: str, *, customer: str = "cus_nadia", product: str = "pdt_course") -> Card:
    await put(stage, offer)
    return await stage.open(await stage.purchase(customer, product))


PICK = 'product = "pdt_workbook"\nalternatives = ["pdt_brushes", "pdt_bundle"]'


async def test_of_three_the_shopper_picks_one_and_pays_for_that_one(stage):
    card = await opened(stage, PICK)
    for part in ("Choose one", "Workbook $19.00", "Brush set $29.00", "Studio bundle $79.00"):
        assert part in card.text
    assert "Pay $19.00 now" in card.buttons
    picked = await card.press("pick", product="pdt_bundle")
    assert "Pay $79.00 now" in picked.buttons
    assert (await (await picked.press("accept")).settled()).state == "paid"
    (mine,) = await stage.ours()
    assert (mine["amount"], mine["product_ids"]) == (7900, ["pdt_bundle"])


async def test_a_button_that_shows_what_was_picked_before_charges_nothing(stage):
    card = await opened(stage, PICK)
    await card.press("pick", product="pdt_bundle")
    late = await card.press("accept")
    assert late.state == "open"
    assert "Pay $79.00 now" in late.buttons
    assert await stage.ours() == []


async def test_what_they_have_cannot_be_picked(stage):
    await put(stage, PICK)
    await stage.purchase("cus_nadia", "pdt_workbook")
    card = await stage.open(await stage.purchase("cus_nadia", "pdt_course"))
    assert "Pay $29.00 now" in card.buttons
    assert "Workbook" not in card.text


@pytest.mark.parametrize("fields", [{"product": "pdt_pro"}, {"quantity": "3"}, {"product": "pdt_rival"}])
async def test_what_is_not_offered_cannot_be_picked(stage, fields):
    card = await opened(stage, PICK)
    odd = await card.press("pick", **fields)
    assert odd.status == 400
    assert "This cannot be chosen. Nothing was charged." in odd.text
    assert "Pay $19.00 now" in odd.buttons


async def test_picking_asks_the_provider_for_the_price_and_moves_nothing(stage):
    card = await opened(stage, PICK)
    before = len(await stage.requests("POST /checkouts/preview"))
    await card.press("pick", product="pdt_brushes")
    await (await card.press("status")).press("pick", product="pdt_brushes")
    assert len(await stage.requests("POST /checkouts/preview")) == before + 1
    assert await stage.requests("POST /checkouts") == []


MANY = 'product = "pdt_workbook"\nquantity_choice = { min = 1, max = 4 }'


async def test_the_shopper_says_how_many_within_the_bounds(stage):
    card = await opened(stage, MANY)
    three = await card.press("pick", quantity="3")
    assert "Pay $57.00 now" in three.buttons
    assert "× 3" in three.text
    assert (await card.press("pick", quantity="5")).status == 400
    assert (await (await three.press("accept")).settled()).state == "paid"
    (mine,) = await stage.ours()
    assert mine["amount"] == 5700


MUCH = 'product = "pdt_tip"\npay_what_you_want = { currency = "USD", min = 500, max = 10000, suggested = 1000 }'


async def test_the_shopper_says_how_much_and_the_button_says_it_too(stage):
    card = await opened(stage, MUCH)
    assert "From $5.00 to $100.00" in card.text
    assert "Pay $10.00 now" in card.buttons
    more = await card.press("pick", amount="12,50")
    assert "Pay $12.50 now" in more.buttons
    assert (await (await more.press("accept")).settled()).state == "paid"
    (mine,) = await stage.ours()
    assert (mine["amount"], mine["product_ids"]) == (1250, ["pdt_tip"])


@pytest.mark.parametrize("typed", ["4.99", "100.01", "ten", "-10", "1e3", "12.505"])
async def test_an_amount_out_of_bounds_is_told_and_changes_nothing(stage, typed):
    card = await opened(stage, MUCH)
    odd = await card.press("pick", amount=typed)
    assert odd.status == 400
    assert "within the limits" in odd.text
    assert "Pay $10.00 now" in odd.buttons


async def test_an_amount_in_a_currency_they_do_not_pay_in_is_not_offered(stage):
    card = await opened(stage, MUCH.replace("USD", "EUR"))
    assert card.state == "empty"


async def test_a_product_with_a_price_of_its_own_takes_no_amount(stage):
    card = await opened(stage, MUCH.replace("pdt_tip", "pdt_workbook"))
    assert card.state == "empty"


async def test_a_discount_shows_the_price_before_and_after(stage):
    card = await opened(stage, 'product = "pdt_workbook"\ndiscount_codes = ["FIVEOFF"]')
    assert "Instead of $19.00" in card.text
    assert "$5.00 off" in card.text
    assert "Pay $14.00 now" in card.buttons
    await (await card.press("accept")).settled()
    (mine,) = await stage.ours()
    assert mine["amount"] == 1400


async def test_the_price_before_a_discount_has_its_tax_as_well(stage):
    card = await opened(stage, 'product = "pdt_workbook"\ndiscount_codes = ["FIVEOFF"]', customer="cus_otto")
    assert "Instead of $22.61" in card.text
    assert "Pay $16.66 now" in card.buttons


async def test_a_code_that_is_over_promises_nothing(stage):
    card = await opened(stage, 'product = "pdt_workbook"\ndiscount_codes = ["EXPIRED"]')
    assert "Instead of" not in card.text


PLAN = 'product = "pdt_basic"'


async def test_what_renews_by_itself_is_paid_only_after_its_terms_were_shown(stage):
    card = await opened(stage, PLAN)
    assert "Continue – $30.00 today" in card.buttons
    assert "Renews at $30.00 every month until you cancel" in card.text
    terms = await card.press("accept")
    assert terms.state == "open"
    assert await stage.ours() == []
    assert "Subscribe and pay $30.00 now" in terms.buttons
    for part in ("Today $30.00", "After that $30.00 every month", "Next payment", "Visa ···· 4242"):
        assert part in terms.text
    assert (await (await terms.press("accept")).settled()).state == "paid"
    (mine,) = await stage.ours()
    assert mine["amount"] == 3000
    consents = await rows("SELECT text FROM consent")
    assert "After that $30.00 every month" in consents[0]["text"]
    assert "[Subscribe and pay $30.00 now]" in consents[0]["text"]


async def test_going_back_from_the_terms_shows_them_again_before_anything_is_paid(stage):
    card = await opened(stage, PLAN)
    terms = await card.press("accept")
    back = await terms.press("status")
    assert "Continue – $30.00 today" in back.buttons
    assert "Subscribe and pay $30.00 now" in (await back.press("accept")).buttons
    assert await stage.ours() == []


async def test_where_a_box_is_asked_for_nothing_is_paid_without_it(stage):
    card = await opened(stage, PLAN + '\nagree = "box"')
    terms = await card.press("accept")
    assert "I agree to pay $30.00 every month until I cancel." in terms.text
    assert "checked" not in terms.html
    unticked = await terms.press("accept")
    assert unticked.status == 400
    assert "Please tick the box" in unticked.text
    assert await stage.ours() == []
    assert (await (await unticked.press("accept", agreed="yes")).settled()).state == "paid"
    assert "[x] I agree to pay" in (await rows("SELECT text FROM consent"))[0]["text"]


FAMILY = """
[[plan_family]]
name = "studio"
[[plan_family.plan]]
product = "pdt_lite"
[[plan_family.plan]]
product = "pdt_basic"
[[plan_family.plan]]
product = "pdt_pro"
"""
UPGRADE = 'product = "pdt_pro"\nplan_change = true'


async def upgrade(stage: Stage, customer: str = "cus_nadia") -> Card:
    await put(stage, UPGRADE, FAMILY)
    await jobs.wake("refresh:plans", "refresh", 0)
    await quiet(stage)
    return await stage.open(await stage.purchase(customer, "pdt_basic"))


async def test_a_plan_is_offered_with_its_price_and_leads_to_what_changing_costs(stage):
    card = await upgrade(stage)
    assert "$80.00 every month" in card.text
    assert "$50.00 more than your current plan" in card.text
    assert "See what changes" in card.buttons
    assert not any("Pay" in button for button in card.buttons)
    panel = await to_panel(stage, card)
    assert panel.state == "quote"
    done = await (await panel.confirm()).settled()
    assert done.state == "changed"
    assert (await stage.post("status", {"key": key_of(card, "/upsell/decline")})).state == "paid"
    assert (await rows("SELECT state FROM presentation"))[0]["state"] == "accepted"


def key_of(card: Card, action: str) -> str:
    """The key of one of several forms."""
    return card.html.split(f'action="{action}"')[1].split('name="key" value="')[1].split('"')[0]


async def to_panel(stage: Stage, card: Card) -> Panel:
    key = key_of(card, "/plan_change/preview")
    return await post(stage, "preview", {"key": key, "product": "pdt_pro"}, htmx=False)


async def test_nothing_can_be_charged_or_checked_out_from_the_card_of_a_plan(stage):
    card = await upgrade(stage)
    key = key_of(card, "/upsell/decline")
    assert (await stage.post("accept", {"key": key})).state == "open"
    assert (await stage.post("checkout", {"key": key}, htmx=False)).state == "open"
    assert await stage.requests("POST /checkouts") == []


@pytest.mark.case("F-105")
async def test_the_key_of_an_offer_opens_no_panel_and_the_other_way_round(stage):
    card = await upgrade(stage)
    assert (await post(stage, "preview", {"key": key_of(card, "/upsell/decline"), "product": "pdt_pro"})).status == 404
    panel = await to_panel(stage, card)
    assert (await stage.post("accept", {"key": panel.key})).status == 404


async def test_who_has_no_subscription_is_offered_no_plan(stage):
    await put(stage, UPGRADE, FAMILY)
    assert (await stage.open(await stage.purchase("cus_nadia", "pdt_course"))).state == "empty"


async def test_who_has_the_plan_is_not_offered_it(stage):
    await put(stage, UPGRADE, FAMILY)
    assert (await stage.open(await stage.purchase("cus_nadia", "pdt_pro"))).state == "empty"


async def test_a_press_that_was_not_sent_does_not_hold_on_to_what_was_picked_then(stage):
    card = await opened(stage, PICK)
    await stage.control(
        "faults",
        {"operation": "POST /checkouts", "fault": "status", "status": 429, "code": "TOO_MANY_REQUESTS", "times": 1},
    )
    again = await card.press("accept")
    assert again.state == "open"
    picked = await again.press("pick", product="pdt_brushes")
    assert (await (await picked.press("accept")).settled()).state == "paid"
    (mine,) = await stage.ours()
    assert (mine["amount"], mine["product_ids"]) == (2900, ["pdt_brushes"])
    assert (await rows("SELECT product_id FROM charge"))[0]["product_id"] == "pdt_brushes"


async def test_a_page_to_pay_on_stays_with_what_was_picked_for_it(stage):
    card = await opened(stage, PICK, customer="cus_nora")
    assert any("Continue to checkout – $19.00" in button for button in card.buttons)
    await card.press("checkout", htmx=False)
    other = await card.press("pick", product="pdt_brushes")
    assert "A checkout page is already open" in other.text
    assert any("$19.00" in button for button in other.buttons)

"""Where a market asks for a box, a change of plan waits for its tick; elsewhere the terms stand beside the button."""

import pytest

from tests.plans import changes, family, open_panel, quiet, subscribe
from widget.storage.database import rows

BOX = 'agree_in = { US = "box" }'


async def quoted(stage, rules: str, customer: str = "cus_nadia"):
    await family(stage, rules)
    subscription = await subscribe(stage, customer)
    await quiet(stage)
    return await (await open_panel(stage, subscription, customer)).choose("pdt_pro")


@pytest.mark.parametrize("htmx", [True, False])
async def test_without_the_tick_nothing_is_charged_and_the_box_is_found(stage, htmx):
    quote = await quoted(stage, BOX)
    assert "I agree to pay $80.00 every month plus tax until I cancel." in quote.text
    assert '<input type="checkbox" name="agreed" value="yes" id="encore-agreed" required>' in quote.html
    refused = await quote.press("confirm", htmx=htmx)
    assert (refused.status, refused.state) == (400, "quote")
    assert "Please tick the box if you agree. Nothing was charged." in refused.text
    assert 'required aria-invalid="true" aria-describedby="encore-status" autofocus>' in refused.html
    assert await changes(stage) == []
    done = await (await refused.press("confirm", agreed="yes", htmx=htmx)).settled()
    assert done.state == "changed"
    (kept,) = await rows("SELECT text, agreed FROM consent")
    assert kept["agreed"] == "box"
    assert "[x] I agree to pay $80.00 every month plus tax until I cancel." in kept["text"]


async def test_where_no_market_asks_the_statement_beside_the_button_is_enough(stage):
    quote = await quoted(stage, BOX, "cus_otto")
    assert 'name="agreed"' not in quote.html
    assert "Then €" in quote.text or "Then $" in quote.text
    assert (await (await quote.confirm()).settled()).state == "changed"
    (kept,) = await rows("SELECT agreed FROM consent")
    assert kept["agreed"] == "button"


async def test_a_changed_plan_tells_tax_card_day_number_and_invoice(stage):
    await family(stage, 'receipt = { help_url = "https://mara.example/help" }')
    subscription = await subscribe(stage)
    await quiet(stage)
    quote = await (await open_panel(stage, subscription)).choose("pdt_pro")
    changed = await (await quote.confirm()).settled()
    (mine,) = await changes(stage)
    for part in ("Paid with Visa ···· 4242", "Paid on", mine["payment_id"], "Open the invoice", "Get help"):
        assert part in changed.text
    assert f"/invoices/payments/{mine['payment_id']}" in changed.html

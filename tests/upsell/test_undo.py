"""Undo: for as long as the merchant says a press waits on the server and can be taken back; then it is sent, once."""

import asyncio

from tests.stage import Card, Stage
from tests.upsell.test_kinds import put
from widget.storage import charges
from widget.storage.database import rows

OFFER = 'product = "pdt_workbook"\nundo_seconds = {}'


async def opened(stage: Stage, seconds: int, more: str = "") -> Card:
    await put(stage, OFFER.format(seconds) + more)
    return await stage.open(await stage.purchase())


async def test_a_press_waits_and_is_then_charged_once(stage):
    card = await opened(stage, 1)
    waits = await card.press("accept")
    assert waits.state == "working"
    assert "Undo" in waits.buttons
    assert "$19.00 with Visa ···· 4242. Until then you can take it back." in waits.text
    assert await stage.requests("POST /checkouts") == []
    assert (await waits.settled()).state == "paid"
    assert len(await stage.ours()) == 1


async def test_what_was_taken_back_is_not_charged_and_can_be_pressed_again(stage):
    card = await opened(stage, 1)
    back = await (await card.press("accept")).press("undo")
    assert back.state == "open"
    assert "Taken back. Nothing was charged." in back.text
    await asyncio.sleep(1.2)  # the grace period of the press: what must not happen has no sign to wait for
    assert await stage.requests("POST /checkouts") == []
    again = await back.press("accept")
    assert (await again.settled()).state == "paid"
    assert len(await stage.ours()) == 1


async def test_a_second_press_has_its_own_time_and_its_own_pick(stage):
    card = await opened(stage, 1, '\nalternatives = ["pdt_brushes"]')
    back = await (await card.press("accept")).press("undo")
    picked = await back.press("pick", product="pdt_brushes")
    waits = await picked.press("accept")
    assert (await waits.settled()).state == "paid"
    (mine,) = await stage.ours()
    assert mine["product_ids"] == ["pdt_brushes"]
    assert len([r for r in await stage.requests("POST /checkouts") if r["body"].get("confirm")]) == 1


async def test_twenty_presses_in_the_grace_period_are_one(stage):
    card = await opened(stage, 1)
    answers = await asyncio.gather(*(card.press("accept") for _ in range(20)))
    assert {(await answer.settled()).state for answer in answers} == {"paid"}
    assert len(await stage.ours()) == 1


async def test_a_no_in_the_grace_period_is_a_no(stage):
    card = await opened(stage, 1)
    await card.press("accept")
    assert (await card.press("decline")).state == "declined"
    await asyncio.sleep(1.2)  # the grace period of the press: what must not happen has no sign to wait for
    assert await stage.requests("POST /checkouts") == []


async def test_without_a_script_nothing_waits(stage):
    card = await opened(stage, 15)
    assert (await (await card.press("accept", htmx=False)).settled()).state == "paid"


async def test_too_late_is_told_as_it_stands(stage):
    card = await opened(stage, 0)
    paid = await (await card.press("accept")).settled()
    assert (await paid.stage.post("undo", {"key": card.key})).state == "paid"


async def test_where_the_process_went_with_the_press_nothing_is_charged_and_the_offer_is_open(stage):
    card = await opened(stage, 15)
    assert (await card.press("accept")).state == "working"
    # As a crash leaves it: written down, never sent, and later than anybody would still send it.
    await rows("UPDATE charge SET pressed_at = pressed_at - 20000 RETURNING id")
    after = await card.press("status")
    assert after.state == "open"
    assert "Undo" not in after.buttons
    assert await stage.requests("POST /checkouts") == []


async def test_taken_back_and_sent_at_the_same_moment_is_exactly_one_of_both(stage):
    card = await opened(stage, 15)
    waits = await card.press("accept")
    (charge,) = await rows("SELECT id, version, pressed_at FROM charge")
    claimed, back = await asyncio.gather(
        charges.claim(charge["id"], at=int(charge["pressed_at"]) + 1_000, version=int(charge["version"])),
        waits.press("undo"),
    )
    assert (claimed is None) == ("Taken back. Nothing was charged." in back.text)
    assert back.state == ("open" if claimed is None else "working")


async def test_what_waits_too_long_is_never_sent(stage):
    card = await opened(stage, 15)
    await card.press("accept")
    (charge,) = await rows("SELECT id, version, pressed_at FROM charge")
    late = int(charge["pressed_at"]) + 60_001  # the process slept, or its clock did
    assert await charges.claim(charge["id"], at=late, version=int(charge["version"])) is None


async def test_the_way_back_is_a_button_that_is_heard_and_reached_by_the_keyboard(stage):
    waits = await (await opened(stage, 15)).press("accept")
    assert '<p id="encore-status" role="status" class="sentence">$19.00 with Visa ···· 4242.' in waits.html
    assert '<button type="submit" class="decline">Undo</button>' in waits.html

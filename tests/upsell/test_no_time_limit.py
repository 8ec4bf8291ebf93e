"""Nothing runs out under somebody who needs longer (WCAG 2.2.1): a press that comes too late is asked again, and may be repeated."""

import time

import pytest

from tests.stage import Card
from widget.web import press_keys


def as_of_yesterday(stage, card: Card) -> dict[str, str]:
    """The key of a card that has been open since yesterday."""
    now = int(time.time())
    known = press_keys.read(card.key, stage.settings.signing_keys, now=now)
    return {"key": press_keys.make(known, stage.settings.signing_keys, now=now - 24 * 3600)}


def headline(card: Card) -> str:
    """What the card is about."""
    return card.html.partition('id="encore-title"')[2].partition(">")[2].partition("<")[0]


@pytest.mark.case("F-09")
async def test_a_yes_of_today_on_a_card_of_yesterday_shows_the_price_of_now_and_the_next_yes_buys_it(stage):
    card = await stage.open(await stage.purchase())
    late = await stage.post("accept", as_of_yesterday(stage, card))
    assert (late.state, "open for a while" in late.text) == ("open", True)
    assert await stage.ours() == []
    paid = await (await late.press("accept")).settled()
    assert paid.state == "paid"
    assert len(await stage.ours()) == 1


@pytest.mark.parametrize("htmx", [True, False])
async def test_a_no_of_today_on_a_card_of_yesterday_is_still_a_no(stage, htmx):
    card = await stage.open(await stage.purchase())
    answer = await stage.post("decline", as_of_yesterday(stage, card), htmx=htmx)
    assert headline(card) == "Add the workbook to your course"
    assert headline(answer) != headline(card)
    assert await stage.ours() == []

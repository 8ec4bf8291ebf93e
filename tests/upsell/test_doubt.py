"""A press that may not have been meant is asked about once more, and one press stays enough for everybody else."""

import time

import pytest

from widget.upsell.doubt import EARLY_MS, doubt_of
from widget.web import press_keys
from widget.web.press_keys import Press

SHOWN = 1_800_000_000_000
BROWSER = {"hx-request": "true", "sec-fetch-dest": "empty"}


class Asked:
    """As much of a request as is looked at."""

    def __init__(self, headers: dict[str, str]) -> None:
        self.headers = headers


def cause(headers: dict[str, str], *, after_ms: int, asked: bool = False, **form: str) -> str:
    found = doubt_of(Asked(headers), Press(ticket="t", shown_at=SHOWN), form, asked=asked, now=SHOWN + after_ms)
    return found.cause if found else ""


async def opened(stage):
    card = await stage.open(await stage.purchase())
    assert card.state == "open"
    return card


async def press(card, *, htmx: bool = True, said: str = "", **headers: str):
    return await card.stage.post("accept", {"key": card.key} | ({"doubt": said} if said else {}), htmx=htmx, **headers)


@pytest.mark.case("F-18")
@pytest.mark.parametrize("asked", [False, True])
def test_a_browsers_press_within_a_moment_of_the_rendering_is_asked_about(asked):
    """Told by the server's own clock, whatever the page says, and at the second step as at the first."""
    assert cause(BROWSER, after_ms=0, asked=asked) == "early"
    assert cause(BROWSER, after_ms=EARLY_MS - 1, asked=asked, doubt="") == "early"
    assert cause(BROWSER, after_ms=EARLY_MS, asked=asked) == ""


def test_what_no_browser_sent_or_no_script_is_not_held_to_the_clock():
    assert cause({"hx-request": "true"}, after_ms=0) == ""
    assert cause({"sec-fetch-dest": "iframe"}, after_ms=0) == ""


def test_a_key_from_a_machine_whose_clock_is_ahead_is_no_doubt():
    assert cause(BROWSER, after_ms=-500) == ""


async def test_a_key_says_when_its_button_was_rendered(stage):
    card = await opened(stage)
    key = press_keys.read(card.key, stage.settings.signing_keys, int(time.time()))
    assert key.made_at * 1000 <= key.shown_at < (key.made_at + 1) * 1000


async def test_a_press_too_early_is_asked_about_however_often_and_charges_nothing(stage):
    card = await opened(stage)
    for _ in range(3):
        card = await press(card, said="early")
        assert card.state == "open"
        assert "Do you want to buy this?" in card.text
        assert "Nothing has been charged yet." in card.text
        assert card.buttons == ["Go back", "Pay $19.00 now"]
    assert await stage.ours() == []


async def test_a_covered_button_is_asked_about_once_and_the_sale_stays_possible(stage):
    sure = await press(await opened(stage), said="unseen")
    assert "Nothing has been charged yet." in sure.text
    assert await stage.ours() == []
    paid = await (await press(sure, said="unseen")).settled()
    assert paid.state == "paid"
    assert len(await stage.ours()) == 1


@pytest.mark.parametrize("said", ["", "no", "early ", "UNSEEN", "x" * 3000])
async def test_one_press_stays_enough_without_a_doubt(stage, said):
    paid = await (await press(await opened(stage), said=said)).settled()
    assert paid.state == "paid"


async def test_without_a_script_one_press_is_enough_at_any_time(stage):
    card = await opened(stage)
    paid = await press(card, htmx=False, **{"sec-fetch-dest": "iframe", "sec-fetch-mode": "navigate"})
    assert (await paid.settled()).state == "paid"


async def test_going_back_from_the_question_shows_the_offer_as_it_was(stage):
    sure = await press(await opened(stage), said="unseen")
    back = await sure.press("status")
    assert back.buttons[:2] == ["Pay $19.00 now", "No thanks, continue"]


async def test_the_doubt_is_noted_with_its_cause_and_nothing_about_the_person(stage, caplog):
    with caplog.at_level("INFO", logger="encore.upsell"):
        await press(await opened(stage), said="unseen")
    (noted,) = [one.fields for one in caplog.records if one.message == "upsell.doubt"]
    assert noted["cause"] == "unseen"
    assert set(noted) == {"cause", "presentation"}

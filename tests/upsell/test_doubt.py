"""A press that may not have been meant is asked about once more, and one press stays enough for everybody else."""

import pytest

BROWSER = {"sec-fetch-dest": "empty", "sec-fetch-mode": "cors"}


async def opened(stage):
    card = await stage.open(await stage.purchase())
    assert card.state == "open"
    return card


async def press(card, *, htmx: bool = True, said: str = "", **headers: str):
    return await card.stage.post("accept", {"key": card.key} | ({"doubt": said} if said else {}), htmx=htmx, **headers)


@pytest.mark.case("F-18")
async def test_a_browsers_press_within_a_moment_of_the_rendering_is_asked_about_and_charges_nothing(stage):
    card = await opened(stage)
    sure = await press(card, **BROWSER)
    assert sure.state == "open"
    assert "Do you want to buy this?" in sure.text
    assert "Nothing has been charged yet." in sure.text
    assert sure.buttons == ["Go back", "Pay $19.00 now"]
    assert await stage.ours() == []


async def test_again_too_early_is_asked_about_again_however_often(stage):
    card = await opened(stage)
    for _ in range(3):
        card = await press(card, **BROWSER)
        assert "Nothing has been charged yet." in card.text
    assert await stage.ours() == []


async def test_a_covered_button_is_asked_about_once_and_the_sale_stays_possible(stage):
    sure = await press(await opened(stage), said="unseen")
    assert "Nothing has been charged yet." in sure.text
    assert await stage.ours() == []
    paid = await (await press(sure, said="unseen")).settled()
    assert paid.state == "paid"
    assert len(await stage.ours()) == 1


async def test_what_a_page_says_is_too_early_is_believed(stage):
    assert "Nothing has been charged yet." in (await press(await opened(stage), said="early")).text


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

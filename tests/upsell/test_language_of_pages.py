"""A page speaks the language of its ticket, else of the element, else of the browser; a refusal that of the browser."""

import pytest

BROWSER = {"accept-language": "fi, de;q=0.8, en;q=0.5"}


@pytest.mark.parametrize(("query", "lang", "button"), [("", "de", "zahlungspflichtig"), ("fr", "fr", "payer")])
async def test_the_element_speaks_before_the_browser(stage, query, lang, button):
    payment = await stage.purchase()
    await stage.open(payment)  # now it is prepared
    form = {"ticket": stage.ticket(payment), "locale": query}
    answer = await stage.encore.post("/embed/offer", data=form, headers=BROWSER)
    assert f'<html lang="{lang}" dir="ltr"' in answer.text
    assert button in answer.text


async def test_a_stranger_is_refused_in_the_language_of_the_browser(stage):
    answer = await stage.encore.get("/embed/offer/nothing", headers=BROWSER)
    assert answer.status_code == 404
    assert "Diese Seite ist nicht mehr gültig." in answer.text
    assert '<html lang="de"' in answer.text


async def test_machines_are_told_in_english(stage):
    answer = await stage.encore.post("/api/v1/returns", json={}, headers=BROWSER)
    assert answer.status_code == 401
    assert answer.json()["error"]["message"] == "A valid bearer key is needed."

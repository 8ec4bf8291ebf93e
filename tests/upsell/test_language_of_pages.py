"""A page speaks the language of its ticket, else of the element, else of the browser; a refusal that of the browser."""

import pytest

from tests import plans
from tests.stage import Card

BROWSER = {"accept-language": "fi, de;q=0.8, en;q=0.5"}


@pytest.mark.parametrize(("query", "lang", "button"), [("", "de", "zahlungspflichtig"), ("fr", "fr", "payer")])
async def test_the_element_speaks_before_the_browser(stage, query, lang, button):
    payment = await stage.purchase()
    await stage.open(payment)  # now it is prepared
    form = {"ticket": stage.ticket(payment), "locale": query}
    answer = await stage.encore.post("/embed/offer", data=form, headers=BROWSER)
    assert f'<html lang="{lang}" dir="ltr"' in answer.text
    assert button in (await Card(stage, answer).settled(while_in={"preparing"})).text


async def test_a_stranger_is_refused_in_the_language_of_the_browser(stage):
    answer = await stage.encore.get("/embed/offer/nothing", headers=BROWSER)
    assert answer.status_code == 404
    assert "Diese Seite ist nicht mehr gültig." in answer.text
    assert '<html lang="de"' in answer.text


async def test_machines_are_told_in_english(stage):
    answer = await stage.encore.post("/api/v1/returns", json={}, headers=BROWSER)
    assert answer.status_code == 401
    assert answer.json()["error"]["message"] == "A valid bearer key is needed."


async def in_dodos_books(stage, customer: str, locale: str | None) -> None:
    """The language a customer chose at the provider; its control surface sets what its API only tells."""
    await stage.control("language", {"customer_id": customer, "preferred_locale": locale})


@pytest.mark.parametrize(
    ("at_dodo", "element", "lang"), [("ja", "", "ja"), ("ja", "fr", "fr"), ("ro", "", "de"), (None, "", "de")]
)
async def test_the_customers_own_language_goes_before_the_browsers_and_after_the_pages(stage, at_dodo, element, lang):
    await in_dodos_books(stage, "cus_nadia", at_dodo)
    payment = await stage.purchase(webhook=False)  # asked about by the opening itself: known when it is prepared
    form = {"ticket": stage.ticket(payment), "locale": element}
    card = Card(stage, await stage.encore.post("/embed/offer", data=form, headers=BROWSER))
    card = await card.settled(while_in={"preparing"})
    assert f'lang="{lang}"' in card.html
    asked = await stage.requests("GET /customers/cus_nadia")
    again = await stage.encore.post("/embed/offer", data=form, headers=BROWSER)
    assert f'<html lang="{lang}"' in again.text
    assert await stage.requests("GET /customers/cus_nadia") == asked  # showing asks nobody


async def test_the_panel_speaks_the_language_its_subscriber_chose_at_the_provider(stage):
    await in_dodos_books(stage, "cus_nadia", "it")
    await plans.family(stage)
    subscription = await plans.subscribe(stage)
    await plans.quiet(stage)
    panel = await plans.open_panel(stage, subscription)
    assert panel.attribute("lang") == "it"
    assert (await plans.open_panel(stage, subscription, locale="pl")).attribute("lang") == "pl"

"""Bad input is refused by name and changes nothing; a stranger learns nothing."""

import time

import pytest
from msgspec.structs import replace

from tests.plans import at_dodo, changes, family, open_panel, post, subscribe, ticket
from widget.web import press_keys, tickets


async def untouched(stage, subscription: str, product: str = "pdt_basic") -> None:
    now = await at_dodo(stage, subscription)
    assert (now["product_id"], now["quantity"], now["scheduled_change"]) == (product, 1, None)
    assert await stage.requests(f"POST /subscriptions/{subscription}/change-plan") == []
    assert await changes(stage) == []


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"product": "pdt_course"}, "This choice is not possible. Nothing was changed."),
        ({"product": "pdt_nothing"}, "This choice is not possible."),
        ({"quantity": "0"}, "Seats: enter a whole number from 1 to 20"),
        ({"quantity": "21"}, "Seats: enter a whole number from 1 to 20"),
        ({"quantity": "-3"}, "Seats: enter a whole number"),
        ({"quantity": "2.5"}, "Seats: enter a whole number"),
        ({"quantity": "two"}, "Seats: enter a whole number"),
        ({"quantity": "٣"}, "Seats: enter a whole number"),
        ({"quantity": "9" * 40}, "Seats: enter a whole number"),
        ({"addon:adn_boat": "1"}, "This choice is not possible."),
        ({"addon:adn_seat": "51"}, "Extra seat: enter a whole number from 0 to 50."),
        ({"addon:adn_seat": "many"}, "Extra seat: enter a whole number"),
        ({"code": "THANKS10"}, "This code is not valid for this plan. Nothing was changed."),
    ],
)
async def test_what_cannot_be_is_named_and_changes_nothing(stage, fields, said):
    await family(stage, "seats = { min = 1, max = 20 }")
    subscription = await subscribe(stage)
    panel = await open_panel(stage, subscription)
    answer = await panel.press("preview", **fields)
    assert answer.status == 400
    assert answer.state == "choices"
    assert said in answer.text
    await untouched(stage, subscription)


async def test_seats_cannot_be_changed_where_the_merchant_has_no_bounds_for_them(stage):
    await family(stage)
    subscription = await subscribe(stage)
    answer = await (await open_panel(stage, subscription)).press("preview", quantity="2")
    assert (answer.status, "Seats: this number cannot be changed for this plan." in answer.text) == (400, True)
    await untouched(stage, subscription)


async def test_the_numbers_that_are_possible_are_said_in_the_subscribers_language(stage):
    await family(stage, 'seats = { min = 5, max = 20, step = 5, locale.de.noun = "Pinsel" }')
    panel = await open_panel(stage, await subscribe(stage), locale="de-AT")
    odd = await panel.press("preview", quantity="7")
    assert "Pinsel: Geben Sie eine ganze Zahl von 5 bis 20 in Schritten von 5 ein." in odd.text
    assert "whole number" not in (await panel.press("preview", **{"addon:adn_seat": "51"})).text


async def test_a_move_the_merchant_does_not_allow_is_refused(stage):
    await family(stage, more='[[plan_family.move]]\nfrom = "pdt_basic"\nto = "pdt_lite"\nallowed = false')
    subscription = await subscribe(stage)
    panel = await open_panel(stage, subscription)
    assert not panel.button("Change to Lite")
    answer = await panel.choose("pdt_lite")
    assert answer.status == 400
    await untouched(stage, subscription)


async def test_somebody_elses_subscription_is_not_there(stage):
    await family(stage)
    nadias, rexs = await subscribe(stage), await subscribe(stage, "cus_rex")
    foreign = await stage.encore.get(f"/embed/plans/{ticket(stage, nadias, 'cus_rex')}")
    absent = await stage.encore.get(f"/embed/plans/{ticket(stage, 'sub_nothing', 'cus_rex')}")
    tampered = await stage.encore.get(f"/embed/plans/{ticket(stage, rexs, 'cus_rex')[:-3]}abc")
    offer = await stage.encore.get(f"/embed/plans/{stage.ticket(await stage.purchase())}")
    assert {answer.status_code for answer in (foreign, absent, tampered, offer)} == {404}
    assert len({answer.text for answer in (foreign, absent, tampered, offer)}) == 1


async def test_an_old_ticket_opens_nothing_unless_it_was_opened_in_time(stage):
    await family(stage)
    subscription = await subscribe(stage)
    old = tickets.mint_plans(
        stage.settings.signing_keys, customer_id="cus_nadia", subscription_id=subscription, now=int(time.time()) - 1000
    )
    assert (await stage.encore.get(f"/embed/plans/{old}")).status_code == 404
    new = ticket(stage, subscription)
    assert (await stage.encore.get(f"/embed/plans/{new}")).status_code == 200
    assert (await stage.encore.get(f"/embed/plans/{new}")).status_code == 200


async def test_a_quote_of_another_subscription_confirms_nothing(stage):
    await family(stage)
    nadias, rexs = await subscribe(stage), await subscribe(stage, "cus_rex")
    quote = await (await open_panel(stage, rexs, "cus_rex")).choose("pdt_pro")
    theirs = press_keys.read(quote.key, stage.settings.signing_keys, now=int(time.time()))
    mine = press_keys.read((await open_panel(stage, nadias)).key, stage.settings.signing_keys, now=int(time.time()))
    forged = press_keys.make(
        replace(mine, quote_id=theirs.quote_id, charge_id=theirs.charge_id),
        stage.settings.signing_keys,
        int(time.time()),
    )
    answer = await post(stage, "confirm", {"key": forged})
    assert answer.status == 404
    await untouched(stage, nadias)
    await untouched(stage, rexs)


@pytest.mark.parametrize(
    "action", ["choices", "preview", "confirm", "status", "undo", "cancel", "keep", "pause", "resume", "method", "link"]
)
async def test_a_press_without_an_authentic_key_is_not_there(stage, action):
    await family(stage, "cancel = true\npause = true")
    subscription = await subscribe(stage)
    key = (await open_panel(stage, subscription)).key
    for wrong in ("", "nonsense", key[:-4] + "AAAA"):
        answer = await post(stage, action, {"key": wrong, "product": "pdt_pro", "sure": "yes", "new": "yes"})
        assert answer.status == 404, wrong
    cross = await post(
        stage, action, {"key": key}, **{"sec-fetch-site": "cross-site", "origin": "https://evil.example"}
    )
    assert cross.status == 404
    await untouched(stage, subscription)
    assert (await at_dodo(stage, subscription))["status"] == "active"


async def test_a_key_of_an_offer_opens_no_plans_and_the_other_way_round(stage):
    await family(stage)
    subscription = await subscribe(stage)
    panel = await open_panel(stage, subscription)
    for action in ("accept", "decline", "status", "checkout"):
        answer = await stage.encore.post(
            f"/upsell/{action}", data={"key": panel.key}, headers={"sec-fetch-site": "same-origin"}
        )
        assert answer.status_code == 404, action
    assert (await stage.requests("POST /checkouts")) == []


async def test_everything_works_without_javascript(stage):
    await family(stage)
    subscription = await subscribe(stage)
    panel = await open_panel(stage, subscription)
    quote = await panel.press("preview", htmx=False, product="pdt_pro")
    assert quote.html.count("<html") == 1
    done = await (await quote.press("confirm", htmx=False)).settled()
    assert done.state == "changed"
    assert len(await changes(stage)) == 1


async def test_a_press_with_a_stale_key_shows_the_plans_again(stage):
    await family(stage)
    subscription = await subscribe(stage)
    panel = await open_panel(stage, subscription)
    known = press_keys.read(panel.key, stage.settings.signing_keys, now=int(time.time()))
    old = press_keys.make(known, stage.settings.signing_keys, now=int(time.time()) - press_keys.LIVES_S - 60)
    answer = await post(stage, "preview", {"key": old, "product": "pdt_pro"})
    assert (answer.status, answer.state) == (200, "choices")
    assert "open for a while" in answer.text
    await untouched(stage, subscription)

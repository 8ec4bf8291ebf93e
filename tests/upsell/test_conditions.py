"""Conditions of the offers file decide who is offered what, on facts that were really read."""

import asyncio
import time

import pytest

from tests.stage import API_KEY, ENCORE, WEBHOOK_SECRET
from widget.commands import why
from widget.core.considered import missing
from widget.core.offers_file import OffersFileError, read
from widget.storage import occasions, offers, products, purchases
from widget.web import tickets


def file(condition: str) -> str:
    return f'[[offer]]\nname = "workbook"\nproduct = "pdt_workbook"\nwhen = {condition}\n[offer.texts]\nheadline = "The workbook"\n'


async def shown(stage, condition: str, *, customer: str = "cus_nadia", product: str = "pdt_course") -> str:
    text = file(condition)
    await offers.apply(text, read(text), by="mara", at=int(time.time() * 1000))
    return (await stage.open(await stage.purchase(customer, product))).state


@pytest.mark.parametrize(
    ("condition", "state"),
    [
        ('{ bought = ["pdt_course"] }', "open"),
        ('{ bought = ["pdt_brushes"] }', "empty"),
        ('{ total = { at_least = 4900, currency = "USD" } }', "open"),
        ('{ total = { at_least = 4901, currency = "USD" } }', "empty"),
        ('{ country = ["US", "CA"] }', "open"),
        ('{ none = [{ country = ["US"] }] }', "empty"),
        ('{ any = [{ country = ["DE"] }, { currency = ["USD"] }] }', "open"),
        ('{ customer = "first" }', "open"),
        ('{ past_purchases = { at_least = 1 } }', "empty"),
        ('{ method = ["card"] }', "open"),
        ('{ subscribed = { product = ["pdt_pro"] } }', "empty"),
        ('{ customer_metadata = { key = "tier", equals = "gold" } }', "empty"),
    ],
)  # fmt: skip
async def test_who_is_offered_what(stage, condition, state):
    assert await shown(stage, condition) == state


async def test_metadata_of_the_customer_and_of_what_was_bought_is_asked(stage):
    headers = {"authorization": "Bearer sandbox"}
    body = {"metadata": {"tier": "gold", "since": 2019}}
    told = await stage.sandbox.patch("/customers/cus_nadia", json=body, headers=headers)
    assert told.status_code == 200, told.text
    await stage.control("products", {"product_id": "pdt_course", "metadata": {"level": "beginner"}})
    gold, beginner = '{ key = "tier", equals = "gold" }', '{ key = "level", equals = "beginner" }'
    both = f"{{ all = [{{ customer_metadata = {gold} }}, {{ product_metadata = {beginner} }}] }}"
    assert await shown(stage, both) == "open"
    assert await shown(stage, both, customer="cus_rex") == "empty"
    assert await shown(stage, both, product="pdt_brushes") == "empty"


async def test_what_somebody_bought_before_and_subscribes_to_counts(stage):
    await stage.purchase("cus_nadia", "pdt_pro")
    await stage.purchase("cus_nadia", "pdt_brushes")
    for _ in range(200):
        if {"pdt_pro", "pdt_brushes"} <= set((await purchases.before("cus_nadia", payment_id=""))[0]):
            break
        await asyncio.sleep(0.02)  # both webhooks are applied meanwhile; bounded by the range
    asked = '{ all = [{ ever_bought = ["pdt_brushes"] }, { subscribed = { product = ["pdt_pro"] } }, { customer = "returning" }, { spent = { currency = "USD", at_least = 10900 } }] }'
    assert await shown(stage, asked) == "open"


async def test_what_somebody_bought_before_encore_met_them_counts(stage):
    """No webhook of these was ever received: Dodo is asked for what the conditions name."""
    hooks = {"target": f"{ENCORE}/webhooks/dodo", "secret": WEBHOOK_SECRET}
    await stage.control("webhooks", hooks | {"drop": True})
    for product in ("pdt_pro", "pdt_brushes"):
        await stage.purchase("cus_nadia", product)
    await stage.control("webhooks", hooks | {"drop": False})
    asked = (
        '{ all = [{ ever_bought_all = ["pdt_brushes", "pdt_pro", "pdt_course"] }, { never_bought = ["pdt_bundle"] }, '
        '{ subscribed = { product = ["pdt_pro"], seats = { at_most = 1 }, days = { at_most = 0 } } }, '
        "{ past_purchases = { at_least = 2, at_most = 2 } }] }"
    )
    assert await shown(stage, asked) == "open"
    assert await shown(stage, '{ never_bought = ["pdt_brushes"] }') == "empty"
    assert await shown(stage, '{ ever_bought = ["pdt_brushes"] }', customer="cus_rex") == "empty"


async def test_the_reasons_name_every_condition_with_what_it_saw(stage, capsys):
    text = file('{ all = [{ country = ["DE"] }, { total = { at_least = 1000, currency = "USD" } }] }')
    await offers.apply(text, read(text), by="mara", at=int(time.time() * 1000))
    payment = await stage.purchase()
    await stage.open(payment)
    (found,) = await occasions.reasons(payment["payment_id"])
    (one,) = found.considered
    said = next(check for check in one.checks if check.name == "when")
    assert not said.held
    assert said.value == "1 of 2 held"
    assert said.conditions is not None
    country, total = said.conditions.parts
    assert (country.value, country.need, country.held) == ("US", "DE", False)
    assert (total.value, total.held) == ("4900 USD", True)
    assert missing(one) == ("when: country: US, needs DE",)
    assert "when: 1 of 2 held\n        NO  all of: 1 of 2 held\n          NO  country: US, needs DE\n" in _printed(
        found, capsys
    )
    assert _document(found)["considered"][0]["checks"][1]["conditions"]["parts"][0] == {
        "key": "country", "value": "US", "held": False, "unknown": False, "name": "country", "need": "DE",
    }  # fmt: skip


def _printed(found, capsys) -> str:
    why._print(found)
    return capsys.readouterr().out


def _document(found) -> dict:
    return why._json(found)


async def test_moments_bring_their_data(stage):
    text = file('{ all = [{ occasion = ["limit_near"] }, { occasion_data = { key = "used", at_least = 0.8 } }] }')
    text = text.replace("product =", 'placement = "in_app"\nproduct =')
    await offers.apply(text, read(text), by="mara", at=int(time.time() * 1000))
    await stage.purchase()
    for used, state in ((0.5, "empty"), (0.9, "open")):
        told = await stage.encore.post(
            "/api/v1/occasions",
            headers={"authorization": f"Bearer {API_KEY}"},
            json={
                "customer_id": "cus_nadia",
                "name": "limit_near",
                "data": {"used": used},
                "idempotency_key": str(used),
            },
        )
        assert told.status_code == 201
        ticket = tickets.mint_offer(
            stage.settings.signing_keys,
            customer_id="cus_nadia",
            payment_id=None,
            placement="in_app",
            now=int(time.time()),
        )
        card = await (await stage.get(ticket)).settled(while_in={"preparing"})
        assert card.state == state


@pytest.mark.parametrize(
    ("condition", "field"),
    [
        ('{ contry = ["US"] }', "offer[0].when.contry"),
        ('{ all = [{ currency = ["USD"] }, { currency = ["EUR"] }] }', "offer[0].when"),
        ("{ share = 0 }", "offer[0].when"),
        ("{ any = [] }", "offer[0].when"),
        ("{ total = { at_least = 10, at_most = 5 } }", "offer[0].when"),
    ],
)
def test_what_can_never_hold_is_told_with_its_line(condition, field):
    with pytest.raises(OffersFileError) as error:
        read(file(condition))
    (problem,) = error.value.problems
    assert problem.field.startswith(field)
    assert problem.line == 4


async def test_what_the_offers_name_is_read_when_a_file_is_applied(stage):
    text = file('{ country = ["US"] }').replace("pdt_workbook", "pdt_kwd")
    await offers.apply(text, read(text), by="mara", at=int(time.time() * 1000))
    for _ in range(200):
        if await products.known("pdt_kwd", newer_than=0) is not None:
            return
        await asyncio.sleep(0.02)  # a job of this process works meanwhile; bounded by the range
    raise AssertionError("never read")

"""The history of a charge has no gap, whoever writes at once, and shows what was changed or taken out."""

import asyncio

import pytest
from msgspec.structs import replace

from widget.core.charge import Charge, Fate
from widget.core.consent import Consent
from widget.core.money import Money
from widget.storage import charges, history
from widget.storage.database import rows

PRICE = Money(1900, "USD")


@pytest.fixture
async def charge(database) -> Charge:
    await rows(
        "INSERT INTO presentation (id, occasion_id, step, offer_name, offer_version, customer_id, product_id, "
        "quantity, state, one_click, card, methods, verdict, quote_id, prepared_at, closes_at) VALUES "
        "('pre_1', 'occ_1', 0, 'o', 1, 'cus_nadia', 'pdt_workbook', 1, 'open', 1, '', '', '', 'quo_1', 1, 1) "
        "RETURNING id"
    )
    intent = Charge(
        id="chg_1", reason="one_click:pre_1", presentation_id="pre_1", quote_id="quo_1", customer_id="cus_nadia",
        product_id="pdt_workbook", quantity=1, method_id="pm_1", quoted=PRICE, fate=Fate.INTENDED, pressed_at=1,
    )  # fmt: skip
    await charges.intend(intent, Consent("pre_1", "quo_1", "[Pay]", PRICE, "Visa", "en", "t", 1))
    return await charges.claim("chg_1", at=2, version=0)


async def test_news_from_many_doors_at_once_is_one_chain_that_ends_in_the_present_fate(charge):
    async def a_door(name):
        kept = 0
        while kept < 4:
            now = await charges.find(charge.id)
            after = replace(now, fate=Fate.WAITING, version=now.version + 1)
            kept += await charges.save(now, after, event="waiting", detail=name, at=3, alarms=())

    await asyncio.gather(*(a_door(name) for name in ("answer", "webhook", "watch")))
    lines = await history.of(charge.id)
    now = await charges.find(charge.id)
    assert history.intact(charge.id, lines)
    assert [line["detail"] for line in lines if line["event"] == "waiting"].count("webhook") == 4
    assert len(lines) == 2 + 12
    assert (lines[-1]["fate"], now.version) == (now.fate.value, charge.version + 12)


@pytest.mark.parametrize("column", ["at", "event", "fate", "detail", "previous", "digest"])
async def test_a_line_that_was_changed_breaks_the_chain(charge, column):
    lines = await history.of(charge.id)
    assert history.intact(charge.id, lines)
    lines[0][column] = 77 if column == "at" else "forged"
    assert not history.intact(charge.id, lines)


async def test_a_line_that_is_missing_or_of_another_charge_breaks_the_chain(charge):
    lines = await history.of(charge.id)
    assert not history.intact(charge.id, lines[1:])
    assert not history.intact("chg_2", lines)

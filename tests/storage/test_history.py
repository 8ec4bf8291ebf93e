"""The history of a charge has no gap, whoever writes at once, and shows what was changed or taken out."""

import asyncio

import pytest
from msgspec.structs import replace

from tests.storage.pressed import offered, pressed
from widget.core.charge import Charge, Fate
from widget.storage import charges, history


@pytest.fixture
async def charge(database) -> Charge:
    await offered()
    await pressed("one_click", at=1)
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

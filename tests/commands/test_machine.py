"""The machine breaks under a running server: once each here, a hundred times in figure G-26."""

import asyncio

import pytest

from tests.campaign.figure import Tally
from tests.campaign.g26_machine import one_fault
from tests.campaign.lives.machine import machine
from tests.campaign.lives.served import served


@pytest.mark.case("F-91", "F-92")
def test_a_postgres_that_is_killed_loses_no_acknowledged_webhook_and_halves_no_press():
    assert broken_once("postgres", "killed").wrong == ()


@pytest.mark.case("F-91", "F-92", "F-95")
def test_a_disk_that_is_full_loses_no_acknowledged_webhook_and_halves_no_press():
    try:
        assert broken_once("sqlite", "full").wrong == ()
    except PermissionError as reason:
        pytest.skip(reason=f"A FULL DISK IS NOT TESTED: {reason}")


def broken_once(engine: str, name: str):
    tally = Tally("G-26", "", "push", 0, engine)
    with machine(engine) as here:
        [fault] = [one for one in here.faults() if one.name == name]
        asyncio.run(once(tally, here.url, fault))
    figure = tally.figure()
    assert figure.counts["payments judged"] >= 3
    return figure


async def once(tally: Tally, url: str, fault) -> None:
    async with served(url, count=1) as (world, _):
        await one_fault(tally, 0, world, fault)

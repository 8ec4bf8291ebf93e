"""Figures whose push size is too much for a suite of ten minutes, held here by a thin one."""

import asyncio

from tests.campaign import ground
from tests.campaign.figure import SEED, measuring
from tests.campaign.g03_toxics import GOAL, spoil


def test_a_spoiled_wire_and_a_lying_dodo_double_lose_and_leave_nothing():
    with measuring("G-03", GOAL, "push", SEED, "sqlite") as tally, ground.database("sqlite") as url:
        asyncio.run(spoil(tally, SEED, url, 25))
    figure = tally.figure()
    assert figure.wrong == ()
    assert figure.counts["injected"] >= 25

"""A chain: what follows on a no has a rule, dates and a pause of its own; and ends when it was said to end."""

import time
from datetime import UTC, datetime, timedelta

import pytest

from widget.core.offers_file import read
from widget.storage import occasions, offers
from widget.storage.database import rows

CHAIN = """
[[offer]]
name = "first"
product = "pdt_workbook"
on_decline = "second"
[offer.texts]
headline = "The workbook"

[[offer]]
name = "second"
product = "pdt_brushes"
chain_only = true
on_decline = "third"
{second}
[offer.texts]
headline = "The brushes"

[[offer]]
name = "third"
product = "pdt_bundle"
chain_only = true
[offer.texts]
headline = "The bundle"
"""


async def opened(stage, text: str):
    await offers.apply(text, read(text), by="mara", at=int(time.time() * 1000))
    payment = await stage.purchase()
    return payment, await stage.open(payment)


@pytest.mark.parametrize(
    ("second", "check"),
    [
        ("paused = true", "not_paused"),
        ('when = { country = ["DE"] }', "when"),
        ("ends = 2001-01-01T00:00:00Z", "not_ended"),
    ],
)
async def test_a_step_that_may_not_be_shown_is_passed_over_and_the_reason_is_kept(stage, second, check):
    payment, card = await opened(stage, CHAIN.format(second=second))
    assert "The workbook" in card.text
    assert "The bundle" in (await card.press("decline")).text
    (why,) = await occasions.reasons(payment["payment_id"])
    assert [one.offer for one in why.considered if one.chosen] == ["first", "third"]
    (passed_over,) = (one for one in why.considered if one.offer == "second")
    assert [one.name for one in passed_over.checks if not one.held] == [check]


@pytest.mark.case("F-110")
async def test_nothing_can_be_accepted_after_the_offer_has_ended(stage):
    ends = datetime.now(UTC) + timedelta(minutes=10)
    _, card = await opened(stage, CHAIN.format(second=f"ends = {ends:%Y-%m-%dT%H:%M:%SZ}"))
    assert card.state == "open"
    found = {one["offer_name"]: int(one["closes_at"]) for one in await rows("SELECT * FROM presentation")}
    assert found["second"] == int(ends.replace(microsecond=0).timestamp() * 1000)
    assert found["first"] == found["third"] > found["second"]

"""While the brake is on nothing can be sold, here or at the hosted checkout: nothing is offered, and what was bought is still told."""

import asyncio
import time

import pytest

from widget.storage import brake
from widget.storage.database import rows


async def away() -> None:
    """Dodo is away; the comparison with it, which would notice that it is not, has been done and is put off."""
    now = int(time.time() * 1000)
    for _ in range(200):
        put_off = (
            "UPDATE job SET run_at = run_at + 3600000 WHERE kind = 'reckon' AND owner = '' AND run_at > {} RETURNING id"
        )
        if await rows(put_off, now):
            await brake.pull("dodo_away", "ReadTimeout", at=now)
            return
        await asyncio.sleep(0.02)  # other tasks of this process work meanwhile; bounded by the range
    raise AssertionError("never compared")


@pytest.mark.case("F-47")
async def test_while_dodo_is_away_no_offer_is_shown_and_it_is_there_again_afterwards(stage):
    payment = await stage.purchase()
    await away()
    assert (await stage.open(payment)).state == "empty"
    assert not any(row["opened_at"] for row in await rows("SELECT opened_at FROM presentation"))  # not used up
    await brake.release(at=0)
    card = await stage.open(payment)
    assert card.state == "open"
    await away()
    assert (await stage.open(payment)).state == "empty"  # loaded again: what was seen before is withheld, too
    await brake.release(at=0)
    assert (await (await card.press("accept")).settled()).state == "paid"


async def test_what_is_being_prepared_is_not_waited_for(stage):
    payment = await stage.purchase()
    await stage.open(payment)
    await rows("UPDATE occasion SET state = 'asked' RETURNING id")
    await rows("DELETE FROM job WHERE kind = 'prepare' RETURNING id")
    await away()
    assert (await stage.open(payment)).state == "empty"


async def test_what_was_bought_or_is_on_its_way_is_still_told(stage):
    payment = await stage.purchase()
    await (await (await stage.open(payment)).press("accept")).settled()
    await away()
    assert (await stage.open(payment)).state == "paid"
    await rows("UPDATE charge SET fate = 'unknown' RETURNING id")
    assert (await stage.open(payment)).state == "working"

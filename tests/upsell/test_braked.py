"""While the brake is on nothing can be sold, here or at the hosted checkout: nothing is offered, and what was bought is still told."""

import time

import pytest

from widget.storage import brake
from widget.storage.database import rows


async def away() -> None:
    await brake.pull("dodo_away", "ReadTimeout", at=int(time.time() * 1000))


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

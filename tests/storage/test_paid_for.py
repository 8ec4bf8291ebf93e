"""What was paid for once is not begun again: neither written down nor sent, whichever way to pay it is."""

import pytest

from tests.storage.pressed import PRICE, offered, pressed
from widget.core.answer import Taken
from widget.core.charge import Shut, settle
from widget.storage import charges


@pytest.fixture(autouse=True)
async def open_offer(database):
    await offered()


async def _intended(reason):
    return await pressed(reason, id_=f"chg_{reason}", method_id="")


async def _paid(reason):
    written = await _intended(reason)
    claimed = await charges.claim(written.id, at=1_001, version=written.version)
    after = settle(claimed, Taken("pay_1", PRICE), at=1_002).charge
    assert await charges.save(claimed, after, event="taken", detail="", at=1_002, alarms=())


@pytest.mark.parametrize("second", ["hosted:2", "one_click"])
async def test_a_press_on_what_is_paid_is_not_written_down(second):
    await _paid("hosted:1")
    assert isinstance(await _intended(second), Shut)
    assert await charges.find(f"chg_{second}") is None


@pytest.mark.parametrize("second", ["hosted:2", "one_click"])
async def test_what_was_written_down_before_the_payment_was_known_is_not_sent(second):
    written = await _intended(second)
    await _paid("hosted:1")
    assert await charges.claim(written.id, at=1_003, version=written.version) is None

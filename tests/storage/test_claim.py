"""The claim: what is sent is what is still wanted, once, while nothing speaks against it; and somebody will look after it."""

import pytest
from msgspec.structs import replace

from tests.storage.pressed import offered, pressed
from widget.core.charge import Charge, Fate
from widget.core.watching import SENDING_GRACE_MS
from widget.storage import charges, history, known
from widget.storage.database import rows

AT = 1_001


@pytest.fixture
async def written(database) -> Charge:
    """Nadia's press on an open offer."""
    await offered()
    found = await pressed("one_click")
    assert isinstance(found, Charge)
    return found


async def _claimed(written: Charge) -> Charge | None:
    return await charges.claim(written.id, at=AT, version=written.version)


async def test_what_is_claimed_is_being_sent_and_may_not_be_claimed_again(written):
    claimed = await _claimed(written)
    assert claimed == replace(written, fate=Fate.SENDING, sent_at=AT, version=written.version + 1)
    assert await _claimed(written) is None
    assert await _claimed(claimed) is None


async def test_what_was_declined_meanwhile_is_not_sent(written):
    await rows("UPDATE presentation SET state = 'declined' WHERE id = 'pre_1' RETURNING id")
    assert await _claimed(written) is None
    assert (await charges.find("chg_1")).fate is Fate.INTENDED


async def test_while_the_brake_is_on_nothing_is_sent(written):
    await known.keep(known.BRAKE, "UNAUTHORIZED", at=1_000)
    assert await _claimed(written) is None
    assert (await charges.find("chg_1")).fate is Fate.INTENDED


async def test_a_claim_is_looked_after_from_the_time_on_in_which_its_own_answer_may_still_come(written):
    await _claimed(written)
    (job,) = await rows("SELECT kind, run_at FROM job WHERE id = 'watch:chg_1'")
    assert (job["kind"], job["run_at"]) == ("watch", AT + SENDING_GRACE_MS)


async def test_a_claim_stands_in_the_history(written):
    await _claimed(written)
    told = [(one["event"], one["fate"], one["detail"]) for one in await history.of("chg_1")]
    assert told[-1] == ("claimed", "sending", "")


async def test_a_life_can_be_ended_right_before_a_claim_is_committed(written, passed):
    await _claimed(written)
    assert passed == ["sending.claimed"]

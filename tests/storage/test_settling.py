"""One function settles, on the books as they are kept: it meets other doors' news, and says so where there is no charge."""

import pytest
from msgspec.structs import replace

from tests.storage.pressed import PRICE
from tests.storage.test_claim import AT, written
from widget.core.answer import Refused, Taken, Unknown
from widget.core.charge import Fate
from widget.storage import charges, history
from widget.till.settle import settle_charge

__all__ = ["written"]

PAID = Taken("pay_1", PRICE)


@pytest.fixture
async def sent(written):
    """Nadia's charge, on its way to Dodo."""
    return await charges.claim(written.id, at=AT, version=written.version)


async def test_the_answer_is_written_down_with_the_door_it_came_by(sent):
    settled = await settle_charge(charges, sent, PAID, door="press", at=AT + 1)
    assert (settled.fate, settled.paid, settled.payment_id) == (Fate.TAKEN, PRICE, "pay_1")
    assert await charges.find(sent.id) == settled
    told = [(one["event"], one["fate"], one["detail"]) for one in await history.of(sent.id)]
    assert told[-1] == ("taken", "taken", "press")


async def test_who_comes_second_applies_the_news_to_what_the_first_wrote(sent):
    await settle_charge(charges, sent, PAID, door="webhook", at=AT + 1)
    settled = await settle_charge(charges, sent, Unknown("ReadTimeout"), door="press", at=AT + 2)
    assert settled.fate is Fate.TAKEN
    assert [one["event"] for one in await history.of(sent.id)][-1] == "taken"


async def test_a_charge_that_is_not_in_the_books_cannot_be_settled(sent):
    with pytest.raises(LookupError, match="chg_gone"):
        await settle_charge(charges, replace(sent, id="chg_gone"), Refused("DO_NOT_HONOR"), door="watch", at=AT + 1)


async def test_a_life_can_be_ended_right_before_and_after_the_answer_is_committed(sent, passed):
    await settle_charge(charges, sent, PAID, door="press", at=AT + 1)
    assert passed == ["settle.updated", "settle.committed"]
    passed.clear()
    await settle_charge(charges, sent, PAID, door="webhook", at=AT + 2)
    assert passed == [], "nothing was written a second time"


def test_the_fates_are_called_what_the_books_and_the_papers_call_them():
    assert {fate.name.lower(): fate.value for fate in Fate} == {
        name: name for name in ("intended", "sending", "unknown", "waiting", "taken", "refused", "lapsed")
    }

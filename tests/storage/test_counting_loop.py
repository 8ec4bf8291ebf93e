"""The k-th call of the database fails, for k = 1, 2, 3 … until a life passes untouched: never a half, never sent twice."""

import contextlib

import pytest

from tests.storage.pressed import offered
from widget.core.answer import Taken
from widget.core.charge import Charge, Fate, Shut, settle
from widget.core.consent import Consent
from widget.core.money import Money
from widget.storage import charges, history
from widget.storage.away import Away
from widget.storage.database import engine_of, opened, rows
from widget.storage.postgres import PooledEngine
from widget.storage.sqlite import EmbeddedEngine

PRICE = Money(1900, "USD")
NEVER = 10**9


class Counting:
    """Counts what is asked of the database and fails at one of it: once, or from then on."""

    fail_at = NEVER
    lasting = False
    asked = 0

    def count(self):
        self.asked += 1
        if self.asked == self.fail_at or (self.lasting and self.asked > self.fail_at):
            raise Away(f"call {self.asked}")

    async def run_querystring(self, querystring, in_pool=True):
        self.count()
        return await super().run_querystring(querystring)

    @contextlib.asynccontextmanager
    async def transaction(self, *_, **__):
        self.count()  # BEGIN fails
        async with super().transaction():
            yield
            self.count()  # COMMIT fails
        self.count()  # it was committed, but the answer is lost


class CountingEmbedded(Counting, EmbeddedEngine):
    pass


class CountingPooled(Counting, PooledEngine):
    pass


def counting(url):
    plain = engine_of(url)
    if isinstance(plain, EmbeddedEngine):
        return CountingEmbedded(url.removeprefix("sqlite:///"))
    return CountingPooled(url, size=2)


async def press(number, attempt, sent):
    """Intent, claim, sending, settling; what would have been sent is written down where no database can lose it."""
    intent = Charge(
        id=f"chg_{number}_{attempt}", reason=f"one_click:pre_{number}", presentation_id=f"pre_{number}",
        quote_id="quo_1", customer_id="cus_nadia", product_id="pdt_workbook", quantity=1, method_id="pm_1",
        quoted=PRICE, fate=Fate.INTENDED, pressed_at=1_000 + attempt,
    )  # fmt: skip
    consent = Consent(f"pre_{number}", "quo_1", "[Pay $19.00 now]", PRICE, "Visa", "en", "t", 1_000 + attempt)
    written = await charges.intend(intent, consent)
    assert not isinstance(written, Shut)
    claimed = await charges.claim(written.id, at=1_010, version=written.version)
    if claimed is None:
        return
    sent.append(claimed.id)
    after = settle(claimed, Taken(f"pay_{number}", PRICE), at=1_020).charge
    await charges.save(claimed, after, event="taken", detail="", at=1_020, alarms=())


async def assert_nothing_is_half_done(number):
    charge = await charges.by_reason(f"one_click:pre_{number}")
    [presentation] = await rows("SELECT state FROM presentation WHERE id = {}", f"pre_{number}")
    bought = await rows("SELECT id FROM purchase WHERE payment_id = {}", f"pay_{number}")
    if charge is None:
        assert presentation["state"] == "open"
        assert await rows("SELECT id FROM consent WHERE presentation_id = {}", f"pre_{number}") == []
        return None
    lines = await history.of(charge.id)
    watched = await rows("SELECT id FROM job WHERE id = {}", f"watch:{charge.id}")
    consents = await rows("SELECT id FROM consent WHERE charge_id = {}", charge.id)
    told = [line["event"] for line in lines]
    assert presentation["state"] == "accepted"
    assert history.intact(charge.id, lines)
    assert len(consents) == told.count("intended") > 0
    assert [event for event in told if event != "intended"] == {
        Fate.INTENDED: [],
        Fate.SENDING: ["claimed"],
        Fate.TAKEN: ["claimed", "taken"],
    }[charge.fate]
    assert lines[-1]["fate"] == charge.fate.value
    assert bool(watched) == (charge.fate is not Fate.INTENDED)
    assert bool(bought) == (charge.fate is Fate.TAKEN)
    return charge.fate


@pytest.mark.parametrize("lasting", [False, True], ids=["once", "from then on"])
@pytest.mark.case("F-91", "F-92")
async def test_whichever_call_fails_nothing_is_half_done_and_the_next_press_sends_at_most_once(database_url, lasting):
    fates = set()
    async with opened(counting(database_url)) as engine:
        engine.lasting = lasting
        for number in range(1, 100):
            sent = []
            await offered(number)
            engine.asked, engine.fail_at = 0, number
            with contextlib.suppress(Away):
                await press(number, 1, sent)
            untouched, engine.fail_at = engine.asked < number, NEVER
            fate = await assert_nothing_is_half_done(number)
            assert sent == [] or fate in {Fate.SENDING, Fate.TAKEN}, "sent, but not on record as sent"
            fates.add(fate)
            await press(number, 2, sent)
            await assert_nothing_is_half_done(number)
            assert len(sent) <= 1
            if untouched:
                break
    assert untouched
    assert number > 15  # three commits and their statements were really counted
    assert fates == {None, Fate.INTENDED, Fate.SENDING, Fate.TAKEN}

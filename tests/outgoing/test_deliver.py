"""Outgoing events arrive at least once, in order for each offer, under one id, however long the merchant's server is away."""

import asyncio

import pytest

from widget.core.outgoing import ActTold
from widget.outgoing import GIVE_UP_AFTER_MS, deliver, pause_ms
from widget.provider.courier import Arrived, NotArrived
from widget.storage import attention, jobs, outgoing
from widget.storage.database import rows, unit

START = 1_764_000_000_000
HOUR = 3_600_000
TOLD = ActTold("sub_nadia", "cus_nadia")


class Merchant:
    """Mara's server, which may be away; and a worker in simulated time that delivers to it."""

    def __init__(self) -> None:
        self.now = START
        self.away = False
        self.heard: list[tuple[str, str]] = []  # id, body
        self.attempts = 0

    async def courier(self, event_id: str, body: str, at: int) -> Arrived | NotArrived:
        self.attempts += 1
        if self.away:
            return NotArrived("ConnectError")
        self.heard.append((event_id, body))
        return Arrived(204)

    @property
    def ids(self) -> list[str]:
        return [event_id for event_id, _ in self.heard]

    async def work(self, *, until: int) -> None:
        """Every delivery that is due until then, each at its time."""
        while (due := await jobs.next_due(self.now, kinds=("outgoing",))) is not None and due <= until:
            self.now = max(self.now, due)
            for job in await jobs.claim("mara", self.now, 1, 90_000, kinds=("outgoing",)):
                again = await deliver(self.courier, job.id.partition(":")[2], now=lambda: self.now)
                await (jobs.again(job.id, "mara", again) if again else jobs.finish(job.id, "mara", self.now))
        self.now = until


@pytest.fixture
def merchant() -> Merchant:
    return Merchant()


async def tell(about: str, kind: str = "encore.plan.paused", at: int = START) -> str:
    return await unit(lambda: outgoing.tell(kind, TOLD, about=about, at=at))


async def test_what_is_told_arrives_once_and_is_written_down_as_delivered(database, merchant):
    event = await tell("sub_nadia")
    await merchant.work(until=START + HOUR)
    assert merchant.ids == [event]
    [line] = await outgoing.listed(failed=False, limit=9)
    assert (line.state, line.status, line.tries) == ("delivered", 204, 1)


async def test_what_was_rolled_back_is_not_told(database, merchant):
    async def half() -> None:
        await outgoing.tell("encore.plan.paused", TOLD, about="sub_nadia", at=START)
        raise LookupError

    with pytest.raises(LookupError):
        await unit(half)
    await merchant.work(until=START + HOUR)
    assert (merchant.ids, await outgoing.listed(failed=False, limit=9)) == ([], ())


@pytest.mark.case("F-116")
async def test_a_receiver_that_is_away_for_three_days_misses_nothing_and_hears_it_in_order(database, merchant):
    """F-116."""
    merchant.away = True
    first, second = await tell("sub_nadia"), await tell("sub_nadia")
    other = await tell("sub_omar")
    await merchant.work(until=START + 72 * HOUR)
    assert merchant.attempts < 200  # two queues, three days, at most hourly
    assert (
        len(await outgoing.listed(failed=True, limit=9)) == 2
    )  # the second of Nadia's was never tried before the first
    merchant.away = False
    await merchant.work(until=START + 73 * HOUR + 1)
    assert set(merchant.ids) == {first, second, other}
    assert merchant.ids.index(first) < merchant.ids.index(second)
    assert len(merchant.ids) == 3


async def test_what_waits_comes_at_once_when_the_receiver_is_back(database, merchant):
    merchant.away = True
    told = [await tell(f"sub_{number}") for number in range(5)]
    await merchant.work(until=START + 10 * HOUR)
    merchant.away = False
    due = await jobs.next_due(merchant.now, kinds=("outgoing",))
    await merchant.work(until=due)
    assert set(merchant.ids) == set(told)


async def test_one_event_that_is_refused_every_time_holds_up_only_its_own_offer(database, merchant):
    bad = await tell("sub_poison")
    heard: list[str] = []

    async def courier(event_id: str, body: str, at: int) -> Arrived | NotArrived:
        if event_id == bad:
            return NotArrived("status 500", 500)
        heard.append(event_id)
        return Arrived(200)

    merchant.courier = courier
    behind, others = await tell("sub_poison"), [await tell(f"sub_{number}") for number in range(3)]
    await merchant.work(until=START + 24 * HOUR)
    assert set(heard) == set(others)
    await merchant.work(until=START + GIVE_UP_AFTER_MS + 2 * HOUR)
    assert behind in heard  # after seven days the first is laid aside, with an alarm
    assert [(row["name"], row["subject"]) for row in await attention.unresolved()] == [("outgoing_parked", bad)]


async def test_an_event_told_again_by_hand_has_the_same_id_and_body(database, merchant):
    event = await tell("sub_nadia")
    await merchant.work(until=START + HOUR)
    assert await outgoing.again(event, at=merchant.now)
    assert not await outgoing.again("evt_nobody", at=merchant.now)
    await merchant.work(until=START + 2 * HOUR)
    assert len(merchant.heard) == 2
    assert merchant.heard[0] == merchant.heard[1]


async def test_a_process_that_dies_after_the_delivery_tells_it_again_under_the_same_id(database, merchant):
    event = await tell("sub_nadia")
    [job] = await jobs.claim("dead", START, 1, 1_000, kinds=("outgoing",))
    await merchant.courier(event, "", START)  # and here its process ended
    merchant.now = START + 2_000
    await merchant.work(until=START + HOUR)
    assert (job.id, merchant.ids) == ("outgoing:sub_nadia", [event, event])


async def test_without_an_endpoint_nothing_waits(database):
    await tell("sub_nadia")
    assert await deliver(None, "sub_nadia", now=lambda: START) == START
    assert await deliver(None, "sub_nadia", now=lambda: START) is None
    assert [event.state for event in await outgoing.listed(failed=False, limit=9)] == ["untold"]


async def test_news_told_by_many_at_once_keep_their_own_numbers(database):
    await asyncio.gather(*(tell(f"sub_{number % 3}") for number in range(12)))
    found = await rows("SELECT COUNT(*) AS times FROM outgoing_event")
    assert int(found[0]["times"]) == 12


def test_pauses_grow_to_an_hour_and_go_on_for_a_week():
    assert [pause_ms(tries) for tries in (1, 2, 3, 11, 400)] == [5_000, 10_000, 20_000, HOUR, HOUR]
    assert GIVE_UP_AFTER_MS >= 72 * HOUR

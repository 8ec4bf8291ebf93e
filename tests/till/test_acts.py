"""What a subscriber asks beside a change of plan: written down, asked once, and told as done only when it is."""

import pytest
from msgspec.structs import replace

from widget.core.answer import NotSent, Refused, Unknown
from widget.core.plan_act import Lost
from widget.core.subscription import Subscription
from widget.provider.asks import Unreadable
from widget.provider.moves import Cancelling, Done, Opened
from widget.till.act_watch import watch_act
from widget.till.acts import Acts, Ended

NOW = 1_800_000_000_000
BACK = "https://app.example/plan"


class Books:
    """The acts that were written down, and how they ended."""

    def __init__(self, lost: Lost | None = None) -> None:
        self.asked = list[tuple[object, ...]]()
        self.ends = list[tuple[object, ...]]()
        self.kept = lost

    async def ask(self, subscription_id, customer_id, kind, detail, *, at):
        self.asked.append((subscription_id, customer_id, kind, detail, at))
        return "act_1"

    async def ended(self, act_id, state, code, *, at):
        self.ends.append((act_id, state, code, at))

    async def lost(self, act_id):
        return self.kept if act_id == "act_1" else None


class Moves:
    """Every call that is asked of Dodo, by name; it must have been written down before."""

    def __init__(self, answer: object, books: Books) -> None:
        self.answer, self.books = answer, books
        self.calls = list[tuple[object, ...]]()

    def __getattr__(self, name: str):
        async def call(*args, **named):
            assert len(self.books.asked) == 1, "asked before it was written down"
            self.calls.append((name, args, named))
            return self.answer

        return call


ACTS = {
    "undo": (lambda acts: acts.undo("sub_1", "cus_nadia"), {}, ("drop_scheduled", ("sub_1",), {})),
    "cancel": (
        lambda acts: acts.cancel("sub_1", "cus_nadia", feedback="too_expensive", comment="later"),
        {"feedback": "too_expensive"},
        ("cancel_at_period_end", ("sub_1", Cancelling("too_expensive", "later")), {}),
    ),
    "keep": (lambda acts: acts.keep("sub_1", "cus_nadia"), {}, ("cancel_at_period_end", ("sub_1", None), {})),
    "pause": (lambda acts: acts.pause("sub_1", "cus_nadia", paused=True), {}, ("pause", ("sub_1",), {"paused": True})),
    "resume": (
        lambda acts: acts.pause("sub_1", "cus_nadia", paused=False),
        {},
        ("pause", ("sub_1",), {"paused": False}),
    ),
    "use_method": (
        lambda acts: acts.use_method("sub_1", "cus_nadia", "pm_2"),
        {"method": "pm_2"},
        ("use_method", ("sub_1", "pm_2"), {}),
    ),
    "enter_method": (
        lambda acts: acts.enter_method("sub_1", "cus_nadia", return_url=BACK),
        {},
        ("enter_method", ("sub_1",), {"return_url": BACK}),
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", ACTS)
async def test_an_act_is_written_down_asked_once_and_ended(kind):
    act, said, call = ACTS[kind]
    books = Books()
    moves = Moves(Done(), books)
    ended = await act(Acts(books, moves, lambda: NOW))
    assert (ended, ended.done) == (Ended("done"), True)
    assert books.asked == [("sub_1", "cus_nadia", kind, said, NOW)]
    assert moves.calls == [call]
    assert books.ends == [("act_1", "done", None, NOW)]


async def test_a_cancelling_without_a_reason_says_none():
    books = Books()
    await Acts(books, Moves(Done(), books), lambda: NOW).cancel("sub_1", "cus_nadia", feedback=None, comment=None)
    assert books.asked[0][3] == {"feedback": ""}


@pytest.mark.parametrize(
    ("answer", "ended"),
    [
        (Opened("pay_1", "https://checkout.example/1"), Ended("done", url="https://checkout.example/1")),
        (Refused("NOTHING_SCHEDULED"), Ended("refused", "NOTHING_SCHEDULED")),
        (NotSent("connect"), Ended("not_sent")),
        (Unknown("read timeout"), Ended("unknown")),
    ],
)
async def test_an_act_ends_as_the_answer_says_and_only_a_yes_is_done(answer, ended):
    books = Books()
    assert await Acts(books, Moves(answer, books), lambda: NOW).undo("sub_1", "cus_nadia") == ended
    assert ended.done is (ended.state == "done")
    assert books.ends == [("act_1", ended.state, ended.code, NOW)]


PAUSED = Subscription("sub_1", "cus_nadia", "pdt_pro", "paused")
PAUSE = Lost("pause", "sub_1", "cus_nadia", NOW)


class Asks:
    def __init__(self, found: object) -> None:
        self.found, self.asked = found, list[str]()

    async def subscription(self, subscription_id):
        self.asked.append(subscription_id)
        return self.found


async def test_a_lost_act_is_done_once_the_subscription_shows_it():
    books, asks = Books(PAUSE), Asks(PAUSED)
    assert await watch_act(books, asks, "act_1", now=NOW + 5_000) is None
    assert (asks.asked, books.ends) == (["sub_1"], [("act_1", "done", None, NOW + 5_000)])


@pytest.mark.parametrize(
    "found",
    [replace(PAUSED, status="active"), replace(PAUSED, customer_id="cus_ivan"), Unreadable("down")],
    ids=["not yet", "somebody else's", "unreadable"],
)
async def test_until_then_it_is_looked_at_again_and_never_asked_again(found):
    books = Books(PAUSE)
    assert await watch_act(books, Asks(found), "act_1", now=NOW + 5_000) == NOW + 8_000
    assert books.ends == []


async def test_about_an_act_that_is_not_lost_nobody_is_asked():
    asks = Asks(PAUSED)
    assert await watch_act(Books(None), asks, "act_1", now=NOW) is None
    assert asks.asked == []

"""One click, looked at closely: written before it is sent, sent once and in time, and what its answer is worth."""

import pytest
from msgspec.structs import replace

from tests.till.stands import AT, ORDER, PRICE, Books, Moves, intent
from widget.core.answer import NotSent, Refused, Taken, Unknown, Waiting
from widget.core.charge import SEND_WITHIN_MS, Charge, Fate, Shut
from widget.core.consent import Consent
from widget.core.money import Money
from widget.core.plan_change import Change
from widget.core.watching import SENDING_GRACE_MS
from widget.till.charge import Till, Wish, first_answer
from widget.till.settle import settle_charge

PRESSED = AT
CONSENT = Consent("pre_1", "quo_1", "Add for $19.00", PRICE, "Visa 4242", "en", "t", PRESSED)
GIVEN = Waiting(payment_id="pay_1", session_id="cks_1")
BACK = "https://shop.example/thanks"
UPGRADE = Change("sub_1", "pdt_pro", 1, (), "prorated_immediately")


class Clock:
    """The clock on the wall and the steady one, both at the press."""

    def __init__(self) -> None:
        self.wall, self.steady = PRESSED, 5_000


def wish(asked: Charge | None = None, **more) -> Wish:
    return replace(Wish(asked or intent(), CONSENT, ORDER, BACK, steady_at=5_000), **more)


def plan_wish(**more) -> Wish:
    return wish(intent(reason="plan:quo_1", change=replace(UPGRADE, **more)), order=None)


class Desk:
    """A till with everything that stands around it."""

    def __init__(self, *there: Charge, answer: object = GIVEN, level: bool = True) -> None:
        self.books, self.moves, self.clock, self.level = Books(*there), Moves(answer), Clock(), level
        self.till = Till(self.books, self.moves, lambda: self.clock.wall, self._level, lambda: self.clock.steady)

    async def _level(self) -> bool:
        return self.level

    def claim_takes(self, wall: int, steady: int = 0) -> None:
        """So many ms pass by each clock before the claim's commit is back."""
        claim = self.books.claim

        async def slow(charge_id, *, at, version):
            claimed = await claim(charge_id, at=at, version=version)
            self.clock.wall += wall
            self.clock.steady += steady
            return claimed

        self.books.claim = slow


async def test_a_press_is_written_down_with_its_consent_sent_once_and_marked_as_ours():
    desk = Desk()
    charged = await desk.till.charge(wish())
    assert desk.books.consents == [CONSENT]
    marks = {"encore_charge": "chg_1", "encore_quote": "quo_1"}
    assert desk.moves.sent == [(ORDER, {"method_id": "pm_1", "return_url": BACK, "metadata": marks})]
    assert (charged.fate, charged.payment_id, charged.sent_at) == (Fate.WAITING, "pay_1", PRESSED)
    assert desk.books.charges["chg_1"] == charged
    assert desk.books.told == [("waiting", "answer")]


@pytest.mark.parametrize("fate", [fate for fate in Fate if fate is not Fate.INTENDED])
async def test_a_second_press_gets_the_charge_of_the_first_and_sends_nothing(fate):
    first = intent(id="chg_0", fate=fate, version=3)
    desk = Desk(first)
    assert await desk.till.charge(wish()) == first
    assert desk.moves.sent == []


async def test_an_offer_that_is_shut_sends_nothing():
    desk = Desk()
    desk.books.open = False
    assert await desk.till.charge(wish()) == Shut()
    assert (desk.moves.sent, desk.books.charges) == ([], {})


async def test_from_books_that_may_have_forgotten_a_charge_nothing_is_sent_and_the_intent_stays():
    desk = Desk(level=False)
    charged = await desk.till.charge(wish())
    assert (charged.fate, desk.books.charges["chg_1"].fate, desk.moves.sent) == (Fate.INTENDED, Fate.INTENDED, [])


async def test_who_loses_the_claim_is_told_how_the_charge_stands():
    desk = Desk()
    written = await desk.till.write(wish())
    desk.books.first = won = replace(intent(), fate=Fate.SENDING, version=1)
    assert await desk.till.send(wish(), written) == won
    assert desk.moves.sent == []


async def test_who_cannot_claim_what_is_not_there_is_told_what_was_written():
    desk = Desk()
    assert await desk.till.send(wish(), intent()) == intent()
    assert desk.moves.sent == []


LATE = SEND_WITHIN_MS + 1


@pytest.mark.parametrize("plan", [False, True])
@pytest.mark.parametrize(
    ("wall", "steady", "sent"),
    [
        (SENDING_GRACE_MS, 0, True),
        (0, SEND_WITHIN_MS, True),
        (0, LATE, False),  # the clock on the wall was put back
        (-LATE, LATE, False),
        (LATE, 0, False),
    ],
)
async def test_what_took_longer_than_the_press_is_good_for_is_not_sent_by_either_clock(wall, steady, sent, plan):
    desk, asked = Desk(), plan_wish() if plan else wish()
    written = await desk.till.write(asked)
    desk.claim_takes(wall, steady)
    charged = await desk.till.send(asked, written)
    assert len(desk.moves.sent) == sent
    assert charged.fate is (Fate.WAITING if sent else Fate.INTENDED)
    assert sent or (charged.sent_at is None and desk.books.told == [("notsent", "answer")])


@pytest.mark.parametrize(("after", "sent"), [(SENDING_GRACE_MS, True), (SENDING_GRACE_MS + 1, False)])
async def test_nothing_is_sent_any_more_once_the_watch_may_have_looked(after, sent):
    desk = Desk()
    desk.clock.wall = PRESSED + 10_000
    written = await desk.till.write(wish())
    desk.claim_takes(after)
    await desk.till.send(wish(), written)
    assert len(desk.moves.sent) == sent


@pytest.mark.parametrize(("age", "sent"), [(SEND_WITHIN_MS, True), (SEND_WITHIN_MS + 1, False)])
async def test_the_last_moment_of_a_press_counts_from_the_press_and_not_from_its_claim(age, sent):
    desk = Desk()
    written = await desk.till.write(wish())
    desk.clock.wall = PRESSED + age
    await desk.till.send(wish(), written)
    assert len(desk.moves.sent) == sent


async def test_without_a_steady_time_the_clock_on_the_wall_decides():
    desk = Desk()
    desk.clock.steady += LATE
    await desk.till.charge(wish(steady_at=None))
    assert len(desk.moves.sent) == 1


async def test_a_charge_without_an_order_is_a_fault_of_ours_and_not_sent():
    desk = Desk()
    with pytest.raises(ValueError, match="without an order"):
        await desk.till.charge(wish(order=None))
    assert desk.moves.sent == []


@pytest.mark.parametrize(("by_link", "back"), [(False, None), (True, BACK)])
async def test_a_change_of_plan_is_sent_as_it_was_quoted_and_comes_back_only_where_a_page_is_paid_on(by_link, back):
    desk = Desk()
    charged = await desk.till.charge(plan_wish(by_link=by_link))
    marks = {"encore_charge": "chg_1", "encore_quote": "quo_1"}
    assert desk.moves.sent == [(replace(UPGRADE, by_link=by_link), {"return_url": back, "metadata": marks})]
    assert charged.fate is Fate.WAITING


PAGE = Waiting(payment_id="pay_1", by_customer=True, link="https://dodo.example/pay", status="requires_payment_method")


@pytest.mark.parametrize(
    ("answer", "worth"),
    [
        (Waiting("pay_1", "cks_1", by_customer=True, status="succeeded"), Waiting("pay_1", "cks_1")),
        (PAGE, PAGE),
        (Refused("TOO_MANY_REQUESTS"), NotSent("rate_limited")),
        (Refused("TOO_MANY_REQUESTS", "pay_1"), Refused("TOO_MANY_REQUESTS", "pay_1")),
        (Refused("CARD_DECLINED"), Refused("CARD_DECLINED")),
        (Taken("pay_1", PRICE), Taken("pay_1", PRICE)),
        (NotSent("connect"), NotSent("connect")),
        (Unknown("read timeout"), Unknown("read timeout")),
    ],
)
def test_the_answer_of_the_charging_call_is_worth_its_ids_and_a_page_to_pay_on(answer, worth):
    assert first_answer(answer) == worth


async def test_money_that_an_answer_names_is_settled_like_that_of_any_other_door():
    desk = Desk(answer=Taken("pay_1", Money(2000, "USD")))
    charged = await desk.till.charge(wish())
    assert (charged.fate, charged.paid) == (Fate.TAKEN, Money(2000, "USD"))
    assert desk.books.alarms == [("amount_differs", "answer")]


async def test_news_that_loses_to_other_news_is_applied_to_what_stands_there_then():
    sent = intent(fate=Fate.SENDING, version=1)
    books = Books(sent)
    books.first = replace(sent, fate=Fate.TAKEN, payment_id="pay_1", paid=PRICE, version=2)
    settled = await settle_charge(books, sent, Taken("pay_2", PRICE), door="watch", at=PRESSED)
    assert settled.payment_id == "pay_1"
    assert (books.told, books.alarms) == ([], [("taken_twice", f"watch: {Taken('pay_2', PRICE)}")])


async def test_news_that_changes_nothing_writes_nothing():
    taken = intent(fate=Fate.TAKEN, payment_id="pay_1", paid=PRICE, version=2)
    books = Books(taken)
    assert await settle_charge(books, taken, Refused("CARD_DECLINED", "pay_1"), door="webhook", at=PRESSED) == taken
    assert (books.told, books.alarms) == ([], [])


async def test_news_of_a_charge_that_is_gone_is_a_fault():
    class Gone(Books):
        async def save(self, before, after, *, event, detail, at, alarms):
            return False

    with pytest.raises(LookupError, match="chg_1"):
        await settle_charge(Gone(), intent(fate=Fate.SENDING), Taken("pay_1", PRICE), door="watch", at=PRESSED)

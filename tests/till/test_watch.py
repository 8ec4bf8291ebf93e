"""One look of the watch: whom it asks, what it believes, when it gives up and when it looks again."""

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from tests.till.stands import AT, PRICE, Books, intent, line
from widget.core.charge import Charge, Fate
from widget.core.money import Money
from widget.core.payment import Checkout, Payment
from widget.core.plan_change import Change
from widget.core.subscription import Subscription
from widget.core.watching import (
    ABSENT_READS,
    CONFIRMED_SESSION_MS,
    HORIZON_MS,
    HOSTED_SESSION_MS,
    HOUR_MS,
    MINUTE_MS,
    PLAN_HORIZON_MS,
    PLAN_UNPAID_MS,
    SENDING_GRACE_MS,
    UNREAD_MS,
)
from widget.provider.asks import NotThere, Unreadable
from widget.till.watch import watch

SENT = AT


class Dodo:
    """What it has, and what it was asked."""

    def __init__(self, *payments: Payment, checkout: object = None, plan: object = None, down: bool = False) -> None:
        self.payments = {one.id: one for one in payments}
        self.opened, self.plan, self.down = checkout, plan, down
        self.asked = list[str]()
        self.since = None

    async def payments_of(self, customer_id, *, since):
        self.asked.append(customer_id)
        self.since = since
        if self.down:
            return Unreadable("down")
        return tuple(map(line, self.payments.values()))

    async def payment(self, payment_id):
        self.asked.append(payment_id)
        return self.payments.get(payment_id, NotThere())

    async def checkout(self, session_id):
        self.asked.append(session_id)
        return self.opened

    async def subscription(self, subscription_id):
        self.asked.append(subscription_id)
        return self.plan


def charge(fate: Fate = Fate.UNKNOWN, **more) -> Charge:
    return intent(**({"fate": fate, "pressed_at": SENT - 500, "sent_at": SENT} | more))


def change(**more) -> Charge:
    """To the dearer plan."""
    asked = Change("sub_1", "pdt_pro", 1, (), "prorated_immediately")
    return charge(**({"reason": "plan:quo_1", "change": asked} | more))


def page(**more) -> Charge:
    """A hosted page that nobody has begun to pay on."""
    return replace(charge(Fate.WAITING, reason="hosted:pre_1:1", method_id="", session_id="cks_1"), **more)


def payment(id_: str = "pay_1", status: str = "succeeded", **more) -> Payment:
    known = Payment(
        id_, "cus_nadia", "bus_mara", status, PRICE, 0, datetime.fromtimestamp(SENT / 1000, UTC), (("pdt_workbook", 1),),
        metadata={"encore_charge": "chg_1"},
    )  # fmt: skip
    return replace(known, **more)


async def looked(books: Books, dodo: Dodo, *, after: int) -> int | None:
    """One look so many ms after the sending; when to look again, after the sending too."""
    again = await watch(books, dodo, "chg_1", now=SENT + after)
    return None if again is None else again - SENT


@pytest.mark.parametrize("fate", [Fate.INTENDED, Fate.TAKEN, Fate.REFUSED, Fate.LAPSED])
async def test_about_what_is_decided_or_was_never_sent_nobody_is_asked(fate):
    dodo = Dodo(payment())
    assert await looked(Books(charge(fate)), dodo, after=HOUR_MS) is None
    assert dodo.asked == []


async def test_about_a_charge_that_is_not_there_nobody_is_asked():
    dodo = Dodo(payment())
    assert await looked(Books(), dodo, after=HOUR_MS) is None
    assert dodo.asked == []


async def test_for_as_long_as_its_own_answer_may_come_nobody_is_asked():
    books, dodo = Books(charge(Fate.SENDING)), Dodo()
    assert await looked(books, dodo, after=SENDING_GRACE_MS - 1) == SENDING_GRACE_MS
    assert dodo.asked == []
    await looked(books, dodo, after=SENDING_GRACE_MS)
    assert dodo.asked == ["cus_nadia"]


async def test_of_what_was_not_sent_by_us_the_press_is_the_beginning():
    assert await looked(Books(charge(sent_at=None, pressed_at=SENT)), Dodo(), after=30 * 60_000) == 31 * MINUTE_MS


async def test_a_payment_with_our_mark_is_the_charges():
    books = Books(charge())
    assert await looked(books, Dodo(payment("pay_0", metadata={}), payment()), after=HOUR_MS) is None
    found = books.charges["chg_1"]
    assert (found.fate, found.payment_id, found.paid, found.settled_at) == (
        Fate.TAKEN, "pay_1", PRICE, SENT + HOUR_MS,
    )  # fmt: skip
    assert books.told == [("taken", "watch")]
    assert books.receipts == ["chg_1"]


async def test_payments_are_looked_for_from_half_an_hour_before_the_sending():
    dodo = Dodo()
    await looked(Books(charge()), dodo, after=HOUR_MS)
    assert dodo.since == datetime.fromtimestamp(SENT / 1000, UTC) - timedelta(minutes=30)


@pytest.mark.parametrize(
    "other", [payment(metadata={"encore_charge": "chg_2"}), payment(metadata={}), payment(charge_type="renewal")]
)
async def test_a_payment_of_something_else_is_not_the_charges(other):
    books = Books(charge())
    assert await looked(books, Dodo(other), after=5 * MINUTE_MS) == 6 * MINUTE_MS
    assert (books.charges["chg_1"].fate, books.charges["chg_1"].absent_reads) == (Fate.UNKNOWN, 1)


async def test_of_two_attempts_the_one_that_took_money_counts():
    books = Books(charge())
    await looked(books, Dodo(payment("pay_0", "failed"), payment("pay_1")), after=MINUTE_MS)
    assert (books.charges["chg_1"].fate, books.charges["chg_1"].payment_id) == (Fate.TAKEN, "pay_1")
    assert books.alarms == []


async def test_two_that_took_money_are_told_to_a_person_by_their_ids():
    books = Books(charge())
    await looked(books, Dodo(payment("pay_1"), payment("pay_2")), after=MINUTE_MS)
    assert books.alarms == [("taken_twice", "pay_1, pay_2")]
    assert books.charges["chg_1"].payment_id == "pay_1"


@pytest.mark.parametrize("theirs", [{"customer_id": "cus_rex"}, {"metadata": {"encore_charge": "chg_2"}}])
async def test_a_payment_that_turns_out_to_be_somebody_elses_settles_nothing(theirs):
    books = Books(charge(payment_id="pay_1"))
    assert await looked(books, Dodo(payment(**theirs)), after=12 * HOUR_MS) == 12 * HOUR_MS + UNREAD_MS
    assert books.charges["chg_1"].fate is Fate.UNKNOWN
    assert books.alarms == [("foreign_payment", "pay_1")]


async def test_a_payment_we_know_by_its_id_needs_no_mark():
    books = Books(charge(payment_id="pay_1"))
    dodo = Dodo(payment(metadata={}))
    assert await looked(books, dodo, after=MINUTE_MS) is None
    assert dodo.asked == ["pay_1"]
    assert books.charges["chg_1"].fate is Fate.TAKEN


async def test_what_still_wants_a_card_is_over_when_its_session_is():
    """A confirmed session lives a quarter of an hour (dodo-api 4.1); a minute more for the clocks."""
    books = Books(charge(payment_id="pay_1"))
    wants = Dodo(payment(status="requires_payment_method"))
    await looked(books, wants, after=CONFIRMED_SESSION_MS)
    assert books.charges["chg_1"].fate is Fate.WAITING
    assert await looked(books, wants, after=CONFIRMED_SESSION_MS + 1) is None
    found = books.charges["chg_1"]
    assert (found.fate, found.refusal, found.payment_id) == (Fate.REFUSED, "SESSION_EXPIRED", "pay_1")


async def test_on_a_page_that_stands_open_another_card_may_be_tried_for_longer():
    books = Books(page(payment_id="pay_1"))
    await looked(books, Dodo(payment(status="requires_payment_method")), after=HOUR_MS)
    found = books.charges["chg_1"]
    assert (found.fate, found.payment_id, found.refusal) == (Fate.WAITING, None, None)


async def test_a_change_that_is_paid_by_hand_is_not_refused_by_its_age():
    asked = Change("sub_1", "pdt_pro", 1, (), "prorated_immediately", by_link=True)
    books = Books(change(fate=Fate.WAITING, change=asked, payment_id="pay_1"))
    wants = Dodo(payment(status="requires_payment_method", charge_type="plan_change"))
    await looked(books, wants, after=CONFIRMED_SESSION_MS + 1)
    assert (books.charges["chg_1"].fate, books.charges["chg_1"].by_customer) == (Fate.WAITING, True)


async def test_what_was_never_seen_is_given_up_after_two_days_and_so_many_looks_and_a_person_is_told():
    books = Books(charge(absent_reads=ABSENT_READS))
    assert await looked(books, Dodo(), after=HORIZON_MS) == HORIZON_MS + 1
    assert books.charges["chg_1"].fate is Fate.UNKNOWN
    assert await looked(books, Dodo(), after=HORIZON_MS + 1) is None
    assert books.charges["chg_1"].fate is Fate.LAPSED
    assert books.told == [("lapsed", f"{ABSENT_READS + 2} absent reads")]
    assert books.alarms == [("lapsed", f"{ABSENT_READS + 2} absent reads")]


async def test_what_was_seldom_looked_for_is_not_given_up_by_its_age():
    books = Books(charge(absent_reads=ABSENT_READS - 2))
    assert await looked(books, Dodo(), after=3 * HORIZON_MS) == 3 * HORIZON_MS + HOUR_MS
    assert books.charges["chg_1"].fate is Fate.UNKNOWN
    assert await looked(books, Dodo(), after=3 * HORIZON_MS + HOUR_MS) is None


async def test_while_nothing_can_be_read_nothing_is_given_up_and_it_is_asked_again_soon():
    books = Books(charge(absent_reads=ABSENT_READS))
    assert await looked(books, Dodo(down=True), after=2 * HORIZON_MS) == 2 * HORIZON_MS + UNREAD_MS
    assert (books.charges["chg_1"].fate, books.charges["chg_1"].absent_reads) == (Fate.UNKNOWN, ABSENT_READS)


@pytest.mark.parametrize("seen", [NotThere(), Checkout("cks_1", None, None)])
async def test_a_page_that_nobody_used_is_closed_a_day_later_and_nobody_is_told(seen):
    books = Books(page())
    dodo = Dodo(checkout=seen)
    assert await looked(books, dodo, after=HOSTED_SESSION_MS) == HOSTED_SESSION_MS + HOUR_MS
    assert books.charges["chg_1"].fate is Fate.WAITING
    assert await looked(books, dodo, after=HOSTED_SESSION_MS + 1) is None
    assert (books.charges["chg_1"].fate, books.alarms) == (Fate.LAPSED, [])
    assert set(dodo.asked) == {"cks_1"}


async def test_a_card_that_failed_on_a_page_does_not_keep_the_page_open_for_ever():
    books = Books(page())
    dodo = Dodo(payment(status="failed", error_code="CARD_DECLINED"), checkout=Checkout("cks_1", "pay_1", "failed"))
    await looked(books, dodo, after=HOSTED_SESSION_MS)
    assert (books.charges["chg_1"].fate, books.charges["chg_1"].refusal) == (Fate.WAITING, "CARD_DECLINED")
    assert await looked(books, dodo, after=HOSTED_SESSION_MS + 1) is None
    assert (books.charges["chg_1"].fate, books.told[-1]) == (Fate.LAPSED, ("lapsed", "0 absent reads"))


async def test_a_payment_that_is_under_way_keeps_its_page_open():
    books = Books(page())
    dodo = Dodo(payment(status="processing"), checkout=Checkout("cks_1", "pay_1", "processing"))
    assert await looked(books, dodo, after=HOSTED_SESSION_MS + 1) == HOSTED_SESSION_MS + 1 + HOUR_MS
    assert (books.charges["chg_1"].fate, books.charges["chg_1"].payment_id) == (Fate.WAITING, "pay_1")


async def test_nobody_hurries_on_a_page_that_is_being_filled_in_and_everybody_does_once_it_is_paid():
    assert await looked(Books(page()), Dodo(checkout=Checkout("cks_1", None, None)), after=1_000) == 1_000 + MINUTE_MS
    paying = Dodo(payment(status="processing"), checkout=Checkout("cks_1", "pay_1", "processing"))
    assert await looked(Books(page()), paying, after=1_000) == 1_500
    assert await looked(Books(charge()), Dodo(), after=1_000) == 1_500


async def test_a_page_whose_answer_was_lost_is_looked_for_by_its_mark():
    books = Books(page(session_id=None, fate=Fate.UNKNOWN))
    dodo = Dodo(payment())
    assert await looked(books, dodo, after=MINUTE_MS) is None
    assert dodo.asked == ["cus_nadia", "pay_1"]
    assert books.charges["chg_1"].fate is Fate.TAKEN


async def test_a_charge_of_ours_without_a_payment_is_looked_for_by_its_mark_and_not_by_its_session():
    dodo = Dodo(checkout=Checkout("cks_1", "pay_9", "succeeded"))
    await looked(Books(charge(Fate.WAITING, session_id="cks_1")), dodo, after=MINUTE_MS)
    assert dodo.asked == ["cus_nadia"]


NOTHING_DUE = Money(0, "USD")
BASIC = Subscription("sub_1", "cus_nadia", "pdt_basic", "active")
PRO = replace(BASIC, product_id="pdt_pro")


async def test_a_change_that_costs_nothing_is_made_when_the_subscription_says_so():
    books = Books(change(quoted=NOTHING_DUE))
    assert await looked(books, Dodo(plan=PRO), after=MINUTE_MS) is None
    assert (books.charges["chg_1"].fate, books.charges["chg_1"].paid) == (Fate.TAKEN, NOTHING_DUE)
    assert (books.told, books.kept) == ([("applied", "watch")], [("sub_1", SENT + MINUTE_MS)])


async def test_a_change_that_costs_something_waits_ten_minutes_and_some_looks_for_its_payment():
    """Credit may have paid it, or the list of payments lags."""
    early = Books(change(quoted=Money(1, "USD"), absent_reads=ABSENT_READS))
    assert await looked(early, Dodo(plan=PRO), after=PLAN_UNPAID_MS) == PLAN_UNPAID_MS + MINUTE_MS
    assert (early.charges["chg_1"].fate, early.charges["chg_1"].absent_reads) == (Fate.UNKNOWN, ABSENT_READS + 1)
    seldom = Books(change(absent_reads=ABSENT_READS - 1))
    await looked(seldom, Dodo(plan=PRO), after=PLAN_UNPAID_MS + 1)
    assert seldom.charges["chg_1"].fate is Fate.UNKNOWN
    assert await looked(seldom, Dodo(plan=PRO), after=PLAN_UNPAID_MS + 1) is None
    assert seldom.charges["chg_1"].fate is Fate.TAKEN


async def test_a_change_whose_payment_is_there_asks_for_nothing_more():
    dodo = Dodo(payment(charge_type="plan_change"), plan=PRO)
    assert await looked(Books(change()), dodo, after=MINUTE_MS) is None
    assert dodo.asked == ["cus_nadia", "pay_1"]


async def test_a_change_of_which_there_is_no_trace_is_given_up_after_half_an_hour():
    books = Books(change(quoted=NOTHING_DUE, absent_reads=ABSENT_READS))
    assert await looked(books, Dodo(plan=BASIC), after=PLAN_HORIZON_MS) == PLAN_HORIZON_MS + MINUTE_MS
    assert books.charges["chg_1"].fate is Fate.UNKNOWN
    assert await looked(books, Dodo(plan=BASIC), after=PLAN_HORIZON_MS + 1) is None
    assert [name for name, _ in books.alarms] == ["lapsed"]


@pytest.mark.parametrize("said", [NotThere(), Unreadable("down"), replace(PRO, customer_id="cus_rex")])
async def test_a_subscription_that_cannot_be_read_says_nothing_about_its_change(said):
    books = Books(change(quoted=NOTHING_DUE, absent_reads=ABSENT_READS))
    later = PLAN_HORIZON_MS + 1
    assert await looked(books, Dodo(plan=said), after=later) == later + MINUTE_MS
    assert (books.charges["chg_1"].fate, books.charges["chg_1"].absent_reads) == (Fate.UNKNOWN, ABSENT_READS)
    assert (books.kept, books.alarms) == ([], [])


async def test_another_door_that_was_quicker_than_giving_up_has_the_last_word():
    books = Books(charge(absent_reads=ABSENT_READS))
    books.first = charge(Fate.TAKEN, payment_id="pay_1", paid=PRICE, version=1)
    assert await looked(books, Dodo(), after=HORIZON_MS + 1) is None
    assert books.charges["chg_1"].fate is Fate.TAKEN
    assert (books.told, books.alarms) == ([], [])


async def test_a_life_can_be_ended_before_the_question_after_it_and_after_what_was_made_of_it(passed):
    await looked(Books(charge()), Dodo(payment()), after=MINUTE_MS)
    assert passed == ["watch.leased", "watch.read", "settle.committed", "watch.settled"]

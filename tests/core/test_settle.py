"""Settling is total, idempotent and monotone: whatever news comes, in whatever order and however often, money that
arrived does not un-arrive, and the same facts end in the same state."""

from itertools import permutations, product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from widget.core.answer import Answer, NotSent, Refused, Taken, Unknown, Waiting
from widget.core.charge import FINAL, SEND_WITHIN_MS, UNDECIDED, Charge, Fate, lapse, settle
from widget.core.money import Money

TOTAL = Money(1900, "USD")
AT = 1_800_000_060_000
NADIA = Charge(
    id="chg_1", reason="one_click:pre_1", presentation_id="pre_1", quote_id="quo_1", customer_id="cus_nadia",
    product_id="pdt_workbook", quantity=1, method_id="pm_1", quoted=TOTAL, fate=Fate.INTENDED, pressed_at=AT - 60_000,
)  # fmt: skip
HOSTED = replace(NADIA, id="chg_h", reason="hosted:pre_1:1", method_id="")
PAGE = replace(HOSTED, fate=Fate.WAITING, session_id="cks_h", link="https://checkout.example/h", sent_at=AT - 50_000)

IDS = Waiting("pay_1", "cks_1")
BUSY = Waiting("pay_1", "cks_1", status="processing")
ASKED = Waiting("pay_1", "cks_1", by_customer=True, link="https://bank.example/1", status="requires_customer_action")
PAID = Taken("pay_1", TOTAL)
FAILED = Refused("DO_NOT_HONOR", "pay_1")
LOST = Unknown("ReadTimeout")


def standing(fate: Fate, *, of: Charge = NADIA) -> Charge:
    """A charge at this fate, as the till itself leaves it there."""
    sent = replace(of, fate=Fate.SENDING, sent_at=AT - 50_000, version=1)
    match fate:
        case Fate.INTENDED:
            return of
        case Fate.SENDING:
            return sent
        case Fate.LAPSED:
            return lapse(settle(sent, LOST, at=AT).charge, at=AT)
        case _:
            news: dict[Fate, Answer] = {
                Fate.TAKEN: PAID, Fate.REFUSED: FAILED, Fate.WAITING: BUSY, Fate.UNKNOWN: LOST,
            }  # fmt: skip
            return settle(sent, news[fate], at=AT).charge


def after(start: Charge, *news: Answer) -> Charge:
    for answer in news:
        start = settle(start, answer, at=AT).charge
    return start


# What each fate becomes by each kind of news about the charge's own payment (the diagram of docs/house.md).
NEWS = {"not sent": NotSent("ConnectError"), "taken": PAID, "refused": FAILED, "waiting": BUSY, "unknown": LOST}
TABLE = {
    Fate.INTENDED: {"not sent": "intended", "taken": "taken", "refused": "refused", "waiting": "waiting", "unknown": "unknown"},
    Fate.SENDING: {"not sent": "intended", "taken": "taken", "refused": "refused", "waiting": "waiting", "unknown": "unknown"},
    Fate.WAITING: {"not sent": "waiting", "taken": "taken", "refused": "refused", "waiting": "waiting", "unknown": "waiting"},
    Fate.UNKNOWN: {"not sent": "unknown", "taken": "taken", "refused": "refused", "waiting": "waiting", "unknown": "unknown"},
    Fate.TAKEN: dict.fromkeys(NEWS, "taken"),
    Fate.REFUSED: {**dict.fromkeys(NEWS, "refused"), "taken": "taken"},
    Fate.LAPSED: {**dict.fromkeys(NEWS, "lapsed"), "taken": "taken", "waiting": "waiting"},
}  # fmt: skip


@pytest.mark.parametrize(("fate", "news"), list(product(Fate, NEWS)))
def test_every_fate_has_an_answer_to_every_kind_of_news(fate, news):
    before = standing(fate)
    assert before.fate is fate
    assert settle(before, NEWS[news], at=AT).charge.fate == TABLE[fate][news]


def test_every_fate_is_decided_undecided_or_not_yet_sent():
    assert FINAL | UNDECIDED | {Fate.INTENDED} == set(Fate)
    assert not FINAL & UNDECIDED


MONEY = st.sampled_from([TOTAL, Money(1901, "USD"), Money(1900, "EUR")])
PAYMENT = st.sampled_from(["pay_1", "pay_2"])
ANSWERS = (
    st.builds(NotSent, st.just("ConnectError"))
    | st.builds(Taken, PAYMENT, MONEY)
    | st.builds(Refused, st.sampled_from(["DO_NOT_HONOR", "FAILED"]), st.none() | PAYMENT)
    | st.builds(
        Waiting, st.none() | PAYMENT, st.none() | st.just("cks_1"), st.booleans(),
        st.none() | st.just("https://bank.example/1"),
        st.sampled_from(["", "processing", "requires_customer_action", "requires_payment_method", "brand_new"]),
    )
    | st.builds(Unknown, st.just("ReadTimeout"))
)  # fmt: skip
CHARGES = st.builds(standing, st.sampled_from(list(Fate)), of=st.sampled_from([NADIA, HOSTED])) | st.just(PAGE)


@given(CHARGES, st.lists(ANSWERS, max_size=6))
@pytest.mark.case("F-77")
def test_the_same_news_twice_is_the_same_news_once(charge, news):
    for answer in news:
        once = settle(charge, answer, at=AT).charge
        assert settle(once, answer, at=AT + 1).charge == once
        charge = once


@given(CHARGES, st.lists(ANSWERS, max_size=8))
@pytest.mark.case("F-65")
def test_money_that_arrived_never_un_arrives(charge, news):
    arrived = after(charge, PAID)
    assert after(arrived, *news) == arrived
    assert (arrived.fate, arrived.by_customer, arrived.link, arrived.refusal) == (Fate.TAKEN, False, None, None)


@given(CHARGES, st.lists(ANSWERS, max_size=8))
def test_nothing_goes_back_to_where_it_could_be_sent_again(charge, news):
    """Only a sending that is proven not to have left is pressed for again."""
    for answer in news:
        then = settle(charge, answer, at=AT).charge
        if then.fate is Fate.INTENDED and then != charge:
            assert charge.fate is Fate.SENDING
            assert isinstance(answer, NotSent)
        if charge.fate is not Fate.INTENDED:
            assert then.fate is not Fate.SENDING or charge.fate is Fate.SENDING
        charge = then


@given(CHARGES, st.lists(ANSWERS, max_size=8))
def test_a_decided_charge_moves_only_because_money_arrived_or_a_lost_payment_appeared(charge, news):
    for answer in news:
        then = settle(charge, answer, at=AT).charge
        if charge.fate in FINAL and then != charge:
            assert charge.fate is not Fate.TAKEN
            shown = charge.fate is Fate.LAPSED and isinstance(answer, Waiting) and answer.payment_id
            assert isinstance(answer, Taken) or shown
        charge = then


@given(CHARGES, ANSWERS)
def test_every_change_is_one_version_and_no_change_is_none(charge, answer):
    then = settle(charge, answer, at=AT).charge
    assert then.version == charge.version + (then != charge)


@given(CHARGES, ANSWERS)
def test_what_was_agreed_to_is_never_rewritten_by_news(charge, answer):
    then = settle(charge, answer, at=AT).charge
    for name in ("id", "reason", "presentation_id", "quote_id", "customer_id", "product_id", "quantity", "method_id",
                 "quoted", "pressed_at"):  # fmt: skip
        assert getattr(then, name) == getattr(charge, name)


FACTS = {
    "taken": ((LOST, IDS, BUSY, ASKED, FAILED, PAID), Fate.TAKEN),
    "taken, read twice": ((LOST, IDS, BUSY, ASKED, PAID, PAID), Fate.TAKEN),
    "refused": ((LOST, IDS, BUSY, ASKED, FAILED, FAILED), Fate.REFUSED),
}


@pytest.mark.parametrize("name", FACTS)
@pytest.mark.parametrize("start", [Fate.SENDING, Fate.UNKNOWN, Fate.WAITING])
def test_all_720_orders_of_six_pieces_of_news_end_in_one_state(name, start):
    news, fate = FACTS[name]
    ends = {replace(after(standing(start), *order), version=0) for order in permutations(news)}
    assert {end.fate for end in ends} == {fate}
    assert {(e.payment_id, e.paid, e.link, e.by_customer) for e in ends} == {
        ("pay_1", TOTAL if fate is Fate.TAKEN else None, None, False)
    }


@given(st.permutations([LOST, IDS, BUSY, ASKED, FAILED, PAID]), st.lists(st.integers(0, 5), max_size=12), st.data())
def test_duplicates_anywhere_change_nothing_about_the_end(order, again, data):
    """Every piece of news once and some more often, at any place."""
    news = list(order)
    for index in again:
        news.insert(data.draw(st.integers(0, len(news))), order[index])
    end = after(standing(Fate.SENDING), *news)
    assert (end.fate, end.payment_id, end.paid, end.link) == (Fate.TAKEN, "pay_1", TOTAL, None)


@pytest.mark.parametrize(
    ("start", "answer", "alarms"),
    [
        (standing(Fate.SENDING), PAID, ()),
        (standing(Fate.LAPSED), PAID, ("taken_after_lapsed",)),
        (standing(Fate.REFUSED), PAID, ("taken_after_refused",)),
        (standing(Fate.SENDING), Taken("pay_1", Money(1901, "USD")), ("amount_differs",)),
        (standing(Fate.SENDING), Taken("pay_1", Money(1899, "USD")), ("amount_differs",)),
        (standing(Fate.SENDING), Taken("pay_1", Money(1900, "EUR")), ("amount_differs",)),
        (standing(Fate.WAITING), Taken("pay_2", TOTAL), ("another_payment",)),
        (standing(Fate.TAKEN), Taken("pay_2", TOTAL), ("taken_twice",)),
        (standing(Fate.TAKEN), PAID, ()),
        (standing(Fate.TAKEN), FAILED, ()),
        (standing(Fate.WAITING, of=HOSTED), Taken("pay_2", Money(2100, "USD")), ()),
        (standing(Fate.LAPSED, of=HOSTED), PAID, ("taken_after_lapsed",)),
        (standing(Fate.TAKEN, of=HOSTED), Taken("pay_2", TOTAL), ("taken_twice",)),
    ],
)
@pytest.mark.case("F-44")
def test_what_should_not_happen_rings_for_a_person(start, answer, alarms):
    assert settle(start, answer, at=AT).alarms == alarms


def test_a_no_about_another_payment_says_nothing_about_the_one_we_know():
    waiting = standing(Fate.WAITING)
    assert settle(waiting, Refused("FAILED", "pay_2"), at=AT).charge == waiting
    assert settle(waiting, Refused("FAILED"), at=AT).charge == waiting


def test_an_answer_without_a_status_is_older_news_than_a_read():
    """The charging call's answer carries ids only; a read that came first is not undone by it."""
    asked = after(standing(Fate.SENDING), ASKED)
    assert after(asked, IDS) == asked
    assert after(standing(Fate.SENDING), IDS, ASKED).link == "https://bank.example/1"


def test_when_the_bank_is_done_asking_its_page_is_no_longer_shown():
    done = after(standing(Fate.SENDING), ASKED, BUSY)
    assert (done.by_customer, done.link) == (False, None)


def test_giving_up_takes_the_way_on_away_and_a_late_success_still_wins():
    given_up = lapse(after(standing(Fate.SENDING), ASKED), at=AT)
    assert (given_up.fate, given_up.link, given_up.settled_at) == (Fate.LAPSED, None, AT)
    assert after(given_up, PAID).fate is Fate.TAKEN


def test_a_payment_that_appears_after_giving_up_is_watched_again_and_a_person_hears_of_it():
    """Given up, and then the provider executes it after all: without the watch its success could be missed."""
    given_up = standing(Fate.LAPSED)
    settled = settle(given_up, BUSY, at=AT)
    assert (settled.charge.fate, settled.charge.payment_id, settled.alarms) == (
        Fate.WAITING, "pay_1", ("surfaced_after_lapsed",),
    )  # fmt: skip
    assert settle(given_up, Waiting(None, "cks_1"), at=AT).charge == given_up


def test_a_card_that_fails_on_a_hosted_page_leaves_the_page_open():
    """Refused, a second page would be made beside one that can still be paid on; both could be."""
    paying = after(PAGE, Waiting("pay_1", status="processing"))
    failed = after(paying, FAILED)
    assert (failed.fate, failed.payment_id, failed.link, failed.refusal) == (
        Fate.WAITING, None, "https://checkout.example/h", "DO_NOT_HONOR",
    )  # fmt: skip
    assert after(failed, FAILED) == failed
    assert after(failed, Waiting("pay_2", status="processing"), Taken("pay_2", TOTAL)).fate is Fate.TAKEN


def test_a_hosted_page_that_still_wants_a_method_is_a_page_and_no_payment():
    wants = Waiting("pay_1", status="requires_payment_method")
    assert after(PAGE, wants) == PAGE
    assert after(PAGE, BUSY, wants).payment_id is None


def test_the_failure_of_an_earlier_card_says_nothing_about_the_one_being_tried():
    second = after(PAGE, FAILED, Waiting("pay_2", status="processing"))
    assert after(second, FAILED) == second


def test_a_page_that_was_refused_to_be_opened_is_refused():
    assert after(standing(Fate.SENDING, of=HOSTED), Refused("INVALID_REQUEST_BODY")).fate is Fate.REFUSED


def test_the_words_of_the_fates_are_those_that_stand_in_every_database():
    assert [str(fate) for fate in Fate] == ["intended", "sending", "taken", "refused", "waiting", "unknown", "lapsed"]


def test_an_intent_just_written_has_nothing_behind_it_and_is_sent_within_a_minute_of_its_press():
    assert (NADIA.version, NADIA.absent_reads, NADIA.by_customer, NADIA.hosted) == (0, 0, False, False)
    assert SEND_WITHIN_MS == 60_000


@pytest.mark.parametrize(("fate", "news"), list(product(Fate, NEWS)))
@pytest.mark.parametrize("of", [NADIA, HOSTED], ids=["one click", "hosted"])
def test_each_piece_of_news_that_changes_something_is_one_version(fate, news, of):
    before = standing(fate, of=of)
    then = settle(before, NEWS[news], at=AT).charge
    assert then.version == before.version + (then != before)


def test_giving_up_is_a_version_too_and_what_is_taken_keeps_no_refusal():
    assert lapse(standing(Fate.UNKNOWN), at=AT).version == standing(Fate.UNKNOWN).version + 1
    assert settle(standing(Fate.REFUSED), PAID, at=AT).charge.refusal is None


def test_what_was_once_known_of_the_way_is_kept_when_later_news_does_not_say_it_again():
    seen = after(standing(Fate.SENDING), BUSY)
    assert (seen.payment_id, seen.session_id) == ("pay_1", "cks_1")
    assert after(seen, Waiting(status="processing")) == seen
    asked = after(standing(Fate.SENDING), ASKED)
    again = after(asked, Waiting("pay_1", by_customer=True, status="requires_customer_action"))
    assert (again.link, again.session_id) == ("https://bank.example/1", "cks_1")

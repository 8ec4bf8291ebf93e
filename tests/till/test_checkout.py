"""The page at the provider, looked at closely: one at a time, given up before another, and never a charge by itself."""

import pytest
from msgspec.structs import replace

from tests.till.stands import AT, ORDER, PRICE, Books, Moves, intent
from widget.core.answer import NotSent, Refused, Unknown
from widget.core.charge import Charge, Fate, Shut
from widget.core.consent import Consent
from widget.core.watching import HOUR_MS, SENDING_GRACE_MS
from widget.provider.moves import Opened
from widget.till.charge import Wish
from widget.till.checkout import CheckoutTill, Page, stuck, usable

PRESSED = AT
NOW = PRESSED + 700
CONSENT = Consent("pre_1", "quo_1", "Go to checkout", PRICE, "", "en", "t", PRESSED)
BACK, AWAY = "https://shop.example/thanks", "https://shop.example/offer"
OPENED = Opened("cks_1", "https://checkout.example/cks_1")
MARKS = {"encore_charge": "chg_1", "encore_quote": "quo_1"}


def page(**more) -> Charge:
    return intent(**({"reason": "hosted:pre_1:1", "method_id": ""} | more))


WISH = Wish(page(), CONSENT, ORDER, BACK)
OLD = page(id="chg_0", reason="hosted:pre_1:0", fate=Fate.SENDING, version=1)


class Desk:
    """A checkout till with everything that stands around it."""

    def __init__(self, *there: Charge, answer: object = OPENED, level: bool = True) -> None:
        self.books, self.moves, self.level = Books(*there), Moves(answer), level
        self.till = CheckoutTill(self.books, self.moves, lambda: NOW, self._level)

    async def _level(self) -> bool:
        return self.level

    async def open(self, wish: Wish = WISH, instead_of: Charge | None = None):
        return await self.till.open(wish, cancel_url=AWAY, instead_of=instead_of)


async def test_a_page_is_written_down_with_its_consent_opened_once_and_marked_as_ours():
    desk = Desk()
    opened = await desk.open()
    assert desk.books.consents == [CONSENT]
    assert desk.moves.sent == [(ORDER, {"return_url": BACK, "cancel_url": AWAY, "metadata": MARKS})]
    assert (opened.fate, opened.session_id, opened.link) == (Fate.WAITING, OPENED.session_id, OPENED.url)
    assert (opened.sent_at, opened.version) == (NOW, 2)
    assert desk.books.charges == {"chg_1": opened}
    assert desk.books.told == [("opened", "checkout")]


async def test_a_page_that_is_refused_says_so_and_ends():
    desk = Desk(answer=Refused("PRODUCT_ARCHIVED"))
    refused = await desk.open()
    assert (refused.fate, refused.refusal, refused.settled_at) == (Fate.REFUSED, "PRODUCT_ARCHIVED", NOW)
    assert (refused.version, desk.books.charges) == (2, {"chg_1": refused})


@pytest.mark.parametrize("answer", [NotSent("connect"), Unknown("read timeout")])
async def test_a_page_whose_address_nobody_got_may_be_opened_again(answer):
    desk = Desk(answer=answer)
    again = await desk.open()
    assert (again.fate, again.sent_at, again.link, again.version) == (Fate.INTENDED, None, None, 2)
    desk.moves.answer = OPENED
    assert (await desk.open()).fate is Fate.WAITING
    assert len(desk.moves.sent) == 2


async def test_news_that_came_while_the_page_was_opened_stays():
    desk = Desk()
    paid = page(fate=Fate.TAKEN, payment_id="pay_1", version=5)
    desk.moves.meanwhile = lambda: setattr(desk.books, "first", paid)
    assert await desk.open() == paid


async def test_a_page_that_is_there_already_is_not_opened_again():
    there = page(id="chg_0", fate=Fate.WAITING, session_id="cks_0", link="https://checkout.example/cks_0")
    desk = Desk(there)
    assert await desk.open() == there
    assert desk.moves.sent == []


async def test_for_an_offer_that_is_shut_no_page_is_opened():
    desk = Desk()
    desk.books.open = False
    assert await desk.open() == Shut()
    assert desk.moves.sent == []


async def test_who_loses_the_claim_is_told_how_the_page_stands():
    desk = Desk()
    desk.books.first = won = page(fate=Fate.SENDING, version=1)
    assert await desk.open() == won
    assert desk.moves.sent == []


async def test_from_books_that_may_have_forgotten_a_payment_no_page_is_opened():
    desk = Desk(OLD, level=False)
    assert await desk.open() == WISH.intent
    assert await desk.open(instead_of=OLD) == OLD
    assert (desk.moves.sent, desk.books.consents, desk.books.charges) == ([], [], {"chg_0": OLD})


async def test_a_stuck_page_is_given_up_before_another_is_opened():
    desk = Desk(OLD)
    opened = await desk.open(instead_of=OLD)
    lapsed = desk.books.charges["chg_0"]
    assert (lapsed.fate, lapsed.settled_at, opened.link) == (Fate.LAPSED, NOW, OPENED.url)
    assert desk.books.told == [("lapsed", "opening never answered"), ("opened", "checkout")]
    assert desk.books.alarms == []


async def test_where_the_stuck_page_has_come_to_life_it_is_the_one():
    desk = Desk(OLD)
    desk.books.first = alive = replace(OLD, fate=Fate.WAITING, session_id="cks_0", link="https://x.example", version=2)
    assert await desk.open(instead_of=OLD) == alive
    assert (desk.moves.sent, list(desk.books.charges)) == ([], ["chg_0"])


async def test_a_page_without_an_order_is_a_fault_of_ours():
    desk = Desk()
    with pytest.raises(ValueError, match="without an order"):
        await desk.open(replace(WISH, order=None))
    assert desk.moves.sent == []


@pytest.mark.parametrize(
    ("answer", "given"),
    [
        (OPENED, Page(OPENED.session_id, OPENED.url)),
        (Refused("PRODUCT_ARCHIVED"), Refused("PRODUCT_ARCHIVED")),
        (NotSent("connect"), None),
        (Unknown("read timeout"), None),
    ],
)
async def test_a_stranger_gets_a_page_a_no_or_nothing_and_the_books_know_nothing_of_it(answer, given):
    desk = Desk(answer=answer)
    assert await desk.till.open_for_stranger(ORDER, return_url=BACK, mark={"shop": "1"}) == given
    assert desk.moves.sent == [(ORDER, {"return_url": BACK, "cancel_url": None, "metadata": {"shop": "1"}})]
    assert (desk.books.charges, desk.books.told) == ({}, [])


THERE = page(fate=Fate.WAITING, session_id="cks_1", link=OPENED.url)
LIVES = 23 * HOUR_MS


@pytest.mark.parametrize(
    ("hosted", "now", "can_be"),
    [
        (None, PRESSED, False),
        (THERE, PRESSED, True),
        (THERE, PRESSED + LIVES - 1, True),
        (THERE, PRESSED + LIVES, False),
        (replace(THERE, link=None), PRESSED, False),
        (replace(THERE, fate=Fate.TAKEN), PRESSED, False),
    ],
)
def test_a_page_is_handed_out_again_until_an_hour_before_the_provider_closes_it(hosted, now, can_be):
    assert usable(hosted, now=now) is can_be


@pytest.mark.parametrize(
    ("fate", "after", "is_stuck"),
    [
        (Fate.SENDING, SENDING_GRACE_MS, False),
        (Fate.SENDING, SENDING_GRACE_MS + 1, True),
        (Fate.WAITING, SENDING_GRACE_MS + 1, False),
        (Fate.INTENDED, SENDING_GRACE_MS + 1, False),
    ],
)
def test_an_opening_is_stuck_once_its_answer_cannot_come_any_more(fate, after, is_stuck):
    assert stuck(page(fate=fate), now=PRESSED + after) is is_stuck

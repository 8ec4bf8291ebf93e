"""Books that may have forgotten a charge are compared with the provider's first, and not charged from before."""

from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from tests.till.stands import AT, PRICE, Books, intent, line
from widget.core.charge import Charge, Fate
from widget.core.payment import Payment
from widget.core.subscription import Subscription
from widget.provider.asks import Unreadable
from widget.till import reckon as reckoning
from widget.till.level import FRESH_MS, Level
from widget.till.reckon import EVERY_MS, reckon

NOW = AT


class Shelf:
    def __init__(self, books: Books, at: int = NOW - 60_000, quotes: dict[str, str] | None = None) -> None:
        self.books, self.at, self.quotes, self.asked = books, at, quotes or {}, 0

    async def reckoned_at(self):
        return self.at

    async def could_ask(self, *, at):
        self.away = None

    async def could_not_ask(self, cause, *, at):
        self.away = cause

    async def stopped(self, what, *, at):
        self.why = what

    async def reckoned(self, at):
        self.at = max(self.at, at)

    async def presentation_of(self, quote_id):
        return self.quotes.get(quote_id, "")

    async def adopt(self, charge, payment_id, *, detail, at):
        if any(charge.reason == other.reason for other in self.books.charges.values()):
            return False
        self.books.charges[charge.id] = charge
        return True

    async def ask(self, now):
        self.asked += 1


class Asks:
    def __init__(self, *payments: Payment, unreadable: bool = False) -> None:
        self.payments, self.unreadable, self.pages = list(payments), unreadable, 0
        self.broken, self.last_page = "", 9_999

    async def payments_page(self, number):
        self.pages += 1
        if self.unreadable or number > self.last_page:
            return Unreadable("down")
        page = self.payments[number * 2 : number * 2 + 2]
        return tuple(map(line, page))

    async def payment(self, payment_id):
        if payment_id == self.broken:
            return Unreadable("no such answer")
        return next(p for p in self.payments if p.id == payment_id)

    async def subscription(self, subscription_id):
        return Unreadable("not asked here")


def paid(number: int = 1, *, ago_ms: int = 1_000, status: str = "succeeded", **more) -> Payment:
    return Payment(
        f"pay_{number}", "cus_nadia", "bus_1", status, PRICE, 0, datetime.fromtimestamp((NOW - ago_ms) / 1000, UTC),
        (("pdt_workbook", 1),), metadata={"encore_charge": f"chg_{number}", "encore_quote": f"quo_{number}"}, **more,
    )  # fmt: skip


def charge(fate: Fate, **more) -> Charge:
    return intent(fate=fate, pressed_at=NOW - 2_000, **more)


async def test_a_forgotten_charge_is_written_under_the_reason_a_press_would_find():
    books = Books()
    shelf = Shelf(books, quotes={"quo_1": "pre_1"})
    assert await reckon(shelf, books, Asks(paid()), now=NOW) == NOW + EVERY_MS
    [found] = books.charges.values()
    assert (found.id, found.reason, found.fate, found.payment_id) == ("chg_1", "one_click:pre_1", Fate.TAKEN, "pay_1")
    assert shelf.at == NOW


async def test_where_the_quote_is_forgotten_too_the_charge_has_a_reason_of_its_own():
    books = Books()
    await reckon(Shelf(books), books, Asks(paid()), now=NOW)
    assert books.charges["chg_1"].reason == "orphan:pay_1"


async def test_of_a_second_forgotten_payment_for_one_offer_the_reason_is_its_own():
    books = Books()
    shelf = Shelf(books, quotes={"quo_1": "pre_1", "quo_2": "pre_1"})
    await reckon(shelf, books, Asks(paid(1), paid(2)), now=NOW)
    assert {one.id: one.reason for one in books.charges.values()} == {
        "chg_1": "one_click:pre_1",
        "chg_2": "orphan:pay_2",
    }


class Filled(Shelf):
    """Another process writes the charge down first, or something in the books is in the way."""

    def __init__(self, books: Books, there: Charge | None = None, **more) -> None:
        super().__init__(books, **more)
        self.there, self.details = there, list[str]()

    async def adopt(self, charge, payment_id, *, detail, at):
        self.details.append(detail)
        if self.there is not None:
            self.books.charges[self.there.id] = self.there
        return False


async def test_where_another_process_wrote_it_down_first_its_row_is_settled():
    books = Books()
    shelf = Filled(books, charge(Fate.UNKNOWN), quotes={"quo_1": "pre_1"})
    await reckon(shelf, books, Asks(paid()), now=NOW)
    assert books.charges["chg_1"].fate is Fate.TAKEN
    assert shelf.details == ["payment pay_1 of 2027-01-15 07:59 UTC was not in our books"] * 2


async def test_a_charge_that_cannot_be_written_down_and_is_not_there_is_a_fault_and_the_mark_stays():
    books = Books()
    shelf = Filled(books)
    with pytest.raises(LookupError, match="chg_1"):
        await reckon(shelf, books, Asks(paid()), now=NOW)
    assert shelf.at == NOW - 60_000


@pytest.mark.parametrize(
    "more", [{"customer_id": "cus_ivan"}, {"is_card_check": True}], ids=["another's", "card check"]
)
async def test_what_is_another_customers_or_no_sale_settles_nothing(more):
    books = Books(charge(Fate.UNKNOWN))
    shelf = Shelf(books)
    await reckon(shelf, books, Asks(replace(paid(), **more)), now=NOW)
    assert (books.charges["chg_1"].fate, books.told, shelf.at) == (Fate.UNKNOWN, [], NOW)


async def test_a_payment_that_carries_the_mark_of_an_earlier_one_is_not_read_at_all():
    books, asks = Books(charge(Fate.UNKNOWN)), Asks(paid(charge_type="plan_change"))
    asks.broken = "pay_1"
    shelf = Shelf(books)
    await reckon(shelf, books, asks, now=NOW)
    assert (books.charges["chg_1"].fate, shelf.at) == (Fate.UNKNOWN, NOW)


@pytest.mark.parametrize("fate", [Fate.UNKNOWN, Fate.WAITING, Fate.REFUSED])
async def test_what_is_under_way_is_left_to_the_watch_until_it_has_succeeded(fate):
    waiting = Asks(paid(status="processing"))
    waiting.broken = "pay_1"  # it would be read if it were asked for
    books = Books(charge(fate, payment_id="pay_1"))
    await reckon(Shelf(books), books, waiting, now=NOW)
    assert books.charges["chg_1"].fate is fate
    await reckon(Shelf(books), books, Asks(paid()), now=NOW)
    assert books.charges["chg_1"].fate is Fate.TAKEN


async def test_a_charge_known_as_taken_is_not_read_again_and_a_second_payment_of_it_is_told():
    taken = charge(Fate.TAKEN, payment_id="pay_1", paid=PRICE)
    books, asks = Books(taken), Asks(paid())
    asks.broken = "pay_1"
    await reckon(Shelf(books), books, asks, now=NOW)
    second = replace(paid(2), metadata=paid(1).metadata)
    await reckon(Shelf(books), books, Asks(second), now=NOW)
    assert books.charges["chg_1"] == taken
    assert [name for name, _ in books.alarms] == ["taken_twice"]


async def test_what_a_forgotten_change_made_of_its_subscriptions_is_read_where_it_can_be():
    class Plans(Asks):
        async def subscription(self, subscription_id):
            found = Subscription(subscription_id, "cus_nadia", "pdt_pro", "active")
            return found if subscription_id == "sub_1" else Unreadable("down")

    books = Books()
    changed = paid(subscription_ids=("sub_1", "sub_2"), charge_type="plan_change")
    await reckon(Shelf(books), books, Plans(changed), now=NOW)
    assert books.kept == [("sub_1", NOW)]


async def test_a_forgotten_charge_is_written_down_as_the_payment_tells_it():
    bare = replace(paid(2), products=(), metadata={"encore_charge": "chg_2"})
    books = Books()
    shelf = Shelf(books, quotes={"quo_1": "pre_1"})
    await reckon(shelf, books, Asks(replace(paid(), method_id="pm_1", products=(("pdt_workbook", 3),)), bare), now=NOW)
    whole, empty = (books.charges[id_] for id_ in ("chg_1", "chg_2"))
    assert (whole.presentation_id, whole.quote_id, whole.customer_id) == ("pre_1", "quo_1", "cus_nadia")
    assert (whole.product_id, whole.quantity, whole.method_id) == ("pdt_workbook", 3, "pm_1")
    assert (whole.quoted, whole.paid, whole.pressed_at) == (PRICE, PRICE, NOW - 1_000)
    assert (empty.presentation_id, empty.quote_id) == ("", "")
    assert (empty.product_id, empty.quantity, empty.method_id) == ("", 1, "")


@pytest.mark.parametrize("mark", ["", "c" * 41, "chg 1", "chg_\0", "chg_ä", "<b>"])
async def test_what_can_be_no_mark_of_ours_does_not_keep_the_comparison_from_its_end(mark):
    books = Books()
    shelf = Shelf(books, quotes={mark: "pre_1"} if mark else None)
    theirs, ours = paid(2), paid()
    theirs.metadata["encore_charge"] = ours.metadata["encore_quote"] = mark
    assert await reckon(shelf, books, Asks(theirs, ours), now=NOW) == NOW + EVERY_MS
    assert shelf.at == NOW
    [found] = books.charges.values()
    assert (found.id, found.quote_id, found.reason) == ("chg_1", "", "orphan:pay_1")


async def test_a_mark_of_forty_letters_is_one():
    books = Books()
    longest = paid()
    longest.metadata["encore_charge"] = "c" * 40
    await reckon(Shelf(books), books, Asks(longest), now=NOW)
    assert list(books.charges) == ["c" * 40]


async def test_a_charge_the_books_hold_as_never_sent_is_settled():
    books = Books(charge(Fate.INTENDED))
    await reckon(Shelf(books), books, Asks(paid()), now=NOW)
    assert books.charges["chg_1"].fate is Fate.TAKEN


async def test_a_life_that_ends_between_adopting_and_settling_leaves_nothing_that_a_press_would_send():
    class Ending(Books):
        async def save(self, before, after, *, event, detail, at, alarms):
            raise ConnectionError("the database went away")

    books = Ending()
    with pytest.raises(ConnectionError):
        await reckon(Shelf(books, quotes={"quo_1": "pre_1"}), books, Asks(paid()), now=NOW)
    assert books.charges["chg_1"].fate is Fate.UNKNOWN


async def test_one_that_is_not_final_at_dodo_waits_and_is_not_pressed_again():
    books = Books()
    await reckon(Shelf(books), books, Asks(paid(status="requires_customer_action")), now=NOW)
    assert books.charges["chg_1"].fate is Fate.WAITING


@pytest.mark.parametrize("payment", [paid(status="failed"), paid(charge_type="renewal")], ids=["failed", "renewal"])
async def test_what_took_nothing_or_is_a_later_bill_is_left_alone(payment):
    books = Books()
    await reckon(Shelf(books), books, Asks(payment), now=NOW)
    assert books.charges == {}


@pytest.mark.case("F-46")
async def test_a_payment_without_our_mark_is_nobodys_however_well_it_fits():
    unmarked = replace(paid(), metadata={})
    books = Books(charge(Fate.UNKNOWN))
    shelf = Shelf(books)
    await reckon(shelf, books, Asks(unmarked), now=NOW)
    assert (books.charges["chg_1"].fate, shelf.at) == (Fate.UNKNOWN, NOW)


async def test_pages_are_read_back_to_the_last_comparison_and_no_further():
    many = [paid(number, ago_ms=number * 10 * 60_000) for number in range(1, 20)]
    books, asks = Books(), Asks(*many)
    await reckon(Shelf(books, at=NOW - 3_600_000), books, asks, now=NOW)
    assert len(books.charges) == 8  # an hour, a quarter of one more, and the rest of that page
    assert asks.pages == 4


async def test_a_mark_set_by_a_clock_that_was_an_hour_ahead_hides_nothing_that_was_made_since():
    made = [paid(number, ago_ms=number * 1_000) for number in range(1, 6)]
    books = Books()
    await reckon(Shelf(books, at=NOW + 3_600_000), books, Asks(*made), now=NOW)
    assert len(books.charges) == 5  # every page of them, not the first alone


async def test_the_mark_stays_while_the_list_cannot_be_read():
    books = Books()
    shelf = Shelf(books)
    assert await reckon(shelf, books, Asks(paid(), unreadable=True), now=NOW) < NOW + EVERY_MS
    assert shelf.at == NOW - 60_000


async def test_the_mark_stays_and_says_why_while_one_payment_or_a_later_page_cannot_be_read():
    books, asks = Books(), Asks(*(paid(number, ago_ms=number * 1_000) for number in (1, 2, 3)))
    shelf = Shelf(books)
    asks.broken = "pay_2"
    assert await reckon(shelf, books, asks, now=NOW) < NOW + EVERY_MS
    assert (shelf.why, shelf.at) == ("payment pay_2 cannot be read", NOW - 60_000)
    asks.broken, asks.last_page = "", 0
    assert await reckon(shelf, books, asks, now=NOW) < NOW + EVERY_MS
    assert (shelf.why, shelf.at) == ("page 2 of the payments cannot be read (down)", NOW - 60_000)


async def test_a_list_without_an_end_is_told_and_nothing_counts_as_compared(monkeypatch):
    monkeypatch.setattr(reckoning, "_PAGES", 3)
    many = [paid(number, ago_ms=number * 1_000) for number in range(1, 20)]
    books = Books()
    shelf, asks = Shelf(books), Asks(*many)
    assert await reckon(shelf, books, asks, now=NOW) == NOW + EVERY_MS
    assert (shelf.why, shelf.at) == ("the list of payments has no end within 3 pages", NOW - 60_000)
    assert (asks.pages, len(books.charges)) == (3, 6)  # what was read is written down


class Time:
    now = NOW


def level_of(at: int) -> tuple[Level, Shelf, Time]:
    shelf, time = Shelf(Books(), at=at), Time()
    return Level(shelf, lambda: time.now, lambda: None), shelf, time


@pytest.mark.case("F-102")
async def test_books_compared_before_this_process_began_are_not_level_until_they_are_compared_again():
    level, shelf, _ = level_of(NOW - 1_000)
    assert not await level.holds()
    shelf.at = NOW
    assert await level.holds()


@pytest.mark.case("F-96")
async def test_what_the_server_compared_before_it_made_this_process_counts_for_it():
    shelf = Shelf(Books(), at=NOW - 1_000)
    assert await Level(shelf, lambda: NOW, lambda: None, NOW - 2_000).holds()
    assert not await Level(shelf, lambda: NOW, lambda: None, NOW - 500).holds()


async def test_books_nobody_could_compare_for_ten_minutes_are_not_level():
    level, _, time = level_of(NOW)
    time.now = NOW + FRESH_MS + 1
    assert not await level.holds()


@pytest.mark.case("F-102")
async def test_a_mark_that_goes_back_means_a_backup_was_restored_under_us():
    level, shelf, time = level_of(NOW)
    time.now = NOW + 5_000
    shelf.at = NOW + 4_000
    assert await level.holds()
    shelf.at = NOW + 1_000
    assert not await level.holds()
    shelf.at = NOW + 4_500
    assert not await level.holds()
    shelf.at = NOW + 5_000
    assert await level.holds()


async def test_a_press_asks_for_the_comparison_and_gives_up_in_time():
    level, shelf, _ = level_of(NOW - 1_000)
    assert not await level.reached(seconds=0)
    assert shelf.asked == 1


async def test_a_press_goes_on_as_soon_as_the_comparison_it_asked_for_is_there():
    level, shelf, _ = level_of(NOW - 1_000)
    looks = 0

    async def reckoned_at():
        nonlocal looks
        looks += 1
        return NOW if looks == 3 else NOW - 1_000

    shelf.reckoned_at = reckoned_at
    assert await level.reached()
    assert (shelf.asked, looks) == (1, 3)


async def test_a_press_from_books_that_are_level_asks_for_nothing():
    level, shelf, _ = level_of(NOW)
    assert await level.reached()
    assert shelf.asked == 0

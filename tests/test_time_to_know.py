"""How soon a person knows (G-25), in simulated time: taken twice within a minute, everything else within five."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import pytest

from widget.core.money import Money
from widget.core.outgoing import ActTold
from widget.core.payment import Payment, PaymentLine
from widget.lookout import look
from widget.provider.asks import NotThere, Unreadable
from widget.storage import attention, brake, charges, events, known, outgoing, reckoning, signs, tallies
from widget.storage.database import rows, unit
from widget.till.reckon import reckon

START = 1_790_000_000_000
SECOND = 1_000
MINUTE = 60_000
PRICE = Money(1900, "USD")


async def charged(name: str, fate: str, *, at: int = START, payment: str | None = None) -> None:
    await rows(
        "INSERT INTO charge (id, reason, presentation_id, quote_id, customer_id, product_id, quantity, method_id, amount, "
        "currency, fate, payment_id, by_customer, paid_amount, paid_currency, pressed_at, sent_at, settled_at, "
        "absent_reads, version) VALUES ({}, {}, 'pre_1', 'quo_1', 'cus_nadia', 'pdt_1', 1, 'pm_1', 1900, 'USD', {}, {}, 0, "
        "{}, 'USD', {}, {}, {}, 0, 1) RETURNING id",
        f"chg_{name}", f"one_click:{name}", fate, payment, 1900 if fate == "taken" else None, at, at,
        at if fate in {"taken", "refused"} else None,
    )  # fmt: skip


def line(payment_id: str, mark: str, at: int) -> PaymentLine:
    return PaymentLine(payment_id, "succeeded", PRICE, datetime.fromtimestamp(at / 1000, UTC), {"encore_charge": mark})


class Dodo:
    """What Dodo lists; every payment is Nadia's."""

    def __init__(self, *lines: PaymentLine) -> None:
        self.lines = lines
        self.away: Unreadable | None = None
        self.broken = False  # lists its payments and cannot show one
        self.pages = 0

    async def payments_page(self, number: int):
        self.pages += 1
        return self.away or (self.lines if number == 0 else ())

    async def subscription(self, subscription_id: str):
        return NotThere()

    async def payment(self, payment_id: str) -> Payment | Unreadable:
        if self.broken:
            return Unreadable("status 500")
        [found] = [one for one in self.lines if one.id == payment_id]
        return Payment(
            id=found.id, customer_id="cus_nadia", business_id="bus_1", status=found.status, total=found.total,
            created_at=found.created_at, metadata=found.metadata, tax=0, products=(("pdt_1", 1),),
        )  # fmt: skip


async def told_after(
    name: str, dodo: Dodo | None = None, *, within: int = 6 * MINUTE, phases: tuple[int, int] = (1, 1)
) -> int | None:
    """Milliseconds from the start until the alarm stands, with the jobs of a server that has just missed its turn."""
    dues = {"look": START + phases[0], "near": START + phases[1]}
    while (now := min(dues.values())) <= START + within:
        if dues["look"] == now:
            dues["look"] = await look(now)
        else:
            dues["near"] = await reckon(reckoning, charges, dodo or Dodo(), now=now)
        if name in {row["name"] for row in await attention.unresolved()}:
            return now - START
    return None


@pytest.mark.case("F-44")
async def test_a_second_payment_for_one_charge_is_known_within_a_minute_without_any_webhook(database):
    await charged("nadia", "taken", payment="pay_1")
    marked = [line(payment, "chg_nadia", START) for payment in ("pay_1", "pay_2")]
    assert (await told_after("taken_twice", Dodo(*marked)) or 0) <= MINUTE
    [alarm] = await attention.unresolved()
    assert (alarm["name"], alarm["subject"]) == ("taken_twice", "chg_nadia")


@pytest.mark.case("F-45")
async def test_a_payment_our_books_do_not_know_is_known_within_five_minutes(database):
    assert (await told_after("orphan_payment", Dodo(line("pay_1", "chg_lost", START))) or 0) <= 5 * MINUTE
    assert [row["subject"] for row in await attention.unresolved()] == ["pay_1"]


async def silent() -> None:
    await events.keep("msg_1", kind="x", business_id="bus_1", body="{}", occurred_at=START - 1, at=START - 1)
    await charged("nadia", "taken", payment="pay_1")


async def refused() -> None:
    counted = tallies.Tallies()
    for number in range(20):
        await counted.add("webhook.refused", at=START + number * SECOND)


async def late() -> None:
    counted = tallies.Tallies()
    for number in range(4):
        await counted.add("webhook.late", at=START + number * SECOND)


async def old_secret() -> None:
    await tallies.Tallies().add("webhook.old_secret", at=START)


async def unknowns() -> None:
    for number in range(3):
        await charged(f"tim{number}", "unknown")


async def unheard() -> None:
    told = await unit(
        lambda: outgoing.tell("encore.plan.paused", ActTold("sub_1", "cus_nadia"), about="sub_1", at=START)
    )
    await outgoing.end(told, "waiting", status=None, error="ConnectError", at=START)


SIGNS: dict[str, Callable[[], Awaitable[None]]] = {
    "webhooks_silent": silent, "webhooks_refused": refused, "webhooks_late": late, "old_secret": old_secret,
    "many_unknown": unknowns, "outgoing_failing": unheard,
}  # fmt: skip


@pytest.mark.case("F-76")
async def test_each_sign_is_known_within_five_minutes_and_nothing_else_is_raised(database):
    for name, happens in SIGNS.items():
        assert await told_after(name, within=MINUTE) is None
        await happens()
        took = await told_after(name)
        assert took is not None, name
        assert took <= 5 * MINUTE, (name, took)
        assert [row["name"] for row in await attention.unresolved()] == [name]
        for table in ("charge", "kept_event", "tally", "outgoing_event", "job", "attention"):
            await rows(f"DELETE FROM {table} RETURNING 1 AS gone")


async def test_what_is_over_is_over_by_itself_and_raised_anew_when_it_comes_back(database):
    await unknowns()
    await look(START + 2 * MINUTE)
    assert [row["name"] for row in await attention.unresolved()] == ["many_unknown"]
    await rows("UPDATE charge SET fate = 'refused' RETURNING id")
    await look(START + 3 * MINUTE)
    assert await attention.unresolved() == []
    await rows("UPDATE charge SET fate = 'unknown' RETURNING id")
    await look(START + 4 * MINUTE)
    assert [row["name"] for row in await attention.unresolved()] == ["many_unknown"]


async def test_one_unknown_among_many_is_nobodys_alarm(database):
    await charged("tim", "unknown")
    await charged("nadia", "taken")
    assert await signs.unknowns(START + 2 * MINUTE) is None


async def test_a_charge_without_an_answer_for_half_an_hour_is_told_and_over_once_it_is_settled(database):
    await charged("tim", "unknown")
    await look(START + 29 * MINUTE)
    assert await attention.unresolved() == []
    await look(START + 31 * MINUTE)
    assert [(row["name"], row["subject"]) for row in await attention.unresolved()] == [("no_answer", "chg_tim")]
    await rows("UPDATE charge SET fate = 'taken' RETURNING id")
    await look(START + 32 * MINUTE)
    assert await attention.unresolved() == []


@pytest.mark.parametrize(("cause", "alarm"), [("status 401", "key_refused"), ("ReadTimeout", "dodo_away")])
@pytest.mark.case("F-30")
async def test_a_key_that_is_refused_or_a_dodo_that_stays_away_closes_one_click_until_it_is_over(
    database, cause, alarm
):
    """F-30 and F-47."""
    dodo = Dodo()
    dodo.away = Unreadable(cause)
    took = await told_after(alarm, dodo)
    assert took is not None
    assert took <= 2 * MINUTE
    assert await known.value(known.BRAKE) == alarm
    dodo.away = None
    await reckon(reckoning, charges, dodo, now=START + 10 * MINUTE)
    assert await known.value(known.BRAKE) is None
    assert await attention.unresolved() == []


async def test_a_payment_that_cannot_be_read_is_told_before_one_click_closes_and_over_once_it_can(database):
    dodo = Dodo(line("pay_1", "chg_lost", START))
    dodo.broken = True
    assert await told_after("books_behind", dodo, within=3 * MINUTE) is None  # a while is no alarm
    assert (await told_after("books_behind", dodo) or 0) <= 5 * MINUTE
    [alarm] = await attention.unresolved()
    assert alarm["detail"] == "payment pay_1 cannot be read"
    assert await known.value(known.BRAKE) is None  # the books are not level; that alone closes one click
    dodo.broken = False
    await reckon(reckoning, charges, dodo, now=START + 10 * MINUTE)
    assert [row["name"] for row in await attention.unresolved()] == ["orphan_payment"]


@pytest.mark.case("F-30")
async def test_while_the_brake_is_on_nothing_is_sent(stage):
    card = await stage.open(await stage.purchase())
    await brake.pull("key_refused", "status 401", at=START)
    pressed = await card.press("accept")
    assert pressed.state == "open"
    assert "not charged" in pressed.text
    assert await stage.ours() == []
    await brake.release(at=START)
    assert (await (await pressed.press("accept")).settled()).state == "paid"
    assert len(await stage.ours()) == 1

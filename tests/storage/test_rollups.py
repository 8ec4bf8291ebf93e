"""The numbers of a day are what a recount of its facts says, after whatever happened in whatever order; twice is the same."""

import asyncio
from collections import Counter
from datetime import UTC, datetime

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from widget.core.charge import Charge, Fate
from widget.core.consent import Consent
from widget.core.gate import Verdict
from widget.core.money import Money
from widget.core.offer import Texts
from widget.core.payment import MoneyBack
from widget.core.presentation import Card, Quote, Standing
from widget.storage import charges, fairness, money_facts, occasions, presentations, reports, rollups
from widget.storage.database import rows, unit
from widget.storage.ids import new_id
from widget.storage.presentations import Presentation

DAY = 86_400_000
FIRST = 20_000  # a day in 2024
PRICE = 1900
STEPS = ("open", "decline", "press", "take", "refuse", "refund", "dispute", "win")


async def offered(day: int, offer: str, currency: str) -> Presentation:
    """Something is offered to Nadia on a day."""
    at = day * DAY + 1_000
    occasion = await occasions.ask("post_purchase", new_id("pay"), locale="en", at=at)
    made = Presentation(
        id=new_id("pre"), occasion_id=occasion, step=0, offer_name=offer, offer_version=1, customer_id="cus_nadia",
        product_id="pdt_a", quantity=1, state=Standing.OPEN, one_click=True, card=Card(Texts("A"), "A", None), methods=(),
        quote_id=new_id("quo"), closes_at=at + DAY,
    )  # fmt: skip
    quote = Quote(
        id=made.quote_id, presentation_id=made.id, product_id="pdt_a", quantity=1, method_id="pm_1",
        total=Money(PRICE, currency), subtotal=PRICE, discount=0, tax=0, country="US", renewal=None, made_at=at, expires_at=at + DAY,
    )  # fmt: skip
    await unit(lambda: presentations.add(made, quote, Verdict(True, True, (), ()), at=at))
    return made


class Told:
    """What happened to one presentation, done for real and kept in mind."""

    def __init__(self, made: Presentation, currency: str, day: int) -> None:
        self.made, self.currency, self.day = made, currency, day
        self.shown = self.declined = False
        self.charge: Charge | None = None
        self.refunded = self.disputed = 0

    async def happens(self, step: str) -> None:
        at = self.day * DAY + 2_000
        match step:
            case "open":
                self.shown |= await fairness.first_seen(self.made.id, locale="en", at=at)
            case "decline":
                self.declined |= await presentations.decline(self.made.id, at=at, quiet_until=at)
            case "press" if self.charge is None and not self.declined:
                money = Money(PRICE, self.currency)
                wish = Charge(
                    id=new_id("chg"), reason=f"one_click:{self.made.id}", presentation_id=self.made.id,
                    quote_id=self.made.quote_id, customer_id="cus_nadia", product_id="pdt_a", quantity=1, method_id="pm_1",
                    quoted=money, fate=Fate.INTENDED, pressed_at=at,
                )  # fmt: skip
                written = await charges.intend(wish, Consent(self.made.id, wish.quote_id, "", money, "", "en", "t", at))
                self.charge = written if isinstance(written, Charge) else None
            case "take" | "refuse" if self.charge is not None and self.charge.fate is Fate.INTENDED:
                await self._settles(Fate.TAKEN if step == "take" else Fate.REFUSED, at)
            case "refund" if self._paid:
                self.refunded += 100
                await self._back("refund", "succeeded", 100)
            case "dispute" | "win" if self._paid:
                self.disputed = PRICE if step == "dispute" else 0
                await self._back("dispute", f"dispute_{'opened' if step == 'dispute' else 'won'}", PRICE)

    @property
    def _paid(self) -> bool:
        return self.charge is not None and self.charge.fate is Fate.TAKEN

    async def _settles(self, fate: Fate, at: int) -> None:
        from msgspec.structs import replace

        before = self.charge
        assert before is not None
        paid = {"payment_id": new_id("pay"), "paid": before.quoted} if fate is Fate.TAKEN else {}
        after = replace(before, fate=fate, version=before.version + 1, settled_at=at, **paid)
        assert await charges.save(before, after, event="told", detail="", at=at, alarms=())
        self.charge = after

    async def _back(self, kind: str, status: str, amount: int) -> None:
        assert self.charge is not None
        name = new_id("ref") if kind == "refund" else f"dis_{self.made.id}"
        when = datetime.fromtimestamp(self.day * DAY / 1000 + 90 * 86_400, UTC)  # three months later
        fact = MoneyBack(name, kind, status, Money(amount, self.currency), when)
        payment_id = self.charge.payment_id or ""
        await unit(lambda: money_facts.record(fact, payment_id=payment_id, charge_id=self.charge.id))  # type: ignore[union-attr]  # asserted above


def recounted(told: list[Told]) -> dict[tuple[str, str], dict[str, int]]:
    found: dict[tuple[str, str], Counter[str]] = {}
    for one in told:
        line = found.setdefault((one.made.offer_name, one.currency), Counter())
        paid = one.charge is not None and one.charge.fate is Fate.TAKEN
        line.update(
            eligible=1, shown=one.shown, accepted=one.charge is not None, paid=paid, declined=one.declined,
            refused=one.charge is not None and one.charge.fate is Fate.REFUSED, checkout=0, gross=PRICE if paid else 0,
            refunded=one.refunded, disputed=one.disputed,
        )  # fmt: skip
    return {key: dict(line) for key, line in found.items()}


async def reported(day: int) -> dict[tuple[str, str], dict[str, int]]:
    found = await reports.per_offer(since=day, until=day + 1)
    return {(one.offer, one.currency): {name: getattr(one, name) for name in rollups.NUMBERS} for one in found}


HAPPENED = st.lists(st.tuples(st.integers(0, 3), st.sampled_from(STEPS), st.booleans()), max_size=14)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(happened=HAPPENED)
async def test_the_report_is_a_recount_of_the_facts(database, happened):
    for table in ("report_day", "report_stale", "money_fact", "charge", "exposure", "decline", "quote", "presentation"):
        await rows(f"DELETE FROM {table} RETURNING 1")
    told = [
        Told(await offered(FIRST + number // 2, f"offer-{number % 2}", currency), currency, FIRST + number // 2)
        for number, currency in enumerate(("USD", "EUR", "USD", "JPY"))
    ]
    for which, step, count_now in happened:
        await told[which].happens(step)
        if count_now:
            await rollups.catch_up()
    for _ in range(2):
        await rollups.catch_up()
        for day in (FIRST, FIRST + 1):
            assert await reported(day) == recounted([one for one in told if one.day == day])
    assert await rollups.stale(10) == ()


async def test_what_changes_while_a_day_is_counted_is_counted_again(database):
    made = await offered(FIRST, "offer", "USD")
    await rollups.catch_up()
    await unit(lambda: rollups.touch(made.id))
    assert await rollups.stale(10) == (FIRST,)
    assert await rollups.catch_up() == 1
    assert await rollups.catch_up() == 0


async def test_many_counts_of_a_day_at_once_leave_its_newest_numbers(database):
    for number in range(6):
        await offered(FIRST, f"offer-{number % 2}", "USD")
        await asyncio.gather(*(rollups.count(FIRST) for _ in range(3)), offered(FIRST, "offer-2", "USD"))
    await rollups.catch_up()
    found = await reported(FIRST)
    assert {offer: numbers["eligible"] for (offer, _), numbers in found.items()} == {
        "offer-0": 3,
        "offer-1": 3,
        "offer-2": 6,
    }


async def test_a_year_is_told_from_its_days(database):
    for number in range(3):
        await offered(FIRST + number * 100, "offer", "USD")
    await rollups.catch_up()
    (one,) = await reports.per_offer(since=FIRST, until=FIRST + 366)
    assert (one.eligible, one.net, one.net_per_eligible) == (3, 0, 0.0)
    (some,) = await reports.per_offer(since=FIRST + 1, until=FIRST + 366)
    assert some.eligible == 2

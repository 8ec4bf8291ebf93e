"""One world of plan changes: subscriptions, tabs, renewals, others in the portal, crashes, and the judgement."""

from collections.abc import Callable

from msgspec.structs import replace

from tests.till.simulator.plan_books import PlanBooks, Quoted
from tests.till.simulator.plan_judge import judge_plans
from tests.till.simulator.plan_line import PlanLine
from tests.till.simulator.plan_provider import MONTHLY, PlanProvider, Sub
from tests.till.simulator.plan_workers import PlanBells, PlanWorkers
from tests.till.simulator.provider import HOUR
from tests.till.simulator.shopper import wish
from tests.till.simulator.subscriber import Subscriber, plan_wish
from tests.till.simulator.world import DOORS, START, World, play
from widget.core.charge import UNDECIDED, Charge, Fate
from widget.core.plan_change import Change

PLAN_DOORS = ("all", "watch")  # nothing a change is answered with says that it was made: the answer alone settles none
END = START + 40 * HOUR


class PlanWorld(World):
    """`World` for subscriptions; the same clock, crashes, bells and workers."""

    books_class = PlanBooks
    provider_class = PlanProvider
    line_class = PlanLine
    bells_class = PlanBells
    workers_class = PlanWorkers
    subscriber_class: type[Subscriber] = Subscriber

    books: PlanBooks
    provider: PlanProvider

    def __init__(self, seed: int, doors: str = "all") -> None:
        assert doors in DOORS
        super().__init__(seed, doors)
        self.subscriber = self.subscriber_class(self, self.rng)
        self.provider.told = self.bells.tell

    def play(self) -> list[str]:
        self.weather()
        chance = self.rng.random
        if self.provider.outage[1] > START + 4 * HOUR:
            self.provider.outage = (0, 0)
        for number in range(1 if chance() < 0.7 else 2):
            self.subscribe(f"sub_{number}")
        self.clock.run(END)
        wrong = judge_plans(self)
        return wrong + [f"nobody can change {name} any more" for name in sorted(self.provider.subs) if self.shut(name)]

    def weather(self) -> None:
        super().weather()
        if self.rng.random() < 0.05:
            self.books.quick = 0.8

    def shut(self, name: str) -> bool:
        """Whether in fair weather a new quote cannot be confirmed, though nothing is under way."""
        if any(charge.fate in UNDECIDED for charge in self.of(name)):
            return False
        self.books.stall, self.books.fatal, self.provider.fates = 0, 0, ("ok",)
        sub = self.provider.subs[name]
        product = min(plan for plan in MONTHLY if plan != sub.product_id)
        change = Change(name, product, 1, (), "do_not_bill", replaces_scheduled=sub.planned is not None)
        quote_id = f"quo_again_{name}"
        self.books.quotes[quote_id] = Quoted(name, change, 0)
        asked = plan_wish(f"chg_again_{name}", quote_id, change, 0, at=self.clock.now + self.clock.offsets[0])
        self.clock.at(self.clock.now, self.till.charge(asked), process=0)
        self.clock.run(self.clock.now + 60_000)
        return not any(call.quote == quote_id for call in self.provider.asked)

    def subscribe(self, name: str) -> None:
        """A subscription that was once sold by us, and what happens to it."""
        rng, chance = self.rng, self.rng.random
        bills = START + int(chance() * rng.choice((60_000, 900_000, 30 * HOUR)))
        sub = self.sold(name, rng.choice(sorted(MONTHLY)), bills)
        for _ in range(rng.choice((1, 2, 2, 3))):
            self.clock.at(START + int(chance() * rng.choice((5, 300, 20_000, 2_400_000))), self.subscriber.tab(name))
        if chance() < 0.25:
            when = START + int(chance() * 3_000_000)
            self.clock.at(when, lambda: self.provider.by_somebody_else(sub, rng.choice(sorted(MONTHLY))))
        for _ in range(rng.choice((0, 0, 0, 1, 2))):
            kind = rng.choice(("undo", "undo", "cancel", "keep"))
            self.clock.at(START + int(chance() * 1_000_000), self.provider.act(name, kind))

    def sold(self, name: str, product_id: str, bills: int) -> Sub:
        """Bought once through us: the marks of its first payment are those of a charge in the books."""
        sub = self.provider.subscribe(name, product_id, bills, f"chg_{name}")
        self.books.kept[name] = self.provider.as_read(sub)
        self.books.charges[sub.first] = self._first(sub.first)
        return sub

    def _first(self, charge_id: str) -> Charge:
        """The charge that its first payment was."""
        bought = wish(charge_id, f"one_click:{charge_id}", charge_id, "quo_first", at=START - HOUR).intent
        self.books.standing[charge_id] = "accepted"
        return replace(bought, fate=Fate.TAKEN, payment_id=f"pay_{charge_id}", paid=bought.quoted)

    def of(self, subscription_id: str) -> list[Charge]:
        """The changes of a subscription, newest first, as the books hold them now."""
        found = [
            c for c in self.books.charges.values()
            if c.change is not None and c.change.subscription_id == subscription_id
        ]  # fmt: skip
        return sorted(found, key=lambda c: (-c.pressed_at, c.id))


class TwoTabs(PlanWorld):
    """Down in one tab and up in another, at the same moment, over a slow database."""

    def subscribe(self, name: str) -> None:
        rng, books = self.rng, self.books
        sub = self.sold(name, "pdt_basic", START + 30 * HOUR)
        books.stall, books.quick = rng.choice((2_000, 20_000)), 0.7
        for product, mode in (("pdt_lite", "do_not_bill"), ("pdt_pro", "difference_immediately")):
            change = Change(name, product, 1, (), mode)
            quote_id = f"quo_{name}_{product}"
            books.quotes[quote_id] = Quoted(name, change, self.provider.due(sub, change))
            self.clock.at(
                START + int(rng.random() * 50),
                lambda quote_id=quote_id: self.request(self.subscriber.pressing(quote_id, f"chg_{quote_id}")),
            )


def play_plans(seed: int, doors: str = "all", world: Callable[[int, str], World] = PlanWorld) -> list[str]:
    """What went wrong in the world of plan changes of this seed."""
    return play(seed, doors, world)

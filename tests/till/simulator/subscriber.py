"""Nadia changes her plan: several tabs, each with its own quote, pressed at once and more than once."""

from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from tests.till.simulator.clock import Pause
from tests.till.simulator.plan_books import Quoted
from tests.till.simulator.plan_provider import MONTHLY, Bill
from widget.core.charge import UNDECIDED, Charge, Fate, Shut
from widget.core.consent import Consent
from widget.core.money import Money
from widget.core.plan_change import Change, changes_nothing
from widget.till.charge import Wish

if TYPE_CHECKING:
    from tests.till.simulator.plan_world import PlanWorld

CUSTOMER = "cus_nadia"


def plan_wish(charge_id: str, quote_id: str, change: Change, due: int, *, at: int) -> Wish:
    total = Money(due, "USD")
    intent = Charge(
        id=charge_id, reason=f"plan:{quote_id}", presentation_id="", quote_id=quote_id, customer_id=CUSTOMER,
        product_id=change.product_id, quantity=1, method_id="", quoted=total, fate=Fate.INTENDED, pressed_at=at,
        change=change,
    )  # fmt: skip
    return Wish(intent=intent, consent=Consent("", quote_id, f"Change plan, {due} now", total, "Visa", "en", "t", at))


class Subscriber:
    """As `widget.plan_change`: a quote is made from a preview, a press asks for a fresh one and may not find it dearer."""

    def __init__(self, world: "PlanWorld", rng: Any) -> None:
        self.world, self.rng = world, rng
        self.made = 0
        self.links: list[Bill] = []

    # — a tab ————————————————————————————————————————————————————————————————

    async def tab(self, subscription_id: str) -> None:
        """Looks at the plans, takes a quote, presses it a few times, and perhaps starts again."""
        random, world = self.rng.random, self.world
        for _ in range(1 + int(random() * 3)):
            quote_id = self.quote(subscription_id)
            if quote_id is not None:
                await Pause(int(random() * self.rng.choice((3, 300, 20_000))))
                key = f"chg_{quote_id}"
                for _ in range(self.rng.choice((1, 1, 2, 4))):
                    world.request(self.pressing(quote_id, key if random() < 0.8 else f"{key}_{int(random() * 9)}"))
                    await Pause(int(random() * self.rng.choice((2, 40, 3_000))))
            await Pause(int(random() * self.rng.choice((100, 3_000, 60_000, 2_400_000))))
            self.on_the_page(subscription_id)

    def on_the_page(self, subscription_id: str) -> None:
        """Some go to the page that waits for their payment, in whichever tab it is still open."""
        for charge in self.world.of(subscription_id):
            bill = self.world.provider.payments.get(charge.payment_id or "")
            if charge.link is not None and bill is not None and bill not in self.links:
                self.links.append(bill)
        for bill in self.links:
            if bill.subscription_id == subscription_id and self.rng.random() < 0.4:
                self.world.provider.pay_link(bill, works=self.rng.random() < 0.7)

    # — the panel —————————————————————————————————————————————————————————————

    def quote(self, subscription_id: str) -> str | None:
        """A preview, kept; None where the panel shows something else than plans."""
        world, rng = self.world, self.rng
        sub = world.provider.as_read(world.provider.subs[subscription_id])
        product = rng.choice(sorted(MONTHLY))
        change = self.change(sub, product)
        if changes_nothing(change, sub) or sub.ending or sub.status != "active":
            return None
        due = world.provider.due(world.provider.subs[subscription_id], change)
        self.made += 1
        quote_id = f"quo_{self.made}"
        change = replace(change, by_link=change.by_link and due > 0)
        world.books.quotes[quote_id] = Quoted(subscription_id, change, due)
        return quote_id

    def change(self, sub: Any, product: str) -> Change:
        random, dearer = self.rng.random, MONTHLY[product] > MONTHLY[sub.product_id]
        later = not dearer and random() < 0.6
        return Change(
            sub.id, product, 1, (),
            mode="do_not_bill" if not later and random() < 0.2 else "difference_immediately",
            when="next_billing_date" if later else "immediately",
            replaces_scheduled=sub.scheduled is not None,
            by_link=dearer and random() < 0.25,
            drops_link=self.open_link(sub.id) is not None,
        )  # fmt: skip

    def underway(self, subscription_id: str) -> Charge | None:
        return next((c for c in self.world.of(subscription_id) if c.fate in UNDECIDED), None)

    def open_link(self, subscription_id: str) -> Charge | None:
        charge = self.underway(subscription_id)
        return charge if charge is not None and charge.change and charge.change.by_link and charge.link else None

    async def pressing(self, quote_id: str, charge_id: str) -> None:
        """As `plan_change.confirm`."""
        world, quote = self.world, self.world.books.quotes[quote_id]
        if not self.may_press(quote_id, quote.subscription_id):
            return
        sub = world.provider.subs[quote.subscription_id]
        await Pause(int(self.rng.random() * (150 if self.rng.random() < 0.9 else 9_000)))
        due = world.provider.due(sub, quote.change)  # the fresh preview is of this moment
        await Pause(2 + int(self.rng.random() * 40))
        if (
            due > quote.due
            or changes_nothing(quote.change, world.provider.as_read(sub))
            or world.provider.preview_refuses(sub, quote.change)
        ):
            return
        at = world.clock.wall()
        world.shopper.pressed_at[quote_id] = max(world.clock.now, world.shopper.pressed_at.get(quote_id, 0))
        asked = replace(self.wish(charge_id, quote_id, quote.change, due, at=at), steady_at=world.clock.now)
        charged = await world.till.charge(asked)
        if not isinstance(charged, Shut):
            self.on_the_page(quote.subscription_id) if self.rng.random() < 0.3 else None

    def may_press(self, quote_id: str, subscription_id: str) -> bool:
        charge = self.world.books._known(f"plan:{quote_id}")
        if charge is None or charge.fate is Fate.INTENDED:
            charge = self.underway(subscription_id)
        return charge is None or charge == self.open_link(subscription_id)

    def wish(self, charge_id: str, quote_id: str, change: Change, due: int, *, at: int) -> Wish:
        return plan_wish(charge_id, quote_id, change, due, at=at)

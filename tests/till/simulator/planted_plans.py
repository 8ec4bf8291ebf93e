"""Bugs planted on purpose in what is about plan changes: the simulator must find every one of them."""

from typing import Any

from msgspec.structs import replace

from tests.till.simulator.plan_books import PlanBooks
from tests.till.simulator.plan_line import PlanLine
from tests.till.simulator.plan_workers import PlanWorkers
from tests.till.simulator.plan_world import PlanWorld, TwoTabs
from tests.till.simulator.subscriber import Subscriber
from widget.core.answer import Applied, NotSent, Refused, Taken, Unknown
from widget.core.charge import UNDECIDED, Charge, Fate, Shut, lapse
from widget.core.money import Money
from widget.core.subscription import Subscription
from widget.till.charge import Till
from widget.till.watch import watch

# — the books —————————————————————————————————————————————————————————————————————


class NoLock(PlanBooks):
    """Two that both saw nothing under way both go on."""

    async def claim(self, charge_id, *, at, version):
        charge = self.charges[charge_id]
        claimable = self._claimable(charge, at)
        await self.hop()
        if not claimable or self.charges[charge_id].fate is not Fate.INTENDED:
            return None
        claimed = replace(self.charges[charge_id], fate=Fate.SENDING, sent_at=at, version=charge.version + 1)
        self._put_charge(claimed)
        self.wake(f"watch:{charge_id}", at + 25_000)
        await self.hop()
        return claimed


class LooksAtNoOther(PlanBooks):
    """Locked, but nobody looks at the other changes."""

    def _alone(self, charge, change):
        return change.subscription_id in self.kept


class LooksOnlyWhenIntending(PlanBooks):
    def _claimable(self, charge, at):
        return charge.fate is Fate.INTENDED and charge.pressed_at >= at - 60_000


class WaitingIsNotUnderWay(PlanBooks):
    """A change whose payment waits is taken for none."""

    def others(self, charge_id, change):
        return [c for c in super().others(charge_id, change) if c.fate is not Fate.WAITING]


class UnknownIsNotUnderWay(PlanBooks):
    def others(self, charge_id, change):
        return [c for c in super().others(charge_id, change) if c.fate is not Fate.UNKNOWN]


class PriceOfThePlanBefore(PlanBooks):
    """A press goes on though another change was made since."""

    def made_since(self, charge, change):
        return []


class LapsesAtOnce(PlanBooks):
    async def absent(self, charge_id, *, at):
        charge = self.charges[charge_id]
        if charge.fate in UNDECIDED:
            self._ring(charge, ("lapsed",))
            self._put_charge(lapse(charge, at=at))
        return await super().absent(charge_id, at=at)


class LapsesNever(PlanBooks):
    async def absent(self, charge_id, *, at):
        await self.hop()
        return 0


# — our end of the wire —————————————————————————————————————————————————————————————


class ChangesAgainAfterUnknown(PlanLine):
    async def change_plan(self, change, *, return_url, metadata):
        first = await super().change_plan(change, return_url=return_url, metadata=metadata)
        if isinstance(first, Unknown):
            return await super().change_plan(change, return_url=return_url, metadata=metadata)
        return first


class DoneIsPaid(PlanLine):
    """A 200 to a change is read as the change made."""

    def changed(self, reply):
        return Applied() if reply.kind == "changed" else super().changed(reply)


class LostIsRefused(PlanLine):
    def changed(self, reply):
        return Refused("TIMEOUT") if reply.kind == "lost" else super().changed(reply)


class LostIsNotSent(PlanLine):
    def changed(self, reply):
        return NotSent("timeout") if reply.kind == "lost" else super().changed(reply)


class ConflictIsLanded(PlanLine):
    """A 409 is read as: the change is on its way already."""

    def changed(self, reply):
        return Applied() if reply.kind.startswith("PENDING") else super().changed(reply)


class NoMarks(PlanLine):
    async def change_plan(self, change, *, return_url, metadata):
        return self.changed(await self.provider.change_plan(change, {**metadata, "encore_charge": ""}))


# — the till ————————————————————————————————————————————————————————————————————


class SendsWithoutClaim(Till):
    async def charge(self, wish):
        written = await self._books.intend(wish.intent, wish.consent)
        if isinstance(written, Shut) or written.fate is not Fate.INTENDED:
            return written
        await self._send(wish, written)
        return written


class SendsBesideTheWatch(Till):
    """A claim that took longer than the watch waits is sent all the same."""

    async def _send(self, wish, claimed):
        return await super()._send(wish, replace(claimed, sent_at=self._now()))


class QuoteNotBound(Till):
    """What the form said last is changed to, not what was quoted."""

    async def _send(self, wish, claimed):
        if claimed.change is None or not claimed.quote_id.endswith("3"):
            return await super()._send(wish, claimed)
        other = "pdt_pro" if claimed.change.product_id != "pdt_pro" else "pdt_basic"
        return await super()._send(wish, replace(claimed, change=replace(claimed.change, product_id=other)))


# — bells and jobs ———————————————————————————————————————————————————————————————


class AnyPaymentWithTheMark(PlanWorkers):
    """A renewal carries the marks of the first payment, and settles with them."""

    def may_settle(self, charge, payment):
        return True


class _Read:
    """The provider as the watch reads it, one method of it read wrongly."""

    def __init__(self, workers: Any) -> None:
        self.workers, self.provider = workers, workers.provider
        self.payment, self.payments_of = self.provider.payment, self.provider.payments_of
        self.checkout, self.subscription = self.provider.checkout, self.provider.subscription

    async def unplanned(self, subscription_id):
        found = await self.provider.subscription(subscription_id)
        return replace(found, scheduled=None) if isinstance(found, Subscription) else found


class AlarmsOnTheFirstBill(PlanWorkers):
    """The payment of a scheduled change is judged as if it were part of the change."""

    async def settled(self, charge, answer, now):
        scheduled = charge.change is not None and charge.change.scheduled
        if scheduled and isinstance(answer, Taken) and answer.paid != charge.quoted:
            await self.books.raise_alarms(charge, ("amount_differs",), detail="", at=now)
        await super().settled(charge, answer, now)


class FirstBillIsTheChange(PlanWorkers):
    """… and written down as what was paid for it."""

    async def settled(self, charge, answer, now):
        if charge.change is not None and charge.change.scheduled and isinstance(answer, Taken):
            after = replace(
                charge, fate=Fate.TAKEN, payment_id=answer.payment_id, paid=answer.paid, version=charge.version + 1
            )
            await self.books.save(charge, after, event="", detail="", at=now, alarms=())
        else:
            await super().settled(charge, answer, now)


class AppliedWhileMoneyIsDue(PlanWorkers):
    """What was once asked for is believed to be made: nobody looks."""

    async def look(self, charge_id):
        charge = self.books.charges[charge_id]
        if charge.fate is Fate.UNKNOWN and charge.change is not None:
            await self.settled(charge, Applied(), self.clock.now)
        return await super().look(charge_id)


class UnpaidAtOnce(PlanWorkers):
    """The new plan is there, so nothing can have been paid for it: without waiting for the list of payments."""

    async def look(self, charge_id):
        charge = self.books.charges[charge_id]
        if charge.change is not None and charge.fate in UNDECIDED:
            found = await self.provider.subscription(charge.change.subscription_id)
            if isinstance(found, Subscription) and found.product_id == charge.change.product_id:
                await self.settled(charge, Applied(), self.clock.now)
                return None
        return await super().look(charge_id)


class AnotherSubscription(PlanWorkers):
    """The subscription that is read is another one of the customer."""

    def asks(self):
        return _AnotherSubscription(self)


class _AnotherSubscription(_Read):
    def __init__(self, workers):
        super().__init__(workers)
        self.subscription = self.first

    async def first(self, subscription_id):
        return await self.provider.subscription(min(self.provider.subs))


class ScheduleNotLookedAt(PlanWorkers):
    """The plan of today is taken for a change back to it, though what that was to replace still stands."""

    async def look(self, charge_id):
        charge = self.books.charges[charge_id]
        read = _Read(self)
        if charge.change is not None and not charge.change.scheduled:
            read.subscription = read.unplanned
        return await watch(self.books, read, charge_id, now=self.clock.now)


class MarksForgotten(PlanWorkers):
    """The watch takes any payment for a plan change for this one."""

    def asks(self):
        return _AnyChange(self)


class _AnyChange(_Read):
    def __init__(self, workers):
        super().__init__(workers)
        self.payments_of = self.marked
        self._payment, self.payment = self.payment, self.unmarked

    async def marked(self, customer_id, *, since):
        found = await self.provider.payments_of(customer_id, since=since)
        undecided = [c.id for c in self.workers.books.charges.values() if c.change and c.fate in UNDECIDED]
        if not isinstance(found, tuple) or not undecided:
            return found
        return tuple(replace(line, metadata={"encore_charge": undecided[0]}) for line in found)

    async def unmarked(self, payment_id):
        found = await self._payment(payment_id)
        return replace(found, metadata={}) if hasattr(found, "metadata") else found


class WatchChangesAgain(PlanWorkers):
    async def look(self, charge_id):
        charge = self.books.charges[charge_id]
        if charge.fate is Fate.UNKNOWN and charge.change is not None:
            marks = {"encore_charge": charge.id, "encore_quote": charge.quote_id}
            await self.provider.change_plan(charge.change, marks)
        return await super().look(charge_id)


class BelievesPayload(PlanWorkers):
    async def apply(self, name):
        event = self.books.events[name]
        if event.claims in {"succeeded", "failed"}:
            charge = await self.books.find(self.provider.payments[event.payment_id].mark)
            if charge is not None and charge.change is not None:
                said = Refused("FAILED", event.payment_id)
                if event.claims == "succeeded":
                    said = Taken(event.payment_id, Money(charge.quoted.amount, "USD"))
                await self.settled(charge, said, self.clock.now)
        return await super().apply(name)


# — the panel ———————————————————————————————————————————————————————————————————


class DropsAnyLink(Subscriber):
    """A page is given up for another change though somebody has begun to pay on it."""

    def open_link(self, subscription_id):
        charge = self.underway(subscription_id)
        return charge if charge is not None and charge.change and charge.change.by_link else None


class DropsAnyLinkInTheBooks(PlanBooks):
    def _open_link(self, charge: Charge) -> bool:
        return charge.change is not None and charge.change.by_link


class NoFreshPreview(Subscriber):
    """The sum of the quote is believed until it is pressed, however the plan has changed since."""

    async def pressing(self, quote_id, charge_id):
        quote = self.world.books.quotes[quote_id]
        if self.may_press(quote_id, quote.subscription_id):
            wish = self.wish(charge_id, quote_id, quote.change, quote.due, at=self.world.clock.now)
            await self.world.till.charge(wish)


class KeyPerPress(Subscriber):
    """Each press is a change of its own."""

    def wish(self, charge_id, quote_id, change, due, *, at):
        asked = super().wish(charge_id, quote_id, change, due, at=at)
        self.made += 1
        intent = replace(asked.intent, id=f"{charge_id}_{self.made}", reason=f"plan:{quote_id}:{self.made}")
        return replace(asked, intent=intent)

    def may_press(self, quote_id, subscription_id):
        return self.underway(subscription_id) is None


# — the provider's ways, not provided for —————————————————————————————————————————————


class WaitsForPaymentsOnly(PlanWorkers):
    """A change without a payment is never seen: only payments are looked for."""

    def asks(self):
        return _NoSubscriptions(self)


class _NoSubscriptions(_Read):
    def __init__(self, workers):
        super().__init__(workers)
        self.subscription = self.nothing

    async def nothing(self, subscription_id):
        return replace(self.provider.as_read(self.provider.subs[subscription_id]), product_id="", scheduled=None)


class ReleasesWaiting(PlanWorkers):
    """A waiting change without a payment is given back after a minute."""

    async def look(self, charge_id):
        charge = self.books.charges[charge_id]
        aged = charge.change is not None and self.clock.now > (charge.sent_at or 0) + 60_000
        if aged and charge.fate in UNDECIDED and charge.payment_id is None:
            await self.settled(charge, Refused("RELEASED"), self.clock.now)
        return await super().look(charge_id)


class LinkForgotten(PlanWorkers):
    """The page is forgotten when it is looked at."""

    async def look(self, charge_id):
        again = await super().look(charge_id)
        charge = self.books.charges[charge_id]
        if charge.link is not None:
            forgotten = replace(charge, link=None, by_customer=False, version=charge.version + 1)
            await self.books.save(charge, forgotten, event="", detail="", at=self.clock.now, alarms=())
        return again


class KeptShut(PlanBooks):
    """A subscription whose change was refused or given up is never let go."""

    def others(self, charge_id, change):
        ours = [c for c in self.charges.values() if c.change and c.change.subscription_id == change.subscription_id]
        over = [c for c in ours if c.fate in {Fate.REFUSED, Fate.LAPSED} and c.id != charge_id]
        return [*super().others(charge_id, change), *over]


class _SlowBooks(PlanBooks):
    def __init__(self, clock, rng):
        super().__init__(clock, rng)
        self.quick = 0.8


def _with(world: type[PlanWorld] = PlanWorld, **parts: type) -> type[PlanWorld]:
    return type("Planted", (world,), {f"{part}_class": variant for part, variant in parts.items()})


# name: (the world with the bug in it, the doors through which it can be seen)
PLANTED_PLANS: dict[str, tuple[type[PlanWorld], str]] = {
    "no lock of the subscription": (_with(TwoTabs, books=NoLock), "all"),
    "locked without a look at other changes": (_with(books=LooksAtNoOther), "all"),
    "looked at other changes only when intending": (_with(books=LooksOnlyWhenIntending), "all"),
    "a waiting change is not under way": (_with(books=WaitingIsNotUnderWay), "all"),
    "an unknown change is not under way": (_with(books=UnknownIsNotUnderWay), "watch"),
    "the price of the plan before": (_with(TwoTabs, books=PriceOfThePlanBefore), "all"),
    "lapsed when first absent": (_with(books=LapsesAtOnce), "watch"),
    "never lapsed": (_with(books=LapsesNever), "watch"),
    "changed again after unknown": (_with(line=ChangesAgainAfterUnknown), "all"),
    "an answer is taken for the change": (_with(line=DoneIsPaid), "all"),
    "a lost answer is a refusal": (_with(line=LostIsRefused), "watch"),
    "a lost answer was not sent": (_with(line=LostIsNotSent), "watch"),
    "a conflict is taken for our own change": (_with(line=ConflictIsLanded), "all"),
    "no marks": (_with(line=NoMarks), "watch"),
    "sent without claim": (_with(till=SendsWithoutClaim), "all"),
    "sent beside the watch": (_with(till=SendsBesideTheWatch, books=_SlowBooks), "watch"),
    "the quote is not bound": (_with(till=QuoteNotBound), "all"),
    "any payment with the mark settles": (_with(workers=AnyPaymentWithTheMark), "all"),
    "an alarm on the first bill of a scheduled change": (_with(workers=AlarmsOnTheFirstBill), "all"),
    "the first bill is the price of the change": (_with(workers=FirstBillIsTheChange), "all"),
    "applied although nobody looked": (_with(workers=AppliedWhileMoneyIsDue), "all"),
    "unpaid because the plan is there": (_with(workers=UnpaidAtOnce), "watch"),
    "applied from another subscription": (_with(workers=AnotherSubscription), "watch"),
    "what it replaces is not looked at": (_with(workers=ScheduleNotLookedAt), "watch"),
    "any payment for a change is this one's": (_with(workers=MarksForgotten), "watch"),
    "the watch changes again": (_with(workers=WatchChangesAgain), "watch"),
    "the payload is believed": (_with(workers=BelievesPayload), "all"),
    "a page is given up while somebody pays on it": (
        _with(subscriber=DropsAnyLink, books=DropsAnyLinkInTheBooks),
        "all",
    ),
    "no fresh preview": (_with(subscriber=NoFreshPreview), "all"),
    "a key per press": (_with(subscriber=KeyPerPress), "all"),
    "only payments are looked for": (_with(workers=WaitsForPaymentsOnly), "watch"),
    "given back after a minute": (_with(workers=ReleasesWaiting), "watch"),
    "a page is forgotten": (_with(workers=LinkForgotten), "all"),
    "shut for good": (_with(books=KeptShut), "all"),
}

"""Bugs planted on purpose, each a small change handed in: the simulator must find every one of them."""

from msgspec.structs import replace

from tests.till.simulator.books import Books
from tests.till.simulator.clock import Pause
from tests.till.simulator.provider import Provider
from tests.till.simulator.world import START, World
from widget.core.answer import Answer, NotSent, Refused, Taken, Unknown
from widget.core.charge import UNDECIDED, Charge, Fate, Shut
from widget.core.money import Money
from widget.till.charge import Till, Wish
from widget.till.settle import settle_charge


def world(name: str, **classes: type) -> type[World]:
    return type(name, (World,), classes)


class CheckThenInsert(Books):
    async def intend(self, charge, consent):
        await self.hop()
        known = self.reasons.get(charge.reason)
        await self.hop()
        if known is None:
            self.reasons.pop(charge.reason, None)
        return self._intend(charge, consent)


class NoClaim(Books):
    def _claimable(self, charge: Charge, at: int) -> bool:
        return charge.fate in {Fate.INTENDED, Fate.SENDING}


class DeclineIgnoredByClaim(Books):
    def _claimable(self, charge: Charge, at: int) -> bool:
        return charge.fate is Fate.INTENDED and charge.pressed_at >= at - 60_000


class SaveWithoutCompare(Books):
    def _save(self, before, after, alarms):
        return super()._save(self.charges[before.id], after, alarms)


class UnwatchedClaim(Books):
    async def claim(self, charge_id, *, at):
        claimed = await super().claim(charge_id, at=at)
        self.watches.pop(charge_id, None)
        return claimed


class ReleaseByAge(Books):
    async def intend(self, charge, consent):
        known = self.charges.get(self.reasons.get(charge.reason, ""))
        old = known is not None and known.fate in UNDECIDED and self.clock.now - (known.sent_at or 0) > 20_000
        if known is not None and old:
            self.charges[known.id] = replace(known, fate=Fate.INTENDED, version=known.version + 1)
        return await super().intend(charge, consent)


class ForgetsConsent(Books):
    def _intend(self, charge, consent):
        found = super()._intend(charge, consent)
        if not isinstance(found, Shut):
            self.consents[found.id] = []
        return found


class LapsesByAge(Books):
    async def absent(self, charge_id, *, at):
        charge = self.charges[charge_id]
        if charge.fate is Fate.UNKNOWN and at - (charge.sent_at or 0) > 10 * 60_000:
            self.charges[charge_id] = replace(charge, fate=Fate.LAPSED, settled_at=at, version=charge.version + 1)
        return await super().absent(charge_id, at=at)


class AbsentOnceIsNotCharged(Books):
    async def absent(self, charge_id, *, at):
        charge = self.charges[charge_id]
        if charge.fate in UNDECIDED:
            self.charges[charge_id] = replace(charge, fate=Fate.REFUSED, settled_at=at, version=charge.version + 1)
        return await super().absent(charge_id, at=at)


class RetryOnTimeout(Provider):
    async def charge(self, order, *, method_id, return_url, metadata) -> Answer:
        first = await super().charge(order, method_id=method_id, return_url=return_url, metadata=metadata)
        if isinstance(first, Unknown):
            return await super().charge(order, method_id=method_id, return_url=return_url, metadata=metadata)
        return first


class TimeoutIsFailed(Provider):
    async def charge(self, order, *, method_id, return_url, metadata) -> Answer:
        answer = await super().charge(order, method_id=method_id, return_url=return_url, metadata=metadata)
        return Refused("TIMEOUT") if isinstance(answer, Unknown) else answer


class TimeoutIsNotSent(Provider):
    async def charge(self, order, *, method_id, return_url, metadata) -> Answer:
        answer = await super().charge(order, method_id=method_id, return_url=return_url, metadata=metadata)
        return NotSent("TIMEOUT") if isinstance(answer, Unknown) else answer


class EdgeBelieved(Provider):
    async def charge(self, order, *, method_id, return_url, metadata) -> Answer:
        answer = await super().charge(order, method_id=method_id, return_url=return_url, metadata=metadata)
        return Refused("404") if isinstance(answer, Unknown) and answer.cause == "edge_4xx_ok" else answer


class GarbageIsPaid(Provider):
    async def charge(self, order, *, method_id, return_url, metadata) -> Answer:
        answer = await super().charge(order, method_id=method_id, return_url=return_url, metadata=metadata)
        paid = isinstance(answer, Unknown) and answer.cause in {"ok_garbage", "never_500"}
        return Taken("pay_0", Money(1900, "USD")) if paid else answer


class SendBeforeWrite(Till):
    async def charge(self, wish: Wish):
        await self._moves.charge(
            wish.order, method_id="pm_1", return_url="", metadata={"encore_charge": wish.intent.id}
        )
        return await self._books.intend(wish.intent, wish.consent)


class SendWithoutClaim(Till):
    async def charge(self, wish: Wish):
        written = await self._books.intend(wish.intent, wish.consent)
        if isinstance(written, Shut) or written.fate is not Fate.INTENDED:
            return written
        answer = await self._send(wish, written)
        return await settle_charge(self._books, written, answer, door="answer", at=self._now())


class SendsLate(Till):
    async def _send(self, wish: Wish, claimed: Charge) -> Answer:
        await Pause(70_000)
        return await self._moves.charge(
            wish.order, method_id="pm_1", return_url="", metadata={"encore_charge": claimed.id}
        )


class KeyPerClick(World):
    def wish(self, charge_id, reason, now):
        return super().wish(charge_id, f"{reason}:{charge_id}", now)

    async def try_checkout(self):
        return


class FallbackFromUnknown(World):
    def may_offer(self, charge: Charge) -> bool:
        return True


class TrustsPayload(World):
    async def apply(self, name, payment_id):
        """Believes what a bell said when it was cast: a processing payment's failure that was overtaken."""
        payment = self.provider.payments[payment_id]
        charge = await self.books.find(payment.mark)
        if charge is not None:
            await settle_charge(self.books, charge, Refused("FAILED", payment_id), door="webhook", at=self.clock.now)
        self.inbox[name] = (payment_id, True)


class MarksBeforeApplying(World):
    async def apply(self, name, payment_id):
        self.inbox[name] = (payment_id, True)
        await self.books.hop()
        await super().apply(name, payment_id)


class NoInboxReplay(World):
    async def apply(self, name, payment_id):
        await super().apply(name, payment_id)
        self.inbox[name] = (payment_id, True)


class AcknowledgesBeforeCommit(World):
    async def ring(self, name, payment_id, tries):
        await self.books.hop()
        await self.books.hop()
        self.inbox.setdefault(name, (payment_id, False))


class WatchSendsAgain(World):
    async def look(self, charge_id):
        charge = self.books.charges.get(charge_id)
        if charge is not None and charge.fate is Fate.UNKNOWN and not charge.hosted:
            wish = self.wish(charge.id, charge.reason, self.clock.now)
            await self.provider.charge(
                wish.order, method_id="pm_1", return_url="", metadata={"encore_charge": charge.id}
            )
        await super().look(charge_id)


class PowerCut(World):
    """The disk did not sync: what was committed last is gone, what was sent is not."""

    def play(self):
        before: dict[str, object] = {}

        def remember():
            before.update(
                charges=dict(self.books.charges), reasons=dict(self.books.reasons), watches=dict(self.books.watches)
            )

        def cut():
            for name, kept in before.items():
                setattr(self.books, name, kept)

        at = START + self.rng.randrange(0, 60)
        self.clock.at(at, remember)
        self.clock.at(at + self.rng.randrange(5, 400), cut)
        return super().play()


# name: (the world with the bug in it, the doors through which it can be seen)
PLANTED = {
    "check then insert": (world("A", books_class=CheckThenInsert), "all"),
    "no claim": (world("B", books_class=NoClaim), "all"),
    "the claim ignores a no": (world("C", books_class=DeclineIgnoredByClaim), "all"),
    "settle without compare-and-set": (world("D", books_class=SaveWithoutCompare), "webhook"),
    "the claim queues no watch": (world("E", books_class=UnwatchedClaim), "watch"),
    "release by age": (world("F", books_class=ReleaseByAge), "all"),
    "consent not kept": (world("G", books_class=ForgetsConsent), "all"),
    "lapsed by age only": (world("H", books_class=LapsesByAge), "watch"),
    "absent once means not charged": (world("I", books_class=AbsentOnceIsNotCharged), "all"),
    "retry on time-out": (world("J", provider_class=RetryOnTimeout), "all"),
    "a time-out is a failure": (world("K", provider_class=TimeoutIsFailed), "watch"),
    "a time-out was not sent": (world("L", provider_class=TimeoutIsNotSent), "all"),
    "a 4xx from an edge is believed": (world("M", provider_class=EdgeBelieved), "watch"),
    "garbage is taken for paid": (world("N", provider_class=GarbageIsPaid), "all"),
    "send before write": (world("O", till_class=SendBeforeWrite), "all"),
    "send without claim": (world("P", till_class=SendWithoutClaim), "all"),
    "sent later than 60 s after the press": (world("Q", till_class=SendsLate), "all"),
    "a key per click": (KeyPerClick, "all"),
    "another way to pay from unknown": (FallbackFromUnknown, "all"),
    "the payload is believed": (TrustsPayload, "webhook"),
    "an event marked before it is applied": (MarksBeforeApplying, "webhook"),
    "no inbox replay": (NoInboxReplay, "webhook"),
    "acknowledged before the commit": (AcknowledgesBeforeCommit, "webhook"),
    "the watch sends again": (WatchSendsAgain, "watch"),
    "an unsynced disk and a power cut": (PowerCut, "all"),
}

"""Bugs planted on purpose, each a small variant handed in: the simulator must find every one of them."""

from typing import Any

from msgspec.structs import replace

from tests.till.simulator.bells import Bells
from tests.till.simulator.books import Books, Event
from tests.till.simulator.line import Line
from tests.till.simulator.provider import PRICE, Provider
from tests.till.simulator.shopper import ORDER, Shopper, wish
from tests.till.simulator.workers import Workers
from tests.till.simulator.world import World
from widget.core.answer import NotSent, Refused, Taken, Unknown, Waiting
from widget.core.charge import UNDECIDED, Charge, Fate, Shut, settle
from widget.core.presentation import may_open_checkout
from widget.core.watching import HORIZON_MS
from widget.provider.asks import NotThere
from widget.provider.moves import Opened
from widget.till.charge import Till, first_answer
from widget.till.settle import settle_charge

# — the books —————————————————————————————————————————————————————————————————————


class CheckThenInsert(Books):
    async def intend(self, charge, consent):
        known = self._known(charge.reason)
        await self.hop()
        if known is None:
            self.reasons.pop(charge.reason, None)  # two that both saw nothing both insert
        written = self._intend(charge, consent)
        await self.hop()
        return written


class NoClaim(Books):
    def _claimable(self, charge, at):
        return charge.fate in {Fate.INTENDED, Fate.SENDING} and self.standing[charge.presentation_id] == "accepted"

    async def claim(self, charge_id, *, at, version):
        return await super().claim(charge_id, at=at, version=self.charges[charge_id].version)


class ClaimIgnoresNo(Books):
    def _claimable(self, charge, at):
        return charge.fate is Fate.INTENDED and charge.pressed_at >= at - 60_000


class ClaimIgnoresAge(Books):
    def _claimable(self, charge, at):
        return charge.fate is Fate.INTENDED and self.standing[charge.presentation_id] == "accepted"


class ClaimQueuesNoWatch(Books):
    def _claim(self, charge, at):
        claimed = super()._claim(charge, at)
        self.jobs.pop(f"watch:{charge.id}", None)
        return claimed


class SavesWithoutCompare(Books):
    def _save(self, before, after, at, alarms):
        return super()._save(self.charges[before.id], after, at, alarms)


class ReleasesByAge(Books):
    def _intend(self, charge, consent):
        known = self._known(charge.reason)
        if known is not None and known.fate in UNDECIDED and self.clock.now - (known.sent_at or 0) > 20_000:
            self._put_charge(replace(known, fate=Fate.INTENDED, version=known.version + 1))
        return super()._intend(charge, consent)


class DeclineAsksNobody(Books):
    async def decline(self, presentation_id):
        await self.hop()
        self.standing[presentation_id] = "declined"
        self.declined_at[presentation_id] = self.clock.now


class ConsentNotKept(Books):
    def _keep_consent(self, charge, consent):
        self.consents.setdefault(charge.id, (consent,))  # only that of the first press


class LapsesByAge(Books):
    """Two days and one look in vain, though the provider could not be read in between."""

    async def absent(self, charge_id, *, at):
        await super().absent(charge_id, at=at)
        charge = self.charges[charge_id]
        if at - (charge.sent_at or at) > HORIZON_MS - 7 * 3_600_000:
            self._ring(charge, ("lapsed",))
            self._put_charge(replace(charge, fate=Fate.LAPSED, settled_at=at, version=charge.version + 1))
        return charge.absent_reads


class AbsentOnceIsNotCharged(Books):
    async def absent(self, charge_id, *, at):
        charge = self.charges[charge_id]
        if charge.fate in UNDECIDED and not charge.hosted:
            self._put_charge(replace(charge, fate=Fate.REFUSED, settled_at=at, version=charge.version + 1))
        return await super().absent(charge_id, at=at)


class Unsynced(Books):
    """The last moments before a power cut were never on the disk."""

    def __init__(self, clock, rng):
        super().__init__(clock, rng)
        self.unsynced: list[tuple[int, dict[str, Any], str, Any]] = []

    def put(self, table, key, value):
        self.unsynced.append((self.clock.now, table, key, table.get(key)))
        super().put(table, key, value)

    def power_cut(self):
        for when, table, key, was in reversed(self.unsynced):
            if when > self.clock.now - 2_000:
                if was is None:
                    table.pop(key, None)
                else:
                    table[key] = was


# — our end of the wire —————————————————————————————————————————————————————————————


class RetriesOnTimeout(Line):
    async def charge(self, order, *, method_id, return_url, metadata):
        first = await super().charge(order, method_id=method_id, return_url=return_url, metadata=metadata)
        if isinstance(first, Unknown):
            return await super().charge(order, method_id=method_id, return_url=return_url, metadata=metadata)
        return first


class TimeoutIsFailed(Line):
    def read(self, reply):
        return Refused("TIMEOUT") if reply.kind == "lost" else super().read(reply)


class TimeoutIsNotSent(Line):
    def read(self, reply):
        return NotSent("timeout") if reply.kind == "lost" else super().read(reply)


class ServerErrorIsFailed(Line):
    def read(self, reply):
        return Refused("500") if reply.kind == "500" else super().read(reply)


class EdgeBelieved(Line):
    def read(self, reply):
        return Refused("404") if reply.kind == "edge" else super().read(reply)


class TextIsPaid(Line):
    def read(self, reply):
        return Taken("", PRICE) if reply.kind == "text" else super().read(reply)


class SessionIsPaid(Line):
    """A 200 with ids is read as money in hand."""

    def read(self, reply):
        paid = reply.kind == "session" and reply.payment_id
        return Taken(reply.payment_id, PRICE) if paid else super().read(reply)


class TextIsASession(Line):
    def opened(self, reply):
        return Opened("<html>", "<html>") if reply.kind == "text" else super().opened(reply)


# — the till ————————————————————————————————————————————————————————————————————


class SendsBeforeItWrites(Till):
    async def charge(self, wish):
        await self._send(wish, wish.intent)
        return await self._books.intend(wish.intent, wish.consent)


class SendsWithoutClaim(Till):
    async def charge(self, wish):
        written = await self._books.intend(wish.intent, wish.consent)
        if isinstance(written, Shut) or written.fate is not Fate.INTENDED:
            return written
        answer = await self._send(wish, written)
        return await settle_charge(self._books, written, first_answer(answer), door="answer", at=self._now())


class ConsentAfterSend(Till):
    """The charge first, what was agreed to when there is time."""

    async def charge(self, wish):
        kept = self._books._keep_consent
        self._books._keep_consent = lambda charge, consent: None
        try:
            written = await self._books.intend(wish.intent, wish.consent)
        finally:
            self._books._keep_consent = kept
        if isinstance(written, Shut) or written.fate is not Fate.INTENDED:
            return written
        claimed = await self._books.claim(written.id, at=self._now(), version=written.version)
        if claimed is None:
            return await self._books.find(written.id)
        answer = await self._send(wish, claimed)
        kept(claimed, wish.consent)
        return await settle_charge(self._books, claimed, first_answer(answer), door="answer", at=self._now())


class SendsHoweverLate(Till):
    """A claim that took its time is sent all the same."""

    async def _send(self, wish, claimed):
        mark = {"encore_charge": claimed.id, "encore_quote": claimed.quote_id}
        return await self._moves.charge(wish.order, method_id="pm_1", return_url="", metadata=mark)


# — bells and jobs ———————————————————————————————————————————————————————————————


class AcknowledgesBeforeCommit(Bells):
    async def receive(self, name, event, heard):
        self.hear(name, heard)
        await self.books.hop()
        await self.books.keep(name, event)


class DropsUnknownWords(Bells):
    async def receive(self, name, event, heard):
        if event.kind == "payment.concluded":
            self.hear(name, heard)
        else:
            await super().receive(name, event, heard)


class KnowsPaymentsNotEvents(Bells):
    """One event for one payment: the second is taken for a repetition of the first."""

    async def receive(self, name, event, heard):
        await super().receive(event.payment_id, event, heard)


class BelievesPayload(Workers):
    async def apply(self, name):
        event: Event = self.books.events[name]
        charge = await self.books.find(self.provider.payments[event.payment_id].mark)
        said = {"succeeded": Taken(event.payment_id, PRICE), "failed": Refused("FAILED", event.payment_id)}
        if charge is not None and event.claims in said:
            await self.settled(charge, said[event.claims], self.clock.now)
        await self.books.mark(name, "applied")
        return


class MarksBeforeApplying(Workers):
    async def apply(self, name):
        event = self.books.events[name]
        await self.books.mark(name, "applied")
        payment = await self.provider.payment(event.payment_id)
        charge = await self.books.find(self.provider.payments[event.payment_id].mark)
        if charge is not None and not isinstance(payment, NotThere):
            self.books.events[name] = event
            return await super().apply(name)
        return None


class NoInboxReplay(Workers):
    """Applied while it is received; whoever dies in between leaves it lying."""

    async def apply(self, name):
        self.books.jobs[f"apply:{name}"] = self.books.jobs[f"apply:{name}"]._replace(done=True)
        return await super().apply(name)


class SettlesBackwards(Workers):
    """The latest news wins, whatever was known before."""

    async def settled(self, charge, answer, now):
        if charge.fate is Fate.TAKEN and isinstance(answer, Waiting):
            charge_now = replace(charge, fate=Fate.WAITING, version=charge.version + 1)
            await self.books.save(charge, charge_now, event="", detail="", at=now, alarms=())
        else:
            await super().settled(charge, answer, now)

    async def apply(self, name):
        event: Event = self.books.events[name]
        if event.claims == "processing":  # the state as it was when the bell was cast
            charge = await self.books.find(self.provider.payments[event.payment_id].mark)
            if charge is not None:
                await self.settled(charge, Waiting(event.payment_id, status="processing"), self.clock.now)
        return await super().apply(name) if event.claims != "processing" else await self._done(name)

    async def _done(self, name):
        await self.books.mark(name, "applied")


class SettlesWithoutAlarms(Workers):
    async def settled(self, charge, answer, now):
        settled = settle(charge, answer, at=now)
        await self.books.save(charge, settled.charge, event="", detail="", at=now, alarms=())


class FailedCardEndsThePage(Workers):
    """One refused card on the hosted page, and another page is made beside it."""

    async def settled(self, charge, answer, now):
        if charge.hosted and isinstance(answer, Refused) and charge.fate is Fate.WAITING:
            refused = replace(charge, fate=Fate.REFUSED, link=None, settled_at=now, version=charge.version + 1)
            await self.books.save(charge, refused, event="", detail="", at=now, alarms=())
        else:
            await super().settled(charge, answer, now)


class GivenUpForGood(Workers):
    """A payment that appears after two days, not yet decided, is nobody's any more."""

    async def settled(self, charge, answer, now):
        if charge.fate is not Fate.LAPSED or isinstance(answer, Taken):
            await super().settled(charge, answer, now)


class WatchSendsAgain(Workers):
    async def look(self, charge_id):
        charge = self.books.charges[charge_id]
        if charge.fate is Fate.UNKNOWN and not charge.hosted:
            await self.provider.post(ORDER, {"encore_charge": charge.id, "encore_quote": charge.quote_id})
        return await super().look(charge_id)


class AnyPaymentIsOurs(Workers):
    """The watch takes the customer's latest payment for this charge's."""

    def asks(self):
        return _Unmarked(self.provider)


class _Unmarked:
    def __init__(self, provider: Provider) -> None:
        self.payments_of_all, self.checkout, self._payment = provider.payments_of, provider.checkout, provider.payment
        self._seeking = ""

    async def payments_of(self, customer_id, *, since):
        found = await self.payments_of_all(customer_id, since=since)
        return tuple(replace(line, metadata=_AnyMark()) for line in found) if isinstance(found, tuple) else found

    async def payment(self, payment_id):
        found = await self._payment(payment_id)
        return replace(found, metadata={}) if hasattr(found, "metadata") else found


class _AnyMark(dict):
    def get(self, key, default=None):
        return _Anything()


class _Anything(str):
    __slots__ = ()

    def __eq__(self, other):
        return True

    __hash__ = str.__hash__


class NoMarginForClocks(Workers):
    """Payments are asked for from the very moment of sending, by our own clock."""

    def asks(self):
        return _Strict(self.provider)


class _Strict:
    def __init__(self, provider: Provider) -> None:
        self.payment, self.checkout, self._payments_of = provider.payment, provider.checkout, provider.payments_of

    async def payments_of(self, customer_id, *, since):
        from datetime import timedelta

        return await self._payments_of(customer_id, since=since + timedelta(minutes=30))


# — the pages ———————————————————————————————————————————————————————————————————


class KeyPerClick(Shopper):
    def wish(self, charge_id, presentation, quote, *, at):
        return wish(f"{charge_id}_{quote}", f"one_click:{presentation}:{quote}", presentation, quote, at=at)


class CheckoutFromUnknown(Shopper):
    def may_go(self, presentation):
        click, _ = self.world.charges_of(presentation)
        return click is not None and (click.fate is Fate.UNKNOWN or may_open_checkout(click))


class CheckoutWhileWaiting(Shopper):
    """Try again while the bank is being asked."""

    def may_go(self, presentation):
        click, _ = self.world.charges_of(presentation)
        return click is not None and (click.fate is Fate.WAITING or may_open_checkout(click))


class PagePerPress(Shopper):
    """Every press on pay another way makes a page of its own, and all of them can be paid on."""

    def number(self, pages: list[Charge]) -> int:
        return len(pages) + 1

    def reusable(self, last: Charge | None) -> bool:
        return False


class StuckIsNotGivenUp(Shopper):
    """A second page is made while the first one's opening is still on its way."""

    def instead_of(self, last):
        return None


def _with(**parts: type) -> type[World]:
    return type("Planted", (World,), {f"{part}_class": variant for part, variant in parts.items()})


# name: (the world with the bug in it, the doors through which it can be seen)
PLANTED: dict[str, tuple[type[World], str]] = {
    "check then insert": (_with(books=CheckThenInsert), "all"),
    "no claim": (_with(books=NoClaim), "all"),
    "the claim ignores a no": (_with(books=ClaimIgnoresNo), "all"),
    "the claim queues no watch": (_with(books=ClaimQueuesNoWatch), "watch"),
    "settle without compare-and-set": (_with(books=SavesWithoutCompare), "all"),
    "release by age": (_with(books=ReleasesByAge), "all"),
    "a no while money is on its way": (_with(books=DeclineAsksNobody), "all"),
    "only the first consent is kept": (_with(books=ConsentNotKept), "all"),
    "lapsed by age only": (_with(books=LapsesByAge), "watch"),
    "absent once means not charged": (_with(books=AbsentOnceIsNotCharged), "watch"),
    "an unsynced disk and a power cut": (_with(books=Unsynced), "all"),
    "retry on time-out": (_with(line=RetriesOnTimeout), "all"),
    "a time-out is a failure": (_with(line=TimeoutIsFailed), "all"),
    "a time-out was not sent": (_with(line=TimeoutIsNotSent), "all"),
    "a server error is a failure": (_with(line=ServerErrorIsFailed), "all"),
    "a 4xx from an edge is believed": (_with(line=EdgeBelieved), "all"),
    "text is taken for paid": (_with(line=TextIsPaid), "all"),
    "a session is taken for paid": (_with(line=SessionIsPaid), "all"),
    "text is taken for a session": (_with(line=TextIsASession), "all"),
    "send before write": (_with(till=SendsBeforeItWrites), "all"),
    "send without claim": (_with(till=SendsWithoutClaim), "all"),
    "consent after send": (_with(till=ConsentAfterSend), "all"),
    "sent however late": (_with(till=SendsHoweverLate), "all"),
    "a press of long ago is claimed and sent": (_with(books=ClaimIgnoresAge, till=SendsHoweverLate), "all"),
    "acknowledged before the commit": (_with(bells=AcknowledgesBeforeCommit), "webhook"),
    "an unknown event is dropped": (_with(bells=DropsUnknownWords), "webhook"),
    "events known by their payment": (_with(bells=KnowsPaymentsNotEvents), "webhook"),
    "the payload is believed": (_with(workers=BelievesPayload), "webhook"),
    "an event marked before it is applied": (_with(workers=MarksBeforeApplying), "webhook"),
    "no inbox replay": (_with(workers=NoInboxReplay), "webhook"),
    "the latest news wins": (_with(workers=SettlesBackwards), "all"),
    "alarms are not kept": (_with(workers=SettlesWithoutAlarms), "webhook"),
    "the watch sends again": (_with(workers=WatchSendsAgain), "watch"),
    "any payment of the customer is ours": (_with(workers=AnyPaymentIsOurs), "watch"),
    "no margin between the clocks": (_with(workers=NoMarginForClocks), "watch"),
    "a key per click": (_with(shopper=KeyPerClick), "all"),
    "another way to pay from unknown": (_with(shopper=CheckoutFromUnknown), "all"),
    "another way to pay while waiting": (_with(shopper=CheckoutWhileWaiting), "all"),
    "a failed card ends its page": (_with(workers=FailedCardEndsThePage), "webhook"),
    "a late opening is handed out beside its successor": (_with(shopper=StuckIsNotGivenUp), "answer"),
    "given up for good": (_with(workers=GivenUpForGood), "all"),
    "a page per press": (_with(shopper=PagePerPress), "all"),
}

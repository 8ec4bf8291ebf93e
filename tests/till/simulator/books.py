"""The books in memory, with the commits of the real ones: each method is one, and a crash falls before or after it."""

from collections.abc import Callable
from typing import Any, NamedTuple

from msgspec.structs import replace

from tests.till.simulator.clock import NOBODY, Clock, Pause
from widget.core.charge import SEND_WITHIN_MS, UNDECIDED, Charge, Fate, Shut
from widget.core.consent import Consent
from widget.core.receipt import Receipt
from widget.core.watching import SENDING_GRACE_MS, first_look


def another(known: Charge, charge: Charge) -> int:
    """1 where a new press brings another quote or method, so that what was written before is not sent any more."""
    return int((known.quote_id, known.method_id) != (charge.quote_id, charge.method_id))


class Job(NamedTuple):
    """As in the table of jobs; `owner` 0 is nobody."""

    run_at: int
    lease_until: int = 0
    owner: int = 0
    done: bool = False


class Event(NamedTuple):
    """A kept event; what it says about the payment is never believed."""

    payment_id: str
    kind: str
    claims: str
    tries: int = 0
    state: str = "kept"


class Books:
    """`widget.till.books.Books`, presentations, kept events and jobs; every table is a dict of values that never change."""

    def __init__(self, clock: Clock, rng: Any) -> None:
        self.clock, self.chance = clock, rng.random
        self.charges: dict[str, Charge] = {}
        self.reasons: dict[str, str] = {}
        self.standing: dict[str, str] = {}  # of presentations: open, accepted, declined
        self.consents: dict[str, tuple[Consent, ...]] = {}
        self.jobs: dict[str, Job] = {}
        self.events: dict[str, Event] = {}
        self.alarms: set[tuple[str, str]] = set()
        self.declined_at: dict[str, int] = {}
        self.moved: list[tuple[int, Charge, Charge]] = []  # every change of a charge, for the judge
        self.stall = 0  # the longest a statement may take in this world
        self.quick = 0.985  # the share of statements that do not stall
        self.fatal = 0  # the process that makes this statement dies with it, before or after the commit
        self.statements = 0
        self.on_due: Callable[[str, int], None] = lambda job_id, when: None

    def put(self, table: dict[str, Any], key: str, value: Any) -> None:
        table[key] = value

    def power_cut(self) -> None:
        """Everything was synced before anybody heard of it: nothing is lost."""

    async def hop(self) -> None:
        self.statements += 1
        if self.statements == self.fatal and self.clock.running != NOBODY:
            self.clock.kill(self.clock.running)
        chance = self.chance()
        ms = 1 + int(chance * 4) if chance < self.quick or not self.stall else int(self.chance() * self.stall)
        await Pause(ms)

    async def keep_receipt(self, charge_id: str, receipt: Receipt) -> None:
        await self.hop()

    # — charges ——————————————————————————————————————————————————————————————

    async def intend(self, charge: Charge, consent: Consent) -> Charge | Shut:
        await self.hop()
        written = self._intend(charge, consent)
        await self.hop()
        return written

    def _intend(self, charge: Charge, consent: Consent) -> Charge | Shut:
        shut = self.standing[charge.presentation_id] not in {"open", "accepted"} or self._paid_for(charge)
        known = self._known(charge.reason)
        if known is not None and known.fate is not Fate.INTENDED:
            return known
        if shut:
            return Shut()
        if known is not None:
            charge = replace(
                known, pressed_at=charge.pressed_at, quoted=charge.quoted, quote_id=charge.quote_id,
                method_id=charge.method_id, version=known.version + another(known, charge),
            )  # fmt: skip
        self.put(self.standing, charge.presentation_id, "accepted")
        self.put(self.reasons, charge.reason, charge.id)
        self._put_charge(charge)
        self._keep_consent(charge, consent)
        return charge

    def _known(self, reason: str) -> Charge | None:
        return self.charges.get(self.reasons.get(reason, ""))

    def _keep_consent(self, charge: Charge, consent: Consent) -> None:
        self.put(self.consents, charge.id, (*self.consents.get(charge.id, ()), consent))

    async def claim(self, charge_id: str, *, at: int, version: int) -> Charge | None:
        await self.hop()
        written = self.charges[charge_id]
        claimed = self._claim(written, at) if written.version == version else None
        await self.hop()
        return claimed

    def _claim(self, charge: Charge, at: int) -> Charge | None:
        if not self._claimable(charge, at):
            return None
        claimed = replace(charge, fate=Fate.SENDING, sent_at=at, version=charge.version + 1)
        self._put_charge(claimed)
        self.wake(f"watch:{charge.id}", at + SENDING_GRACE_MS)
        return claimed

    def _claimable(self, charge: Charge, at: int) -> bool:
        fresh = charge.pressed_at >= at - SEND_WITHIN_MS
        wanted = self.standing[charge.presentation_id] == "accepted" and not self._paid_for(charge)
        return charge.fate is Fate.INTENDED and fresh and wanted

    def _paid_for(self, charge: Charge) -> bool:
        of_it = (one for one in self.charges.values() if one.presentation_id == charge.presentation_id)
        return any(one.fate is Fate.TAKEN for one in of_it)

    async def find(self, charge_id: str) -> Charge | None:
        await self.hop()
        return self.charges.get(charge_id)

    async def by_reason(self, reason: str) -> Charge | None:
        await self.hop()
        return self._known(reason)

    async def save(
        self, before: Charge, after: Charge, *, event: str, detail: str, at: int, alarms: tuple[str, ...]
    ) -> bool:
        await self.hop()
        done = self._save(before, after, at, alarms)
        await self.hop()
        return done

    def _save(self, before: Charge, after: Charge, at: int, alarms: tuple[str, ...]) -> bool:
        now = self.charges[before.id]
        if now.version != before.version:
            return False
        self._put_charge(replace(after, absent_reads=now.absent_reads))
        self._ring(after, alarms)
        if after.fate in UNDECIDED:
            self.wake(f"watch:{after.id}", first_look(at, hosted=after.hosted and not after.payment_id))
        return True

    def _put_charge(self, charge: Charge) -> None:
        before = self.charges.get(charge.id)
        if before is not None:
            self.moved.append((self.clock.now, before, charge))
        self.put(self.charges, charge.id, charge)

    def _ring(self, charge: Charge, alarms: tuple[str, ...]) -> None:
        for name in alarms:
            self.alarms.add((name, charge.id))

    async def raise_alarms(self, charge: Charge, alarms: tuple[str, ...], *, detail: str, at: int) -> None:
        await self.hop()
        self._ring(charge, alarms)

    async def absent(self, charge_id: str, *, at: int) -> int:
        await self.hop()
        charge = self.charges[charge_id]
        self.put(self.charges, charge_id, replace(charge, absent_reads=charge.absent_reads + 1))
        return charge.absent_reads + 1

    # — presentations —————————————————————————————————————————————————————————

    async def decline(self, presentation_id: str) -> None:
        await self.hop()
        ours = [c for c in self.charges.values() if c.presentation_id == presentation_id]
        may = self.standing[presentation_id] in {"open", "accepted"} and not any(_no_way_back(c) for c in ours)
        if may:
            self.put(self.standing, presentation_id, "declined")
            self.declined_at[presentation_id] = self.clock.now

    # — kept events and jobs ————————————————————————————————————————————————————

    async def keep(self, webhook_id: str, event: Event) -> None:
        await self.hop()
        if webhook_id not in self.events:
            self.put(self.events, webhook_id, event)
            self.wake(f"apply:{webhook_id}", self.clock.wall())
        await self.hop()

    async def mark(self, webhook_id: str, state: str) -> None:
        await self.hop()
        event = self.events[webhook_id]
        self.put(self.events, webhook_id, event._replace(state=state, tries=event.tries + 1))

    def wake(self, job_id: str, run_at: int) -> None:
        """Runs inside somebody's commit; takes the job from whoever holds it."""
        job = self.jobs.get(job_id)
        if job is not None and not job.done and not job.owner:
            run_at = min(run_at, job.run_at)
        self.put(self.jobs, job_id, Job(run_at))
        self.on_due(job_id, run_at)

    def lease(self, job_id: str, owner: int, until: int) -> None:
        self.put(self.jobs, job_id, self.jobs[job_id]._replace(owner=owner, lease_until=until))

    async def ended(self, job_id: str, owner: int, again: int | None) -> None:
        """Done, or once more; nothing when the lease was lost or the job was woken meanwhile."""
        await self.hop()
        job = self.jobs[job_id]
        if job.owner == owner:
            self.put(self.jobs, job_id, Job(again or job.run_at, done=again is None))
            if again is not None:
                self.on_due(job_id, again)


def _no_way_back(charge: Charge) -> bool:
    page = charge.hosted and charge.payment_id is None and charge.fate in {Fate.SENDING, Fate.WAITING, Fate.LAPSED}
    return charge.fate not in {Fate.REFUSED, Fate.INTENDED} and not page

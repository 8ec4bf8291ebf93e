"""The books in memory, with the commits of the real ones: each method is one, and a crash falls before or after it."""

from msgspec.structs import replace

from tests.till.simulator.clock import Clock, Pause
from widget.core.charge import SEND_WITHIN_MS, UNDECIDED, Charge, Fate, Shut
from widget.core.consent import Consent
from widget.core.watching import SENDING_GRACE_MS, first_look


class Books:
    """`widget.till.books.Books`; presentations by id, `open`, `accepted` or `declined`."""

    def __init__(self, clock: Clock, rng) -> None:
        self.clock, self.rng = clock, rng
        self.charges: dict[str, Charge] = {}
        self.reasons: dict[str, str] = {}
        self.presentations: dict[str, str] = {}
        self.consents: dict[str, list[Consent]] = {}
        self.watches: dict[str, int] = {}
        self.alarms: list[tuple[str, str]] = []
        self.declined_at: dict[str, int] = {}
        self.stall = 0  # the longest a statement may take in this world

    async def hop(self) -> None:
        await Pause(self.rng.randrange(1, 4) if self.rng.random() > 0.02 else self.rng.randrange(1, self.stall + 2))

    async def intend(self, charge: Charge, consent: Consent) -> Charge | Shut:
        await self.hop()
        found = self._intend(charge, consent)
        await self.hop()
        return found

    def _intend(self, charge: Charge, consent: Consent) -> Charge | Shut:
        shut = self.presentations[charge.presentation_id] not in {"open", "accepted"}
        known = self.reasons.get(charge.reason)
        if known is not None:
            before = self.charges[known]
            if before.fate is not Fate.INTENDED:
                return before
            if shut:
                return Shut()
            renewed = replace(
                before, pressed_at=charge.pressed_at, quoted=charge.quoted, quote_id=charge.quote_id,
                method_id=charge.method_id, version=before.version + 1,
            )  # fmt: skip
            self.charges[known] = renewed
            self.consents[known].append(consent)
            return renewed
        if shut:
            return Shut()
        self.presentations[charge.presentation_id] = "accepted"
        self.charges[charge.id] = charge
        self.reasons[charge.reason] = charge.id
        self.consents[charge.id] = [consent]
        return charge

    async def claim(self, charge_id: str, *, at: int) -> Charge | None:
        await self.hop()
        charge = self.charges[charge_id]
        claimed = None
        if self._claimable(charge, at):
            claimed = replace(charge, fate=Fate.SENDING, sent_at=at, version=charge.version + 1)
            self.charges[charge_id] = claimed
            self.watches[charge_id] = at + SENDING_GRACE_MS
        await self.hop()
        return claimed

    def _claimable(self, charge: Charge, at: int) -> bool:
        fresh = charge.pressed_at >= at - SEND_WITHIN_MS
        return charge.fate is Fate.INTENDED and fresh and self.presentations[charge.presentation_id] == "accepted"

    async def find(self, charge_id: str) -> Charge | None:
        await self.hop()
        return self.charges.get(charge_id)

    async def by_reason(self, reason: str) -> Charge | None:
        await self.hop()
        return self.charges.get(self.reasons.get(reason, ""))

    async def save(
        self, before: Charge, after: Charge, *, event: str, detail: str, at: int, alarms: tuple[str, ...]
    ) -> bool:
        await self.hop()
        done = self._save(before, after, alarms)
        await self.hop()
        return done

    def _save(self, before: Charge, after: Charge, alarms: tuple[str, ...]) -> bool:
        if self.charges[before.id].version != before.version:
            return False
        self.charges[before.id] = after
        self.alarms += [(name, before.id) for name in alarms]
        if after.fate in UNDECIDED:
            look = first_look(self.clock.now, hosted=after.hosted and not after.payment_id)
            self.watches[before.id] = min(self.watches.get(before.id, look), look)
        return True

    async def raise_alarms(self, charge: Charge, alarms: tuple[str, ...], *, detail: str, at: int) -> None:
        await self.hop()
        self.alarms += [(name, charge.id) for name in alarms]

    async def absent(self, charge_id: str, *, at: int) -> int:
        await self.hop()
        charge = self.charges[charge_id]
        self.charges[charge_id] = replace(charge, absent_reads=charge.absent_reads + 1)
        return charge.absent_reads + 1

    async def decline(self, presentation_id: str) -> bool:
        await self.hop()
        ours = [c for c in self.charges.values() if c.presentation_id == presentation_id]
        stuck = [
            c for c in ours if c.fate not in {Fate.REFUSED, Fate.INTENDED} and not (c.hosted and c.payment_id is None)
        ]
        may = self.presentations[presentation_id] in {"open", "accepted"} and not stuck
        if may:
            self.presentations[presentation_id] = "declined"
            self.declined_at[presentation_id] = self.clock.now
        await self.hop()
        return may

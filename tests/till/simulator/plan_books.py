"""The books in memory with plan quotes and subscriptions: of a subscription one change at a time, as in the real ones."""

from typing import Any, NamedTuple

from msgspec.structs import replace

from tests.till.simulator.books import Books, another
from tests.till.simulator.clock import Clock
from widget.core.charge import SEND_WITHIN_MS, Charge, Fate, Shut
from widget.core.consent import Consent
from widget.core.plan_change import Change
from widget.core.subscription import Subscription

UNDERWAY = frozenset({Fate.SENDING, Fate.WAITING, Fate.UNKNOWN})


class Quoted(NamedTuple):
    """A row of `plan_quote`."""

    subscription_id: str
    change: Change
    due: int
    confirmed_at: int = 0


class PlanBooks(Books):
    """`widget.till.books.Books`, complete."""

    def __init__(self, clock: Clock, rng: Any) -> None:
        super().__init__(clock, rng)
        self.quotes: dict[str, Quoted] = {}
        self.kept: dict[str, Subscription] = {}
        self.beside: set[str] = set()  # claimed while another change was under way, for the judge

    def _intend(self, charge: Charge, consent: Consent) -> Charge | Shut:
        if charge.change is None:
            return super()._intend(charge, consent)
        held, known = self._held(charge, charge.change), self._known(charge.reason)
        if known is not None and known.fate is not Fate.INTENDED:
            return known
        if not held:
            return Shut()
        quote = self.quotes[charge.quote_id]
        self.put(self.quotes, charge.quote_id, quote._replace(confirmed_at=charge.pressed_at))
        if known is not None:
            charge = replace(
                known, pressed_at=charge.pressed_at, quoted=charge.quoted, quote_id=charge.quote_id,
                method_id=charge.method_id, quantity=charge.quantity, version=known.version + another(known, charge),
            )  # fmt: skip
        self.put(self.reasons, charge.reason, charge.id)
        self._put_charge(charge)
        self._keep_consent(charge, consent)
        return charge

    def _held(self, charge: Charge, change: Change) -> bool:
        return self._alone(charge, change) and self._bound(charge, change)

    def _bound(self, charge: Charge, change: Change) -> bool:
        """The quote is one of this subscription."""
        quote = self.quotes.get(charge.quote_id)
        return quote is not None and quote.subscription_id == change.subscription_id

    def _alone(self, charge: Charge, change: Change) -> bool:
        """No other change of the subscription is under way, or was made since the press."""
        in_the_way = [*self.others(charge.id, change), *self.made_since(charge, change)]
        locked = change.subscription_id in self.kept
        return locked and all(change.drops_link and self._open_link(c) for c in in_the_way)

    def made_since(self, charge: Charge, change: Change) -> list[Charge]:
        """The price of the press was that of the plan before."""
        return [
            c for c in self.charges.values()
            if c.change is not None and c.change.subscription_id == change.subscription_id
            and c.id != charge.id and c.fate is Fate.TAKEN and (c.settled_at or 0) > charge.pressed_at
        ]  # fmt: skip

    def others(self, charge_id: str, change: Change) -> list[Charge]:
        """The other changes of the subscription that are under way."""
        return [
            c for c in self.charges.values()
            if c.change is not None and c.change.subscription_id == change.subscription_id
            and c.id != charge_id and c.fate in UNDERWAY
        ]  # fmt: skip

    def _open_link(self, charge: Charge) -> bool:
        return charge.change is not None and charge.change.by_link and charge.link is not None

    def _claimable(self, charge: Charge, at: int) -> bool:
        if charge.change is None:
            return super()._claimable(charge, at)
        fresh = charge.pressed_at >= at - SEND_WITHIN_MS
        return charge.fate is Fate.INTENDED and fresh and self._alone(charge, charge.change)

    def _put_charge(self, charge: Charge) -> None:
        before, change = self.charges.get(charge.id), charge.change
        if change is not None and charge.fate is Fate.SENDING and before and before.fate is Fate.INTENDED:
            under_way = PlanBooks.others(self, charge.id, change)
            if not all(change.drops_link and PlanBooks._open_link(self, other) for other in under_way):
                self.beside.add(charge.id)
        super()._put_charge(charge)

    async def keep_subscription(self, subscription: Subscription, *, at: int) -> None:
        await self.hop()
        self.put(self.kept, subscription.id, subscription)

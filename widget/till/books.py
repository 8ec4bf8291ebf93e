"""What the till needs written down; storage keeps it for real, the simulator in memory."""

from typing import Protocol

from widget.core.charge import Charge, Shut
from widget.core.consent import Consent
from widget.core.receipt import Receipt
from widget.core.subscription import Subscription

__all__ = ["Books", "Shut"]


class Books(Protocol):
    """Every method is one committed and synced unit of work; all changes are compare-and-set."""

    async def intend(self, charge: Charge, consent: Consent) -> Charge | Shut:
        """Write intent and consent and mark the presentation accepted (or the plan quote confirmed), in one commit.

        Of a subscription at most one change is under way: while another is undecided the answer is Shut.

        The reason is unique: if it is already there the row found is returned, renewed (same id, new quote,
        method and press time) while its fate is still `intended`.
        """
        ...

    async def claim(self, charge_id: str, *, at: int, version: int) -> Charge | None:
        """`intended` → `sending`, only within the time of the press; None if somebody else did or it is stale.

        Only the very intent that was written: another press may have renewed it with another quote meanwhile.

        The same commit queues the watch, so that a crash right after it is found.
        """
        ...

    async def find(self, charge_id: str) -> Charge | None: ...

    async def by_reason(self, reason: str) -> Charge | None: ...

    async def save(
        self, before: Charge, after: Charge, *, event: str, detail: str, at: int, alarms: tuple[str, ...]
    ) -> bool:
        """Replace `before` by `after` if its version is still the one in the books, with history and alarms.

        Money taken is recorded as a purchase of the customer in the same commit.
        """
        ...

    async def raise_alarms(self, charge: Charge, alarms: tuple[str, ...], *, detail: str, at: int) -> None: ...

    async def absent(self, charge_id: str, *, at: int) -> int:
        """Count one more read that did not find it at the provider; returns how many there were."""
        ...

    async def keep_receipt(self, charge_id: str, receipt: Receipt) -> None:
        """What the payment of a taken charge says beyond its sum, read on the way."""
        ...

    async def keep_subscription(self, subscription: Subscription, *, at: int) -> None:
        """What the provider says of a subscription now, read on the way."""
        ...

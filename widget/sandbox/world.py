"""Everything the pretend Dodo knows: what is for sale, who is there, what happened, and what time it is."""

from __future__ import annotations

import random
import string
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from widget.sandbox.things import (
    Addon,
    Checkout,
    Collection,
    Customer,
    Discount,
    Dispute,
    Event,
    Fault,
    LedgerEntry,
    Method,
    Payment,
    PortalSession,
    Postbox,
    Product,
    Refund,
    RequestLog,
    Settings,
    Subscription,
)

BUSINESS_ID = "bus_EncoreSandbox"
BRAND_ID = "brnd_Main"
LOG_LIMIT = 10_000
_BASE62 = string.digits + string.ascii_letters


class Probe:
    """Told when a call that moves money was executed and its answer has not left; this one does nothing."""

    def at(self, name: str) -> None:
        """Pass on."""


@dataclass(order=True, slots=True)
class Appointment:
    """Something the world will do by itself at `at`; equal times keep their order of planning."""

    at: datetime
    number: int
    act: Callable[[World], None] = field(compare=False)


class World:
    """The state of one sandbox. Not a dataclass, so that it is handed to handlers as it is and never copied."""

    def __init__(
        self,
        base_url: str = "http://127.0.0.1:8401",
        seed: int | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.base_url = base_url
        self._clock = clock
        self._random = random.Random(seed)  # noqa: S311 - ids of a pretend world, not secrets
        self.postbox = Postbox()
        self.probe: Probe = Probe()
        self.first_target: tuple[str | None, str] = (self.postbox.target, self.postbox.secret)
        self.reset()

    def reset(self) -> None:
        """The world as at the start; the webhook target given at the start stays."""
        from widget.sandbox import cast, catalogue

        target, secret = self.first_target
        self.offset = timedelta(0)
        self.held_at: datetime | None = None
        self.settings = Settings()
        self.postbox = Postbox(target=target, secret=secret)
        self.customers: dict[str, Customer] = {}
        self.methods: dict[str, Method] = {}
        self.products: dict[str, Product] = {}
        self.addons: dict[str, Addon] = {}
        self.collections: dict[str, Collection] = {}
        self.discounts: dict[str, Discount] = {}
        self.checkouts: dict[str, Checkout] = {}
        self.payments: dict[str, Payment] = {}
        self.subscriptions: dict[str, Subscription] = {}
        self.refunds: dict[str, Refund] = {}
        self.portals: dict[str, PortalSession] = {}
        self.disputes: dict[str, Dispute] = {}
        self.ledger: deque[LedgerEntry] = deque(maxlen=LOG_LIMIT)
        self.requests: deque[RequestLog] = deque(maxlen=LOG_LIMIT)
        self.events: deque[Event] = deque(maxlen=LOG_LIMIT)
        self.faults: list[Fault] = []
        self.agenda: list[Appointment] = []
        self._planned = 0
        catalogue.stock(self)
        cast.arrive(self)

    def use_webhooks(self, target: str | None, secret: str | None) -> None:
        """Send webhooks there from now on, and again after every reset."""
        self.first_target = (target, secret or self.postbox.secret)
        self.postbox.target, self.postbox.secret = self.first_target

    def now(self) -> datetime:
        """The sandbox's time: the real time plus what was advanced; held still while an appointment is kept."""
        return self.held_at or self._clock() + self.offset

    def new_id(self, prefix: str) -> str:
        """An id as Dodo makes them: prefix, underscore, 21 base62 characters."""
        return prefix + "_" + "".join(self._random.choices(_BASE62, k=21))

    def toss(self) -> float:
        """A number for shuffling."""
        return self._random.random()

    def plan(self, at: datetime, act: Callable[[World], None]) -> None:
        """Do `act` when the sandbox's clock reaches `at`; `act` checks itself whether it still applies."""
        self._planned += 1
        self.agenda.append(Appointment(at, self._planned, act))

    def catch_up(self) -> None:
        """Keep every appointment that is due, in order, each at its own time (`now()` says so meanwhile)."""
        if self.held_at is not None:
            return
        while due := [a for a in self.agenda if a.at <= self._clock() + self.offset]:
            first = min(due)
            self.agenda.remove(first)
            self.held_at = first.at
            try:
                first.act(self)
            finally:
                self.held_at = None

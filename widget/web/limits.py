"""How often something may be asked: counted in the database for all processes, with some change in each one's pocket.

A name that is seen again and again buys several requests at once, so that most of them need no statement; one that
has used up its minute is refused without a statement until it may ask again.
"""

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import Callable
from contextlib import AsyncExitStack
from typing import Any

from litestar.connection import ASGIConnection
from msgspec import Struct, field

from widget.core.refusal import RateLimited
from widget.settings import Settings
from widget.storage import limits
from widget.storage.away import Away
from widget.storage.limits import MINUTE_MS
from widget.web.networks import network_of

Connection = ASGIConnection[Any, Any, Any, Any]

# A minute. Generous: what people do by hand stays far below; a page that reloads in a loop, or a script, does not.
OPENINGS = 60  # of one ticket
OPENINGS_FROM_A_NETWORK = 600  # an office or a school behind one address
PRESSES = 30  # on the pages of one ticket
PREVIEWS = 20  # of one subscription; each asks the provider for a price
MISSES = 30  # from one network: tickets, returns and bearer keys that are none of ours
CALLS = 120  # with one bearer key; reading is not counted
CHECKOUTS = 20  # begun from one network by /buy; each asks the provider for a page

# Of each minute, so many openings of a ticket are not worth a statement: each process lets them through by itself,
# so over n processes the limit is at most 5 n higher. Whatever moves or costs something is counted from the first on.
_FREE = 5
_POCKET = 8  # requests bought at once, at most
_NAMES = 10_000  # remembered here at most; whoever is forgotten is asked about again


class _Pocket(Struct):
    """What this process has bought for a name and not used, and until when; or how long it is refused."""

    left: int = 0
    bought: int = 0
    good_until: int = 0
    shut_until: int = 0
    buying: asyncio.Lock = field(default_factory=asyncio.Lock)


class _Use(Struct, frozen=True):
    name: str
    a_minute: int
    free: int = 0

    @property
    def cost_ms(self) -> int:
        return MINUTE_MS // self.a_minute


class Limits:
    """One for each process, at `app.state.limits`; a limit that is reached raises `RateLimited`.

    Without a database nothing is refused here: what is asked for says by itself that it cannot be done.
    """

    def __init__(self, settings: Settings, now: Callable[[], int]) -> None:
        self._proxies = settings.trusted_proxies
        self._key = hashlib.sha256(settings.signing_keys[0].reveal().encode()).digest()
        self._now = now
        self._pockets: OrderedDict[str, _Pocket] = OrderedDict()

    async def opening(self, connection: Connection, ticket: str) -> None:
        """A page is opened by a ticket."""
        await self._count(
            self._use("opening", ticket, OPENINGS, free=_FREE),
            *self._network(connection, "openings", OPENINGS_FROM_A_NETWORK, free=_FREE),
        )

    async def press(self, ticket: str, *, key: str) -> None:
        """A button is pressed, with this key, on a page that the ticket opened."""
        await self._count(self._use("press", ticket, PRESSES), key=key)

    async def preview(self, subscription_id: str, *, key: str) -> None:
        """The provider is asked what a change would cost."""
        await self._count(self._use("preview", subscription_id, PREVIEWS), key=key)

    async def miss(self, connection: Connection) -> None:
        """Somebody came with a ticket or a key that is none."""
        await self._count(*self._network(connection, "misses", MISSES))

    async def call(self, key: str) -> None:
        """The merchant's server asks for something to be done."""
        await self._count(self._use("call", key, CALLS))

    async def checkout(self, connection: Connection) -> None:
        """Somebody begins to buy without a ticket."""
        await self._count(*self._network(connection, "checkouts", CHECKOUTS))

    def _network(self, connection: Connection, what: str, a_minute: int, *, free: int = 0) -> tuple[_Use, ...]:
        found = network_of(connection, self._proxies)
        return (self._use(what, found, a_minute, free=free),) if found else ()

    def _use(self, what: str, who: str, a_minute: int, *, free: int = 0) -> _Use:
        """Named by a keyed hash: an address is kept by nobody."""
        mark = hashlib.blake2b(who.encode("utf-8", "replace"), key=self._key, digest_size=16).hexdigest()
        return _Use(f"{what}:{mark}", a_minute, free)

    async def _count(self, *uses: _Use, key: str = "") -> None:
        now = self._now()
        if any(now < self._pocket(use).shut_until for use in uses) or not await self._enough(uses, now):
            raise RateLimited(retry_after_s=max(_seconds(use) for use in uses), key=key)
        for use in uses:
            pocket = self._pocket(use)
            pocket.left = max(0, pocket.left - 1)

    async def _enough(self, uses: tuple[_Use, ...], now: int) -> bool:
        """Whether each can be afforded. One buys for a name at a time: many at once would buy more than they need."""
        async with AsyncExitStack() as buying:
            for use in sorted(uses, key=lambda use: use.name):
                if not self._has(use, now):
                    await buying.enter_async_context(self._pocket(use).buying)
            short = {use.name: use for use in uses if not self._has(use, now)}
            if any(now < self._pocket(use).shut_until for use in short.values()):
                return False  # somebody who was first has been refused
            return not short or await self._buy(short, now)

    def _has(self, use: _Use, now: int) -> bool:
        pocket = self._pocket(use)
        if use.free and now >= pocket.good_until:
            pocket.left, pocket.bought, pocket.good_until = use.free, 0, now + MINUTE_MS
        return pocket.left > 0 and now < pocket.good_until

    async def _buy(self, short: dict[str, _Use], now: int) -> bool:
        """Twice as many as the last time, or one where so many are not to be had. False when one has had enough."""
        wanted = {name: min(max(1, 2 * self._pocket(use).bought), _POCKET) for name, use in short.items()}
        try:
            got = await limits.spend({name: many * short[name].cost_ms for name, many in wanted.items()}, at=now)
            rest = {name: short[name].cost_ms for name, many in wanted.items() if name not in got and many > 1}
            one = await limits.spend(rest, at=now) if rest else frozenset[str]()
        except Away:
            return True  # one too many in the pocket is worth less than a page that says why it cannot work
        for name, use in short.items():
            pocket = self._pocket(use)
            if name in got | one:
                many = wanted[name] if name in got else 1
                left = pocket.left if now < pocket.good_until else 0
                pocket.left, pocket.bought, pocket.good_until = left + many, many, now + MINUTE_MS
            else:
                pocket.left, pocket.bought, pocket.shut_until = 0, 0, now + use.cost_ms
        return short.keys() <= got | one

    def _pocket(self, use: _Use) -> _Pocket:
        pocket = self._pockets.setdefault(use.name, _Pocket())
        self._pockets.move_to_end(use.name)
        if len(self._pockets) > _NAMES:
            self._pockets.popitem(last=False)
        return pocket


def _seconds(use: _Use) -> int:
    """After a share of the minute there is room for one more."""
    return max(1, -(-use.cost_ms // 1000))


def limits_of(connection: Connection) -> Limits:
    """The limits of the application this request came to."""
    return connection.app.state.limits

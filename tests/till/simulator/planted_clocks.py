"""Bugs about clocks, planted on purpose: only worlds whose clocks are wrong show them."""

from datetime import timedelta

from msgspec.structs import replace

from tests.till.simulator.clocks import ClockWorld, SkewedWorkers
from tests.till.simulator.world import START, World
from widget.till.charge import Till


class WallOnly(Till):
    """The age of a press is told by the clock on the wall alone, which may be put back meanwhile."""

    async def _send(self, wish, claimed):
        return await super()._send(replace(wish, steady_at=None), claimed)


class TwoMinutesForClocks(SkewedWorkers):
    """Payments are asked for from two minutes before the sending, as if no clock could be further off."""

    def asks(self):
        return _Later(self.provider)


class _Later:
    def __init__(self, provider) -> None:
        self.payment, self.checkout, self._payments_of = provider.payment, provider.checkout, provider.payments_of

    async def payments_of(self, customer_id, *, since):
        return await self._payments_of(customer_id, since=since + timedelta(minutes=28))


class _Stepped(ClockWorld):
    """A database that stalls for a minute and more, and a clock that is put back while it does."""

    def weather(self) -> None:
        super().weather()
        self.books.stall, self.books.quick = 90_000, 0.7
        back = int(self.rng.random() * 600_000)
        for at in (5_000, 20_000, 40_000):
            self.clock.at(START + at, lambda: self._put_back(back))

    def _put_back(self, ms: int) -> None:
        self.clock.offsets[:-1] = [offset - ms // 3 for offset in self.clock.offsets[:-1]]


def _with(world: type[World], **parts: type) -> type[World]:
    return type("Planted", (world,), {f"{part}_class": variant for part, variant in parts.items()})


# name: (the world with the bug in it, the doors through which it can be seen)
PLANTED_CLOCKS: dict[str, tuple[type[World], str]] = {
    "two minutes between the clocks": (_with(ClockWorld, workers=TwoMinutesForClocks), "watch"),
    "the age of a press by the wall clock": (_with(_Stepped, till=WallOnly), "all"),
}
STEPPED = _Stepped

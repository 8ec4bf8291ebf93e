"""G-10: how long nobody knows. What the provider knows is soon known; what it never knew is given up on time, once."""

from tests.campaign.figure import Figure, Tally, measuring, scaled
from tests.till.simulator.judge import judge
from tests.till.simulator.provider import HOUR, Provider
from tests.till.simulator.world import START, World
from widget.core.charge import FINAL, Fate
from widget.core.watching import HORIZON_MS

GOAL = (
    "what the provider knows is final within 60 s of being readable in 99 of 100 cases; what it does not know is lapsed "
    "after 48 h in every case, never earlier, never sent twice, with no other way to pay shown meanwhile; a payment that "
    "surfaces later is raised in every case in which anything is heard of it"
)
_WITHIN_MS = 60_000
_YOUNG_MS = HOUR  # what ends later than an hour after the press is looked for every ten minutes, then every hour
_LATEST_MS = HOUR // 2  # after the horizon: a look falls on it, and one whose answer is lost is done again in minutes


class Calm(World):
    """Our machines run and the provider can be read; answers are lost and late as ever."""

    def weather(self) -> None:
        self.books.stall = 0


class NeverKnown(Calm):
    """No request is ever executed, and no answer says so."""

    def weather(self) -> None:
        super().weather()
        self.provider.fates = ("never_lost", "never_500", "never_edge")


class _Surfaces(Provider):
    def _delay(self, fate: str) -> int:
        return int((50 + self.rng.random() * 5) * HOUR)


class Surfacing(Calm):
    """Executed two days later, when nobody looks any more; the bell rings."""

    provider_class = _Surfaces

    def weather(self) -> None:
        super().weather()
        self.provider.fates = ("very_late",)
        self.bells.doors = "webhook"  # as if it were the only door: every final event comes in the end


def run(size: str, seed: int, engine: str) -> Figure:
    with measuring("G-10", GOAL, size, seed, engine) as tally:
        many = scaled(size, push=600, night=20_000)
        for doors in ("all", "watch"):
            waits = [ms for number in range(many) for ms in _waits(tally, seed + number, doors)]
            late = sum(ms > _WITHIN_MS for ms in waits)
            tally.count(f"known ({doors})", len(waits))
            tally.facts[f"p99 s ({doors})"] = round(sorted(waits)[int(len(waits) * 0.99)] / 1000, 1)
            if late * 100 > len(waits):
                tally.wrong(seed, f"{late} of {len(waits)} known after more than 60 s (doors: {doors})")
        given_up = list[int]()
        for number in range(many // 3):
            given_up += _given_up(tally, seed + number)
            _surfaced(tally, seed + number)
        tally.facts["given up after h, median"] = round(sorted(given_up)[len(given_up) // 2] / HOUR, 1)
        tally.facts["given up after h, latest"] = round(max(given_up) / HOUR, 1)
    return tally.figure()


def _played(tally: Tally, world: World, seed: int) -> World:
    for said in world.play():
        tally.wrong(seed, said)
    world.clock.close()
    return world


def _waits(tally: Tally, seed: int, doors: str) -> list[int]:
    """From when the end could be read at the provider to when it stood in the books; ms."""
    world = _played(tally, Calm(seed, doors), seed)
    final: dict[str, int] = {}
    for at, _, after in world.books.moved:
        if after.fate in FINAL:
            final.setdefault(after.id, at)
    found = []
    for call in world.provider.calls:
        paid = call.payment
        if paid is None or paid.ends not in {"succeeded", "failed"} or paid.ends_at > call.sent + _YOUNG_MS:
            continue
        readable = max(paid.ends_at, paid.listed_at)
        if call.mark not in final:
            tally.wrong(seed, "never known although it can be read")
        else:
            found.append(max(0, final[call.mark] - readable))
    return found


def _given_up(tally: Tally, seed: int) -> list[int]:
    """How long after its sending each was given up; ms."""
    found = list[int]()
    world = _played(tally, NeverKnown(seed, "watch"), seed)
    for call in world.provider.calls:
        charge = world.books.charges[call.mark]
        after = (charge.settled_at or 0) - (charge.sent_at or 0)
        tally.count("never known")
        found.append(after)
        if charge.fate is not Fate.LAPSED or not HORIZON_MS < after <= HORIZON_MS + _LATEST_MS:
            tally.wrong(seed, f"{charge.fate} after {after / HOUR:.1f} h")
    return found


def _surfaced(tally: Tally, seed: int) -> None:
    world = Surfacing(seed, "all")
    world.weather()
    world.present("pre_0")
    world.clock.run(START + 100 * HOUR)
    for said in judge(world):
        tally.wrong(seed, said)
    world.clock.close()
    for call in world.provider.calls:
        if call.payment is None or call.payment.mark not in world.books.charges:
            continue
        charge = world.books.charges[call.mark]
        tally.count("surfaced after two days")
        if not (
            {"surfaced_after_lapsed", "taken_after_lapsed"}
            & {name for name, of in world.books.alarms if of == charge.id}
        ):
            tally.wrong(seed, f"surfaced after two days and nobody was told: {charge.fate}")


__all__ = ["GOAL", "run"]

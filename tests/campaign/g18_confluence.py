"""G-18: whatever order news comes in, and however often, the end is the same."""

import random
from itertools import permutations

from tests.campaign.figure import Figure, measuring, scaled
from widget.core.answer import Answer, NotSent, Refused, Taken, Unknown, Waiting
from widget.core.charge import Charge, Fate, settle
from widget.core.money import Money

GOAL = "all 720 orders of 6 events, with duplicates, lead to one end state"
PRICE = Money(1900, "USD")

# What may be heard of one payment of one charge: its own end, and what was said of it on the way and beside it.
_WAY = (Waiting("pay_1", status="processing"), Waiting("pay_1", status="requires_customer_action", by_customer=True))
STORIES: dict[str, tuple[Answer, ...]] = {
    "taken": (Taken("pay_1", PRICE), *_WAY, Refused("DO_NOT_HONOR", "pay_1"), Unknown("timeout"), NotSent("late")),
    "refused": (Refused("DO_NOT_HONOR", "pay_1"), *_WAY, Unknown("timeout"), Unknown("cut"), Waiting("pay_1")),
    "taken, another amount": (
        Taken("pay_1", Money(2100, "USD")), *_WAY, Refused("DO_NOT_HONOR", "pay_1"), Unknown("cut"), Unknown("500"),
    ),
}  # fmt: skip


def run(size: str, seed: int, engine: str) -> Figure:
    rng = random.Random(seed)
    with measuring("G-18", GOAL, size, seed, engine) as tally:
        for story, news in STORIES.items():
            ends = set()
            for order in permutations(news):
                for _ in range(scaled(size, push=3, night=50)):
                    ends.add(_end(_repeated(order, rng)))
                    tally.count("orders played")
                tally.count("orders")
            tally.count("events", len(news))
            if len(ends) != 1:
                tally.wrong(seed, f"{story}: {len(ends)} ends: {sorted(ends)}")
    return tally.figure()


def _repeated(order: tuple[Answer, ...], rng: random.Random) -> list[Answer]:
    """The order, and behind each event repetitions of any that came before it."""
    told: list[Answer] = []
    for at, news in enumerate(order):
        told.append(news)
        told += rng.choices(order[: at + 1], k=rng.randrange(3))
    return told


def _end(news: list[Answer]) -> str:
    """Where the charge stands; not when it got there, nor how many steps it took."""
    charge = Charge("ch_1", "one_click:pre_1", "pre_1", "q_1", "cus_1", "pdt_1", 1, "pm_1", PRICE, Fate.SENDING, 0)
    for at, answer in enumerate(news):
        charge = settle(charge, answer, at=at).charge
    return f"{charge.fate} {charge.payment_id} {charge.paid} {charge.refusal} {charge.link} {charge.by_customer}"

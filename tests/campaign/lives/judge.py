"""What must be true when everything has come to rest: judged from the provider's ledger, our books compared with it."""

from collections import Counter

from tests.campaign.figure import Tally
from tests.campaign.lives.world import Outside
from widget.sandbox.things import LedgerEntry
from widget.storage import history
from widget.storage.database import rows

MARK = "encore_charge"


def taken(world: Outside, customers: set[str]) -> list[LedgerEntry]:
    """The payments with our mark that succeeded at Dodo, of these customers."""
    return [
        entry
        for entry in world.sandbox.ledger
        if entry.kind == "payment"
        and entry.status == "succeeded"
        and MARK in entry.metadata
        and entry.customer_id in customers
    ]


async def judge(tally: Tally, seed: int, world: Outside, customers: set[str]) -> None:
    """The invariants; the database of the world must be open in this process. One reason a customer."""
    paid = taken(world, customers)
    for who, times in Counter(entry.customer_id for entry in paid).items():
        if times > 1:
            tally.wrong(seed, f"{who} paid {times} times")
    for entry in paid:
        await _in_the_books(tally, seed, entry)
    tally.count("payments judged", len(paid))
    await _merchant_told(tally, seed, world, paid)
    await _books(tally, seed, {entry.payment_id for entry in paid}, customers)
    await _events(tally, seed, world, customers)


async def _in_the_books(tally: Tally, seed: int, entry: LedgerEntry) -> None:
    mark = str(entry.metadata[MARK])
    found = await rows("SELECT fate, payment_id, paid_amount, amount FROM charge WHERE id = {}", mark)
    if not found:
        tally.wrong(seed, f"{entry.payment_id} was paid and is not in the books")
        return
    charge = found[0]
    if charge["fate"] != "taken" or charge["payment_id"] != entry.payment_id:
        tally.wrong(seed, f"{entry.payment_id} was paid, the books say {charge['fate']} {charge['payment_id']}")
    if entry.amount > charge["amount"]:
        tally.wrong(seed, f"{entry.payment_id} took {entry.amount}, {charge['amount']} was shown")
    agreed = await rows("SELECT amount, text FROM consent WHERE charge_id = {} ORDER BY pressed_at DESC", mark)
    if not agreed or not agreed[0]["text"]:
        tally.wrong(seed, f"{entry.payment_id} was paid without a recorded press")
    elif agreed[0]["amount"] < entry.amount:
        tally.wrong(seed, f"{entry.payment_id} took {entry.amount}, the consent says {agreed[0]['amount']}")


async def _books(tally: Tally, seed: int, at_dodo: set[str], customers: set[str]) -> None:
    for charge in await rows("SELECT id, customer_id, fate, payment_id, amount, change FROM charge"):
        if charge["customer_id"] not in customers:
            continue
        free = charge["change"] is not None and charge["payment_id"] is None
        if charge["fate"] == "taken" and charge["payment_id"] not in at_dodo and not free:
            tally.wrong(seed, f"{charge['id']} is taken in the books, Dodo knows no such payment")
        lines = await history.of(charge["id"])
        if not history.intact(charge["id"], lines) or (lines and lines[-1]["fate"] != charge["fate"]):
            tally.wrong(seed, f"{charge['id']}: its history does not lead to {charge['fate']}")
        if [line["event"] for line in lines].count("claimed") > 1 and charge["fate"] == "taken":
            told = [line["event"] for line in lines]
            if "notsent" not in told:
                tally.wrong(seed, f"{charge['id']} was claimed more than once: {told}")


async def _events(tally: Tally, seed: int, world: Outside, customers: set[str]) -> None:
    """Whatever was answered 2xx is kept, and is applied."""
    kept = {row["id"]: row["state"] for row in await rows("SELECT id, state FROM kept_event")}
    for event in world.sandbox.events:
        if event.outcome != "delivered" or event.event_id in world.judged:
            continue
        world.judged.add(event.event_id)
        tally.count("webhooks judged")
        if event.event_id not in kept:
            tally.wrong(seed, f"{event.type} was acknowledged and is lost")
        elif kept[event.event_id] not in {"applied", "ignored"}:
            tally.wrong(seed, f"{event.type} was acknowledged and is {kept[event.event_id]}")


async def _merchant_told(tally: Tally, seed: int, world: Outside, paid: list[LedgerEntry]) -> None:
    """The merchant's server heard of every payment, at least once, or the event still waits its turn."""
    heard = {str(event) for event in world.told}
    waiting = await rows("SELECT body FROM outgoing_event WHERE state = 'waiting'")
    for entry in paid:
        mark = str(entry.metadata[MARK])
        if not any(mark in event for event in heard) and not any(mark in str(row["body"]) for row in waiting):
            tally.wrong(seed, f"{entry.payment_id} was paid and the merchant was never told")

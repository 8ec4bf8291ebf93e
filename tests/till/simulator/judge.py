"""The judgement: from the provider's ledger what happened to the money, from the books what we said about it."""

from typing import TYPE_CHECKING

from tests.till.simulator.provider import PRICE, Call, Paid
from widget.core.charge import FINAL, SEND_WITHIN_MS, UNDECIDED, Charge, Fate
from widget.core.watching import ABSENT_READS, HORIZON_MS

if TYPE_CHECKING:
    from tests.till.simulator.world import World

# Where a charge may go from where it stands (the diagram of docs/house.md); what was taken goes nowhere.
_ON = {
    Fate.INTENDED: {Fate.INTENDED, Fate.SENDING, Fate.TAKEN, Fate.REFUSED, Fate.WAITING, Fate.UNKNOWN},
    Fate.SENDING: {Fate.INTENDED, Fate.TAKEN, Fate.REFUSED, Fate.WAITING, Fate.UNKNOWN, Fate.LAPSED},
    Fate.WAITING: {Fate.WAITING, Fate.TAKEN, Fate.REFUSED, Fate.LAPSED},
    Fate.UNKNOWN: {Fate.TAKEN, Fate.REFUSED, Fate.WAITING, Fate.LAPSED},
    Fate.REFUSED: {Fate.TAKEN},
    Fate.LAPSED: {Fate.TAKEN, Fate.WAITING},  # only when the provider shows a payment after all
    Fate.TAKEN: set(),
}
_WORKERS_NEED = 120_000  # a lease that died, and a look after it


def judge(world: "World") -> list[str]:
    """Everything that went wrong, in the house's words; an empty list is a good world."""
    wrong = list(world.wrong)
    wrong += _once(world) + _calls(world) + _said(world) + _moves(world)
    for paid in world.provider.payments.values():
        wrong += _payment(world, paid)
    for charge in world.books.charges.values():
        wrong += _charge(world, charge)
    return sorted(set(wrong))


def _presentation(world: "World", mark: str) -> str:
    charge = world.books.charges.get(mark)
    return charge.presentation_id if charge else f"none ({mark})"


def _once(world: "World") -> list[str]:
    """I-1, I-3: one payment for one presentation, one sending that may have been executed for one reason."""
    now, wrong = world.clock.now, []
    taken = [_presentation(world, p.mark) for p in world.provider.payments.values() if p.status(now) == "succeeded"]
    if len(taken) != len(set(taken)):
        wrong.append("paid twice")
    left = [_presentation(world, call.mark) for call in world.provider.calls if call.left]
    if len(left) != len(set(left)):
        wrong.append("sent again although it may have been executed")
    return wrong


def _calls(world: "World") -> list[str]:
    """I-2, I-12, I-20: written and agreed to before it left, soon after the press, never after a no."""
    wrong = []
    for call in world.provider.calls:
        if not call.written:
            wrong.append("sent before it was written and claimed")
        if not call.agreed:
            wrong.append("sent before consent was kept")
        pressed = world.shopper.pressed_at.get(call.quote)
        if pressed is not None and call.sent > pressed + SEND_WITHIN_MS:
            wrong.append("sent long after the press")
        declined = world.books.declined_at.get(_presentation(world, call.mark))
        if declined is not None and call.sent > declined:
            wrong.append("sent after a no")
    return wrong


def _said(world: "World") -> list[str]:
    """I-7, I-11, from the ledger: what the shopper was told and offered was so at that moment."""
    wrong = []
    for shown in world.shopper.shown:
        calls = _calls_of(world, shown.presentation, shown.at)
        if shown.fate in {Fate.REFUSED, Fate.INTENDED, None} and any(c.alive(shown.at) for c in calls):
            wrong.append("said not charged while it may be")
        if shown.fate is Fate.TAKEN and not any(
            p.status(shown.at) == "succeeded" and _presentation(world, p.mark) == shown.presentation
            for p in world.provider.payments.values()
        ):
            wrong.append("said bought while it is not")
    for at, presentation in world.shopper.offered:
        if any(call.alive(at) for call in _calls_of(world, presentation, at)):
            wrong.append("another way to pay while the first may still be taken")
    return wrong


def _calls_of(world: "World", presentation: str, until: int) -> list[Call]:
    return [c for c in world.provider.calls if c.sent < until and _presentation(world, c.mark) == presentation]


def _moves(world: "World") -> list[str]:
    """I-6: fates only go on; nothing taken is ever touched."""
    wrong = []
    for _, before, after in world.books.moved:
        if after.fate not in _ON[before.fate] and before.fate is not after.fate:
            wrong.append(f"a charge went from {before.fate} to {after.fate}")
        if before.fate is Fate.TAKEN and after != before:
            wrong.append("what was taken was changed")
    return wrong


def _payment(world: "World", paid: Paid) -> list[str]:
    """I-4, I-8, I-16: every payment is one of ours, agreed to, and stands in the books as in the ledger."""
    charge = world.books.charges.get(paid.mark)
    if charge is None:
        return ["paid without a charge in the books"]
    wrong = []
    agreed = [c.total.amount for c in world.books.consents.get(paid.mark, ()) if paid.quote in {"", c.quote_id}]
    status = paid.status(world.clock.now)
    if status == "succeeded" and not agreed:
        wrong.append("paid without consent")
    elif (
        agreed
        and charge.fate is Fate.TAKEN
        and paid.amount.amount > max(agreed)
        and not world.rang("amount_differs", charge)
    ):
        wrong.append("paid more than was shown and nobody was told")
    return wrong + _stands(world, charge, paid, status)


def _stands(world: "World", charge: Charge, paid: Paid, status: str) -> list[str]:
    """What the provider finally says is what the books say, whichever door was left open."""
    if world.doors == "answer" or max(paid.ends_at, paid.listed_at) > world.clock.now - world.patience:
        return []
    parked = any(e.state == "parked" and e.payment_id == paid.id for e in world.books.events.values())
    if world.doors == "webhook" and parked:
        return []  # twelve tries in vain: a person was told, and replays it
    if status == "succeeded" and charge.fate is not Fate.TAKEN:
        shown = max(paid.listed_at, paid.created_at - world.provider.skew)
        late = charge.fate is Fate.LAPSED and shown > world.gave_up(charge)
        heard = any(event.payment_id == paid.id for event in world.books.events.values())
        return [] if late and not heard else [f"paid at the provider, {charge.fate} in the books"]
    if status == "failed" and charge.fate in UNDECIDED and not charge.hosted:
        return [f"refused by the provider, {charge.fate} in the books"]
    return []


def _charge(world: "World", charge: Charge) -> list[str]:
    paid = world.provider.payments.get(charge.payment_id or "")
    match charge.fate:
        case Fate.TAKEN:
            return _taken(world, charge, paid)
        case Fate.LAPSED if not charge.hosted:
            return _lapsed(world, charge)
        case _ if charge.fate in FINAL or charge.fate is Fate.INTENDED or world.doors not in {"all", "watch"}:
            return []
        case _ if charge.hosted and world.clock.now < charge.pressed_at + 30 * 3_600_000:
            return []
        case _:
            lately = any(p.mark == charge.id and p.ends_at > world.clock.now - _WORKERS_NEED * 40
                         for p in world.provider.payments.values())  # fmt: skip
            return [] if lately else [f"still {charge.fate} in the end"]


def _taken(world: "World", charge: Charge, paid: Paid | None) -> list[str]:
    if paid is None or paid.status(world.clock.now) != "succeeded" or paid.mark != charge.id:
        return ["bought in the books only"]
    wrong = [] if charge.paid == paid.amount else ["another amount in the books than in the ledger"]
    if world.books.standing[charge.presentation_id] == "declined" and not charge.hosted:
        wrong.append("charged although she said no")
    if paid.amount != PRICE and not charge.hosted and not world.rang("amount_differs", charge):
        wrong.append("paid another amount and nobody was told")
    return wrong


def _lapsed(world: "World", charge: Charge) -> list[str]:
    """I-8: given up at the horizon, after looking often, and only what the provider did not show."""
    at = world.gave_up(charge)
    wrong = []
    if (charge.settled_at or 0) - (charge.sent_at or 0) <= HORIZON_MS or charge.absent_reads < ABSENT_READS:
        wrong.append("given up too early")
    if any(p.mark == charge.id and max(p.listed_at, p.created_at - world.provider.skew) < at - 1_000
           for p in world.provider.payments.values()):  # fmt: skip
        wrong.append("given up although the provider shows it")
    if not world.rang("lapsed", charge):
        wrong.append("given up and nobody was told")
    return wrong

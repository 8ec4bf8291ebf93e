"""The judgement of plan changes: from the provider's ledger what was changed and paid, from the books what we said."""

from typing import TYPE_CHECKING

from tests.till.simulator.judge import _ON
from tests.till.simulator.plan_provider import LINK_LIVES, Asked, Bill
from widget.core.charge import SEND_WITHIN_MS, UNDECIDED, Charge, Fate
from widget.core.plan_change import Change
from widget.core.watching import ABSENT_READS, PLAN_HORIZON_MS

if TYPE_CHECKING:
    from tests.till.simulator.plan_world import PlanWorld

_SETTLING = 3_600_000  # for what happened so lately nobody needs to have heard of it


def judge_plans(world: "PlanWorld") -> list[str]:
    """Everything that went wrong, in the house's words; an empty list is a good world."""
    wrong = list(world.wrong) + _alarms(world) + _moves(world)
    for quote in {asked.quote for asked in world.provider.asked}:
        wrong += _quote(world, quote)
    for asked in world.provider.asked:
        wrong += _asked(world, asked)
    for bill in world.provider.payments.values():
        wrong += _bill(world, bill)
    for charge in world.books.charges.values():
        wrong += _charge(world, charge) if charge.change is not None else []
    return sorted(set(wrong))


def _quote(world: "PlanWorld", quote: str) -> list[str]:
    """One request that may have been executed, one payment, and never above what was shown."""
    wrong = []
    asked = [one for one in world.provider.asked if one.quote == quote]
    if sum(one.left for one in asked) > 1:
        wrong.append("one quote was sent twice")
    now = world.clock.now
    if sum(one.bill is not None and one.bill.status(now) == "succeeded" for one in asked) > 1:
        wrong.append("one quote was paid twice")
    for one in asked:
        shown = world.books.quotes.get(quote)
        if shown is None or shown.change != one.change:
            wrong.append("something else was changed than what was quoted")
        elif one.bill is not None and not _odd(world, one) and one.bill.amount.amount > shown.due:
            wrong.append("paid more than was quoted")
    return wrong


_PREVIEWED = 5_000  # the price is asked for once more before the press is written down


def _odd(world: "PlanWorld", asked: Asked) -> bool:
    """Not at the price, or not in the period, it was asked for: the provider's doing, and a person is told.

    Nothing ties a change to its preview over there: a period that ends in the minute of the press may move the sum.
    """
    pressed = [c.pressed_at for c in world.books.consents.get(asked.mark, ())]
    billed = world.provider.subs[asked.change.subscription_id].billed
    moved = bool(pressed) and any(max(pressed) - _PREVIEWED < at <= asked.executed for at in billed)
    return moved or asked.fate in {"dearer", "late", "very_late"}


def _asked(world: "PlanWorld", asked: Asked) -> list[str]:
    wrong = []
    if asked.mark in world.books.beside:
        wrong.append("sent while another change of the subscription is under way")
    if not asked.written:
        wrong.append("sent before it was written and claimed")
    if not asked.agreed:
        wrong.append("sent before consent was kept")
    pressed = world.shopper.pressed_at.get(asked.quote)
    if pressed is not None and asked.sent > pressed + SEND_WITHIN_MS:
        wrong.append("sent long after the press")
    charge = world.books.charges.get(asked.mark)
    if charge is None:
        return [*wrong, "sent without a charge in the books"]
    return wrong + _effect(world, asked, charge)


def _effect(world: "PlanWorld", asked: Asked, charge: Charge) -> list[str]:
    """What was done without a payment is taken for nothing; what was never done is not taken."""
    if asked.refusal and charge.fate is Fate.TAKEN and not _held(world, asked.change, _since(world, charge)):
        return ["changed in the books only"]
    free = asked.took == "scheduled" or (asked.took == "applied" and asked.bill is None)
    if not free or asked.fate == "very_late" or world.provider.subs[asked.change.subscription_id].touched:
        return []
    if charge.fate is not Fate.TAKEN:
        return [f"in force at the provider, {charge.fate} in the books"]
    return [] if charge.paid and not charge.paid.amount and charge.payment_id is None else ["taken for a payment"]


def _bill(world: "PlanWorld", bill: Bill) -> list[str]:
    """Every payment of a change of ours is in the books as it is in the ledger."""
    charge = world.books.charges.get(bill.mark)
    if charge is None or charge.change is None or bill.charge_type != "plan_change":
        return []
    asked = next((a for a in world.provider.asked if a.bill is bill), None)
    if asked is None or max(bill.ends_at, bill.listed_at) > world.clock.now - _SETTLING:
        return []
    status, late = bill.status(world.clock.now), asked.fate == "very_late"
    if status == "succeeded" and not bill.amount.amount:  # a payment of nothing: known, or not, nothing was taken
        return [] if charge.fate is Fate.TAKEN or late else [f"in force at the provider, {charge.fate} in the books"]
    if status == "succeeded" and (charge.fate is not Fate.TAKEN or charge.payment_id != bill.id):
        # Clocks that are ten minutes apart make it seem old at once, and its time to show a payment over.
        late_or_seems = _odd(world, asked) or any(world.clock.offsets)
        if charge.fate is Fate.TAKEN and charge.payment_id is None and late_or_seems:
            known = max(bill.ends_at, bill.listed_at)
            if _since(world, charge) < known:
                return []  # settled before this payment could be seen, and its bell was lost
        heard = any(event.payment_id == bill.id for event in world.books.events.values())
        return [] if late and not heard else [f"paid at the provider, {charge.fate} in the books"]
    if status == "succeeded" and charge.paid != bill.amount:
        return ["another amount in the books than in the ledger"]
    told = world.rang("amount_differs", charge)
    if status == "succeeded" and bill.amount.amount > charge.quoted.amount and not told:
        return ["paid more than was shown and nobody was told"]
    if status in {"failed", "cancelled"} and not late and charge.fate not in {Fate.REFUSED, Fate.LAPSED}:
        return [f"refused by the provider, {charge.fate} in the books"]
    return []


def _charge(world: "PlanWorld", charge: Charge) -> list[str]:
    asked = [one for one in world.provider.asked if one.mark == charge.id]
    match charge.fate:
        case Fate.TAKEN:
            return _taken(world, charge)
        case Fate.LAPSED:
            return _lapsed(world, charge, asked)
        case _ if charge.fate in UNDECIDED:
            return [] if any(_still_going(world, one) for one in asked) else [f"still {charge.fate} in the end"]
        case _:
            return []


def _still_going(world: "PlanWorld", asked: Asked) -> bool:
    return asked.bill is not None and asked.bill.ends_at > world.clock.now - _SETTLING


def _taken(world: "PlanWorld", charge: Charge) -> list[str]:
    bill = world.provider.payments.get(charge.payment_id or "")
    if charge.payment_id is not None:
        ours = bill is not None and bill.mark == charge.id and bill.charge_type == "plan_change"
        ours = ours and bill is not None and bill.status(world.clock.now) == "succeeded"
        return [] if ours else ["taken in the books only"]
    if charge.paid is None or charge.paid.amount:
        return ["paid in the books only"]
    if charge.change is None or not _held(world, charge.change, _since(world, charge)):
        return ["changed in the books only"]
    return ["changed in the books only"] if _still_planned(world, charge, charge.change) else []


def _still_planned(world: "PlanWorld", charge: Charge, change: Change) -> bool:
    """Whether what an immediate change was to replace still stood when the books said that it was made."""
    sub, since = world.provider.subs[change.subscription_id], _since(world, charge)
    landed = any(one.took for one in world.provider.asked if one.mark == charge.id)
    if landed or sub.touched or change.scheduled or not change.replaces_scheduled:
        return False
    planned = [a.executed for a in world.provider.asked if a.change.subscription_id == sub.id and a.took == "scheduled"]
    return any(at < since and not any(at <= when <= since for when, _ in sub.was) for at in planned)


def _since(world: "PlanWorld", charge: Charge) -> int:
    """When the books first said that it was taken."""
    return min(at for at, _, after in world.books.moved if after.id == charge.id and after.fate is Fate.TAKEN)


def _held(world: "PlanWorld", change: Change, at: int) -> bool:
    """Whether the subscription was that (or was scheduled to be) at about that time."""
    sub = world.provider.subs[change.subscription_id]
    plans = zip(sub.was, [since for since, _ in sub.was[1:]] + [1 << 60], strict=True)
    now = any(product == change.product_id and since <= at < until + 300_000 for (since, product), until in plans)
    planned = any(a.took == "scheduled" and a.change.product_id == change.product_id and a.executed <= at
                  for a in world.provider.asked if a.change.subscription_id == sub.id)  # fmt: skip
    return now or (change.scheduled and planned)


def _lapsed(world: "PlanWorld", charge: Charge, asked: list[Asked]) -> list[str]:
    at, wrong = charge.settled_at or 0, []
    if at - (charge.sent_at or 0) <= PLAN_HORIZON_MS or charge.absent_reads < ABSENT_READS:
        wrong.append("given up too early")
    if at - (charge.sent_at or 0) > PLAN_HORIZON_MS + LINK_LIVES / 8 + max(0, world.provider.outage[1] - at):
        wrong.append("given up too late")
    if not world.rang("lapsed", charge):
        wrong.append("given up and nobody was told")
    sub = world.provider.subs[charge.change.subscription_id] if charge.change else None
    landed = [one for one in asked if one.took and one.executed < world.gave_up(charge) - 60_000]
    if landed and sub is not None and not sub.touched:
        wrong.append("given up although the provider shows it")
    return wrong


def _alarms(world: "PlanWorld") -> list[str]:
    """A person is told of what is odd, and of nothing else."""
    wrong = []
    for name, charge_id in world.books.alarms:
        asked = [one for one in world.provider.asked if one.mark == charge_id]
        odd = any(_odd(world, one) for one in asked)
        late = any(one.fate == "very_late" for one in asked)
        match name:
            case "lapsed":
                continue
            case "amount_differs" if odd:
                continue
            case "taken_after_lapsed" | "surfaced_after_lapsed" if late:
                continue
            case _:
                wrong.append(f"a false alarm: {name}")
    return wrong


def _moves(world: "PlanWorld") -> list[str]:
    """Fates only go on; what was taken only learns the payment it was taken by."""
    wrong = []
    for _, before, after in world.books.moved:
        if after.fate not in _ON[before.fate] and before.fate is not after.fate:
            wrong.append(f"a charge went from {before.fate} to {after.fate}")
        if before.fate is Fate.TAKEN and (after.fate is not Fate.TAKEN or before.payment_id is not None):
            wrong.append("what was taken was changed")
    return wrong + [said for at, _, after in world.books.moved if (said := _page(world, after, at))]


def _page(world: "PlanWorld", charge: Charge, at: int) -> str:
    """Where nobody has begun to pay, the page is known."""
    bill = world.provider.payments.get(charge.payment_id or "")
    waits = charge.fate is Fate.WAITING and charge.change is not None and charge.change.by_link
    read_at = at - max(1_000, world.books.stall * 3)  # what was read then may be written now
    is_open = bill is not None and {bill.status(read_at), bill.status(at)} == {"requires_payment_method"}
    return "a page to pay on that nobody is shown" if waits and is_open and charge.link is None else ""

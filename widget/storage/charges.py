"""Charges: the till's books, kept for real. Each function is one committed unit of work."""

from typing import Any

import msgspec
from msgspec.structs import replace

from widget import probe
from widget.core.charge import SEND_WITHIN_MS, UNDECIDED, Charge, Fate, Shut
from widget.core.consent import Consent
from widget.core.money import Money
from widget.core.plan_change import Change
from widget.core.receipt import Receipt
from widget.core.subscription import Subscription
from widget.core.watching import SENDING_GRACE_MS, first_look
from widget.storage import attention, brake, history, jobs, known, purchases, receipts, rollups, subscriptions, telling
from widget.storage.database import rows, unit
from widget.storage.parts import part

_COLUMNS = (
    "id, reason, presentation_id, quote_id, customer_id, product_id, quantity, method_id, amount, currency, fate, "
    "payment_id, session_id, link, by_customer, refusal, paid_amount, paid_currency, pressed_at, sent_at, "
    "settled_at, absent_reads, version, change"
)


COLUMNS = tuple(_COLUMNS.split(", "))


# Dodo's codes for a key that it does not know any more, or that may not do this (dodo-api 1.5).
KEY_REFUSED = frozenset({"UNAUTHORIZED", "FORBIDDEN", "MERCHANT_NOT_LIVE"})


class _ShutNow(Exception):
    """Rolls the unit of work back: the presentation is not open."""


async def intend(charge: Charge, consent: Consent) -> Charge | Shut:
    """Intent, consent and the accepted presentation in one commit.

    The reason is unique: a second press finds the first one's row, renewed while nothing was sent.
    """
    try:
        written = await unit(lambda: _intend(charge, consent))
    except _ShutNow:
        return Shut()
    probe.at("intent.committed")
    return written


async def _intend(charge: Charge, consent: Consent) -> Charge:
    # The presentation's (or subscription's) row is locked first by everyone who decides about it.
    held = await (_hold_plan(charge) if charge.change is not None else _hold_presentation(charge))
    written = await insert(charge) or await _renew(charge)
    if written is None:
        return await _by("reason", charge.reason, charge)
    if not held:
        raise _ShutNow
    await _keep_consent(written, consent)
    await rollups.touch(charge.presentation_id)
    await history.append(written.id, at=charge.pressed_at, event="intended", fate=written.fate, detail=consent.digest)
    probe.at("intent.inserted")
    return written


async def _hold_presentation(charge: Charge) -> bool:
    held = await rows(
        "UPDATE presentation SET state = 'accepted', decided_at = {} WHERE id = {} "
        "AND state IN ('open', 'accepted') RETURNING id",
        charge.pressed_at,
        charge.presentation_id,
    )
    return bool(held) and not await _paid_for(charge.presentation_id)


async def _paid_for(presentation_id: str) -> bool:
    """Whether somebody has paid for it already: a page that was paid in the moment of the press opens no second one.

    A statement of its own behind the lock: a condition of the locking UPDATE would not see, on Postgres, the charge
    that was committed while it waited.
    """
    return bool(
        await rows("SELECT id FROM charge WHERE presentation_id = {} AND fate = 'taken' LIMIT 1", presentation_id)
    )


async def _hold_plan(charge: Charge) -> bool:
    """The quote is confirmed, unless another change of this subscription is under way."""
    if charge.change is None or not await _alone(charge, charge.change, charge.pressed_at):
        return False
    held = await rows(
        "UPDATE plan_quote SET confirmed_at = {} WHERE id = {} AND subscription_id = {} RETURNING id",
        charge.pressed_at,
        charge.quote_id,
        charge.change.subscription_id,
    )
    if held and charge.presentation_id:  # it began with an offer; one that was declined meanwhile stays declined
        await rows(
            "UPDATE presentation SET state = 'accepted', decided_at = {} WHERE id = {} "
            "AND state IN ('open', 'accepted') RETURNING id",
            charge.pressed_at,
            charge.presentation_id,
        )
    return bool(held)


async def _alone(charge: Charge, change: Change, at: int) -> bool:
    """Locks the subscription; whether no other change of it is under way, or was made since the press.

    Where another was made since, the sum that this press agreed to was worked out from the plan before.
    One that waits on a payment page is in nobody's way if this change gives that page up: the provider does so
    before anything else, and refuses where somebody has begun to pay there (dodo-api 6.3, cancel_older_payment_link).
    """
    locked = await rows("UPDATE subscription SET locked_at = {} WHERE id = {} RETURNING id", at, change.subscription_id)
    found = await rows(
        f"SELECT {_COLUMNS} FROM charge WHERE subscription_id = {{}} AND id <> {{}} "
        "AND (fate IN ('sending', 'waiting', 'unknown') OR (fate = 'taken' AND settled_at > {}))",
        change.subscription_id,
        charge.id,
        charge.pressed_at,
    )
    others = [charge_of(row) for row in found]
    return bool(locked) and all(change.drops_link and _open_link(other) for other in others)


def _open_link(charge: Charge) -> bool:
    return charge.change is not None and charge.change.by_link and charge.link is not None


async def insert(charge: Charge) -> Charge | None:
    """A new charge; None where its reason is taken. A part of a unit of work."""
    found = await rows(
        "INSERT INTO charge (id, reason, presentation_id, quote_id, customer_id, product_id, quantity, method_id, "
        "amount, currency, fate, by_customer, pressed_at, absent_reads, version, subscription_id, change) "
        "VALUES ({}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, 0, {}, 0, 0, {}, {}) "
        f"ON CONFLICT (reason) DO NOTHING RETURNING {_COLUMNS}",
        charge.id,
        charge.reason,
        charge.presentation_id,
        charge.quote_id,
        charge.customer_id,
        charge.product_id,
        charge.quantity,
        charge.method_id,
        charge.quoted.amount,
        charge.quoted.currency,
        charge.fate.value,
        charge.pressed_at,
        charge.change.subscription_id if charge.change else None,
        msgspec.json.encode(charge.change).decode() if charge.change else None,
    )
    return charge_of(found[0]) if found else None


async def _renew(charge: Charge) -> Charge | None:
    """Nothing was sent for this reason yet: a new press brings its own quote, method and time.

    The version grows only with another quote or method: of two presses on the same, either may send.
    """
    found = await rows(
        "UPDATE charge SET version = version + CASE WHEN quote_id = {} AND method_id = {} THEN 0 ELSE 1 END, "
        "quote_id = {}, product_id = {}, method_id = {}, quantity = {}, amount = {}, currency = {}, pressed_at = {} "
        f"WHERE reason = {{}} AND fate = 'intended' RETURNING {_COLUMNS}",
        charge.quote_id,
        charge.method_id,
        charge.quote_id,
        charge.product_id,
        charge.method_id,
        charge.quantity,
        charge.quoted.amount,
        charge.quoted.currency,
        charge.pressed_at,
        charge.reason,
    )
    return charge_of(found[0]) if found else None


async def claim(charge_id: str, *, at: int, version: int) -> Charge | None:
    """`intended` → `sending` once, in the time of the press, as it was written, while the presentation is accepted."""
    return await unit(lambda: _claim(charge_id, at, version))


async def _claim(charge_id: str, at: int, version: int) -> Charge | None:
    if not await _still_wanted(charge_id, at) or await known.value(known.BRAKE) is not None:
        return None
    found = await rows(
        "UPDATE charge SET fate = 'sending', sent_at = {}, version = version + 1 "
        f"WHERE id = {{}} AND fate = 'intended' AND version = {{}} AND pressed_at >= {{}} RETURNING {_COLUMNS}",
        at,
        charge_id,
        version,
        at - SEND_WITHIN_MS,
    )
    if not found:
        return None
    await jobs.wake(f"watch:{charge_id}", "watch", at + SENDING_GRACE_MS)
    await history.append(charge_id, at=at, event="claimed", fate=Fate.SENDING, detail="")
    probe.at("sending.claimed")
    return charge_of(found[0])


async def _still_wanted(charge_id: str, at: int) -> bool:
    about = await find(charge_id)
    if about is None:
        return False
    if about.change is not None:
        return await _alone(about, about.change, at)
    held = await rows(
        "UPDATE presentation SET state = 'accepted' WHERE state = 'accepted' AND id = {} RETURNING id",
        about.presentation_id,
    )
    return bool(held) and not await _paid_for(about.presentation_id)


async def save(before: Charge, after: Charge, *, event: str, detail: str, at: int, alarms: tuple[str, ...]) -> bool:
    """Compare-and-set on the version, with history, alarms and, when taken, the purchase."""
    return await unit(lambda: _save(before, after, event=event, detail=detail, at=at, alarms=alarms))


async def _save(before: Charge, after: Charge, *, event: str, detail: str, at: int, alarms: tuple[str, ...]) -> bool:
    found = await rows(
        "UPDATE charge SET fate = {}, payment_id = {}, session_id = {}, link = {}, by_customer = {}, refusal = {}, "
        "paid_amount = {}, paid_currency = {}, sent_at = {}, settled_at = {}, version = {} "
        "WHERE id = {} AND version = {} RETURNING id",
        after.fate.value,
        after.payment_id,
        after.session_id,
        after.link,
        int(after.by_customer),
        after.refusal,
        after.paid.amount if after.paid else None,
        after.paid.currency if after.paid else None,
        after.sent_at,
        after.settled_at,
        after.version,
        before.id,
        before.version,
    )
    if not found:
        return False
    await history.append(before.id, at=at, event=event, fate=after.fate, detail=detail)
    await rollups.touch(before.presentation_id)
    await telling.tell_fate(before, after, at=at)
    for name in alarms:
        await attention.raise_now(name, before.id, detail=detail, at=at)
    if after.fate is Fate.REFUSED and after.refusal in KEY_REFUSED:
        await brake.pull("key_refused", f"Dodo answered {after.refusal} to a charge", at=at)
    if after.fate is Fate.TAKEN and after.payment_id and after.change is None:
        await purchases.add(after.customer_id, after.product_id, payment_id=after.payment_id, at=at)
    if after.fate in UNDECIDED:
        await jobs.wake(f"watch:{before.id}", "watch", first_look(at, hosted=after.hosted and not after.payment_id))
    probe.at("settle.updated")
    return True


async def raise_alarms(charge: Charge, alarms: tuple[str, ...], *, detail: str, at: int) -> None:
    """Alarms without a change: raised once per name and charge."""

    async def work() -> None:
        for name in alarms:
            await attention.raise_now(name, charge.id, detail=detail, at=at)

    await unit(work)


async def absent(charge_id: str, *, at: int) -> int:
    """One more read of the provider that did not find it."""
    found = await rows(
        "UPDATE charge SET absent_reads = absent_reads + 1 WHERE id = {} RETURNING absent_reads", charge_id
    )
    return int(found[0]["absent_reads"]) if found else 0


async def find(charge_id: str) -> Charge | None:
    """The charge as it stands."""
    found = await rows(f"SELECT {_COLUMNS} FROM charge WHERE id = {{}}", charge_id)
    return charge_of(found[0]) if found else None


async def by_reason(reason: str) -> Charge | None:
    """The one charge with this business key."""
    found = await rows(f"SELECT {_COLUMNS} FROM charge WHERE reason = {{}}", reason)
    return charge_of(found[0]) if found else None


async def of_presentation(presentation_id: str) -> tuple[Charge, ...]:
    """Every charge made for a presentation, oldest first."""
    found = await rows(
        f"SELECT {_COLUMNS} FROM charge WHERE presentation_id = {{}} ORDER BY pressed_at, id", presentation_id
    )
    return tuple(charge_of(row) for row in found)


async def of_subscription(subscription_id: str, *, limit: int = 20) -> tuple[Charge, ...]:
    """The plan changes of a subscription, newest first."""
    found = await rows(
        f"SELECT {_COLUMNS} FROM charge WHERE subscription_id = {{}} ORDER BY pressed_at DESC, id LIMIT {{}}",
        subscription_id,
        limit,
    )
    return tuple(charge_of(row) for row in found)


async def keep_receipt(charge_id: str, receipt: Receipt) -> None:
    """What the payment of a taken charge says beyond its sum."""
    await receipts.keep(charge_id, receipt)


async def keep_subscription(subscription: Subscription, *, at: int) -> None:
    """What the provider says of a subscription now."""
    await subscriptions.keep(subscription, at=at)


async def listed(*, fate: str | None, limit: int) -> tuple[Charge, ...]:
    """The newest charges, all or of one fate, for the command line."""
    where, args = ("WHERE fate = {} ", [fate]) if fate else ("", [])
    found = await rows(f"SELECT {_COLUMNS} FROM charge {where}ORDER BY pressed_at DESC, id LIMIT {{}}", *args, limit)
    return tuple(charge_of(row) for row in found)


async def refused_methods(customer_id: str, *, since: int) -> frozenset[str]:
    """Methods of this customer that were refused lately: not tried again."""
    found = await rows(
        "SELECT DISTINCT method_id FROM charge WHERE customer_id = {} AND fate = 'refused' AND settled_at >= {} "
        "AND method_id <> ''",
        customer_id,
        since,
    )
    return frozenset(row["method_id"] for row in found)


async def _by(column: str, value: str, default: Charge) -> Charge:
    found = await rows(f"SELECT {_COLUMNS} FROM charge WHERE {column} = {{}}", value)
    return charge_of(found[0]) if found else replace(default)


async def _keep_consent(charge: Charge, consent: Consent) -> None:
    await rows(
        "INSERT INTO consent (id, charge_id, presentation_id, quote_id, text, amount, currency, method, locale, "
        "ticket, pressed_at, digest, version, edition, agreed) "
        "VALUES ({}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}) "
        "ON CONFLICT (id) DO NOTHING RETURNING id",
        f"{charge.id}:{consent.pressed_at}",
        charge.id,
        consent.presentation_id,
        consent.quote_id,
        consent.text,
        consent.total.amount,
        consent.total.currency,
        consent.method,
        consent.locale,
        consent.ticket,
        consent.pressed_at,
        consent.digest,
        consent.version,
        consent.edition,
        consent.agreed,
    )


def charge_of(row: dict[str, Any], prefix: str = "") -> Charge:
    """A charge from a row whose columns carry the prefix."""
    get = part(row, prefix, _COLUMNS)
    paid = Money(int(get["paid_amount"]), get["paid_currency"]) if get["paid_amount"] is not None else None
    return Charge(
        id=get["id"],
        reason=get["reason"],
        presentation_id=get["presentation_id"],
        quote_id=get["quote_id"],
        customer_id=get["customer_id"],
        product_id=get["product_id"],
        quantity=int(get["quantity"]),
        method_id=get["method_id"],
        quoted=Money(int(get["amount"]), get["currency"]),
        fate=Fate(get["fate"]),
        pressed_at=int(get["pressed_at"]),
        payment_id=get["payment_id"],
        session_id=get["session_id"],
        link=get["link"],
        by_customer=bool(get["by_customer"]),
        refusal=get["refusal"],
        paid=paid,
        sent_at=get["sent_at"],
        settled_at=get["settled_at"],
        absent_reads=int(get["absent_reads"]),
        version=int(get["version"]),
        change=msgspec.json.decode(str(get["change"]), type=Change) if get["change"] else None,
    )


async def undecided_of(customer_id: str) -> bool:
    """Whether a charge of this customer is still on its way."""
    found = await rows(
        "SELECT 1 AS there FROM charge WHERE customer_id = {} AND (fate IN ('sending', 'unknown') "
        "OR (fate = 'waiting' AND payment_id IS NOT NULL)) LIMIT 1",
        customer_id,
    )
    return bool(found)

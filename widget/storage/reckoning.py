"""Up to when the books are known to be level with the provider's, and what is written down when they were not."""

from widget.core.charge import Charge
from widget.storage import attention, brake, charges, history, jobs, known
from widget.storage.database import rows, unit

JOB = "reckon:dodo"
AWAY_MS = 60_000  # a hiccup closes nothing
STOPPED_MS = 4 * 60_000  # told well before the ten minutes after which the books do not count as level (till/level.py)
_AWAY_SINCE = "dodo_away_since"
_STOPPED_SINCE = "reckoning_stopped_since"


async def reckoned_at() -> int:
    """Every payment with our mark made before this (epoch ms) was in the books when they were last compared."""
    found = await rows("SELECT at FROM reckoning WHERE id = 'dodo'")
    return int(found[0]["at"])


async def reckoned(at: int) -> None:
    """They were compared at `at`; the mark only ever goes forward."""
    await rows("UPDATE reckoning SET at = {} WHERE id = 'dodo' AND at < {} RETURNING id", at, at)
    if await known.forget(_STOPPED_SINCE):
        await attention.holds("books_behind", "dodo", None, at=at)


async def stopped(what: str, *, at: int) -> None:
    """Dodo answers, and yet the comparison does not come to its end: told once that lasts, for one click will close."""
    await known.learn(_STOPPED_SINCE, str(at), at=at)
    if at - int(await known.value(_STOPPED_SINCE) or at) >= STOPPED_MS:
        await attention.holds("books_behind", "dodo", what, at=at)


async def could_ask(*, at: int) -> None:
    """Dodo takes our key and answers."""
    await known.forget(_AWAY_SINCE)
    await brake.release(at=at)


async def could_not_ask(cause: str, *, at: int) -> None:
    """A key that is refused puts the brake on at once (F-30), a Dodo that cannot be asked when that lasts (F-47)."""
    if cause in {"status 401", "status 403"}:
        await brake.pull("key_refused", f"Dodo answered {cause} to a look at our payments", at=at)
        return
    await known.learn(_AWAY_SINCE, str(at), at=at)
    if at - int(await known.value(_AWAY_SINCE) or at) >= AWAY_MS:
        await brake.pull("dodo_away", cause, at=at)


async def ask(now: int) -> None:
    """Compare as soon as somebody can."""
    await jobs.wake(JOB, "reckon", now)


async def presentation_of(quote_id: str) -> str:
    """The presentation a quote was made for; empty where the books have forgotten it."""
    found = await rows("SELECT presentation_id FROM quote WHERE id = {}", quote_id)
    return found[0]["presentation_id"] if found else ""


async def adopt(charge: Charge, payment_id: str, *, detail: str, at: int) -> bool:
    """Write down a charge the books have forgotten, and say so; False where its reason or id is taken.

    It is undecided until it is settled, and watched like any other: a press meanwhile sends nothing.
    Its offer is closed by it, as by a press. There is no consent: what was agreed to was lost with the books.
    """

    async def work() -> bool:
        if await charges.insert(charge) is None:
            return False
        await rows(
            "UPDATE presentation SET state = 'accepted', decided_at = {} WHERE id = {} "
            "AND state IN ('open', 'prepared') RETURNING id",
            charge.pressed_at,
            charge.presentation_id,
        )
        await jobs.wake(f"watch:{charge.id}", "watch", at)
        await history.append(charge.id, at=at, event="adopted", fate=charge.fate, detail=detail)
        await attention.raise_now("orphan_payment", payment_id, detail=detail, at=at)  # as its webhook does: told once
        return True

    return await unit(work)


async def was_adopted(customer_id: str, product_id: str) -> bool:
    """Whether the books once forgot that this customer bought this, and cannot say on which occasion."""
    found = await rows(
        "SELECT 1 AS there FROM charge WHERE customer_id = {} AND product_id = {} AND reason LIKE 'orphan:%' "
        "AND fate <> 'refused' LIMIT 1",
        customer_id,
        product_id,
    )
    return bool(found)

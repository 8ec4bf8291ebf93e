"""The invariants a database can be asked about; read every minute for what is recent, and whole by `encore doctor`."""

from collections.abc import Callable

from msgspec import Struct

from widget.core.charge import SEND_WITHIN_MS
from widget.core.invariants import INVARIANTS
from widget.core.watching import HORIZON_MS, HOUR_MS, PLAN_HORIZON_MS
from widget.storage import attention, consents, history
from widget.storage.database import rows

ALARM = "invariant_broken"
EVERY_MS = 60_000
_RECENT_MS = 2 * HOUR_MS  # what a minute's look goes back; a process may have been away for some of it
_STARTING_MS = 60_000  # from the commit that queues a job to its being there for others, with a wide margin
_ERASED = "(erased)"  # stands where a method was named to a customer who has been forgotten since (docs/retention.md)
_MOST = 20  # of one name; a person looks at the first anyway


class Broken(Struct, frozen=True):
    """An invariant, and the charge, presentation or event of which it does not hold."""

    name: str
    subject: str


class _Ask(Struct, frozen=True):
    """A question whose every row is a breach; `values` of (now, since), in epoch milliseconds."""

    name: str
    sql: str
    values: Callable[[int, int], tuple[int, ...]]


def _since(_: int, since: int) -> tuple[int, ...]:
    return (since,)


_ASKS = (
    _Ask(
        "paid_once",
        "SELECT MIN(id) AS subject FROM charge WHERE fate = 'taken' AND subscription_id IS NULL "
        "AND presentation_id IN (SELECT presentation_id FROM charge WHERE fate = 'taken' AND pressed_at >= {}) "
        "GROUP BY presentation_id HAVING COUNT(*) > 1",
        _since,
    ),
    _Ask(
        "paid_once",
        "SELECT MIN(id) AS subject FROM charge WHERE payment_id IN "
        "(SELECT payment_id FROM charge WHERE fate = 'taken' AND pressed_at >= {}) GROUP BY payment_id "
        "HAVING COUNT(*) > 1",
        _since,
    ),
    _Ask(
        "consent_for_every_attempt",
        "SELECT id AS subject FROM charge c WHERE pressed_at >= {} AND NOT EXISTS "
        "(SELECT 1 FROM consent WHERE consent.charge_id = c.id AND consent.quote_id = c.quote_id) "
        # One that books restored from a backup had forgotten lost its consent with them; a person is told already.
        "AND NOT EXISTS (SELECT 1 FROM charge_history h WHERE h.charge_id = c.id AND h.event = 'adopted')",
        _since,
    ),
    _Ask(
        "never_above_what_was_shown",
        "SELECT id AS subject FROM charge c WHERE fate = 'taken' AND pressed_at >= {} AND method_id <> '' "
        "AND (paid_amount > amount OR paid_currency <> currency) AND NOT EXISTS "
        "(SELECT 1 FROM attention a WHERE a.subject = c.id AND a.name = 'amount_differs')",
        _since,
    ),
    _Ask(
        "own_customer_own_method",
        "SELECT c.id AS subject FROM charge c JOIN presentation p ON p.id = c.presentation_id "
        "WHERE c.pressed_at >= {} AND p.customer_id <> c.customer_id",
        _since,
    ),
    _Ask(
        "sent_soon_after_the_press",
        "SELECT id AS subject FROM charge WHERE pressed_at >= {} AND method_id <> '' AND sent_at > pressed_at + {}",
        lambda _, since: (since, SEND_WITHIN_MS),
    ),
    _Ask(
        "taken_stays_taken",
        "SELECT c.id AS subject FROM charge c JOIN charge_history h ON h.charge_id = c.id "
        "WHERE c.pressed_at >= {} AND c.fate <> 'taken' AND h.fate = 'taken'",
        _since,
    ),
    _Ask(
        "books_agree_with_history",
        "SELECT c.id AS subject FROM charge c WHERE c.pressed_at >= {} AND c.fate <> "
        "(SELECT h.fate FROM charge_history h WHERE h.charge_id = c.id ORDER BY h.seq DESC LIMIT 1)",
        _since,
    ),
    _Ask(
        "a_no_stays_a_no",
        "SELECT c.id AS subject FROM charge c JOIN decline d ON d.id = c.presentation_id "
        "WHERE c.pressed_at >= {} AND c.subscription_id IS NULL AND c.sent_at > d.at",
        _since,
    ),
    _Ask(
        "never_undecided_for_ever",
        "SELECT id AS subject FROM charge WHERE fate IN ('sending', 'unknown') AND subscription_id IS NULL "
        "AND sent_at < {}",
        lambda now, _: (now - HORIZON_MS - 2 * HOUR_MS,),
    ),
    _Ask(
        "never_undecided_for_ever",
        "SELECT id AS subject FROM charge WHERE fate IN ('sending', 'unknown') AND subscription_id IS NOT NULL "
        "AND sent_at < {}",
        lambda now, _: (now - PLAN_HORIZON_MS - 2 * HOUR_MS,),
    ),
    _Ask(
        "never_undecided_for_ever",
        "SELECT c.id AS subject FROM charge c LEFT JOIN job j ON j.id = 'watch:' || c.id "
        "WHERE c.fate IN ('sending', 'unknown', 'waiting') AND c.sent_at < {} "
        "AND (j.id IS NULL OR j.done_at IS NOT NULL OR j.parked_at IS NOT NULL)",
        lambda now, _: (now - _STARTING_MS,),
    ),
    _Ask(
        "events_applied_once",
        "SELECT e.id AS subject FROM kept_event e LEFT JOIN job j ON j.id = 'apply:' || e.id "
        "WHERE e.state = 'kept' AND e.received_at < {} AND (j.id IS NULL OR j.done_at IS NOT NULL)",
        lambda now, _: (now - _STARTING_MS,),
    ),
)
ASKED = tuple(dict.fromkeys(ask.name for ask in _ASKS))


async def broken(*, now: int, since: int) -> list[Broken]:
    """Every breach among what was pressed since (epoch ms), at most some of each name."""
    found: list[Broken] = []
    for ask in _ASKS:
        lines = await rows(f"{ask.sql} LIMIT {_MOST}", *ask.values(now, since))
        found += [Broken(ask.name, str(line["subject"])) for line in lines]
    return list(dict.fromkeys(found))


async def altered(*, since: int) -> list[Broken]:
    """What was written down and does not read as it was written: consents and histories, each by its hashes."""
    found = [
        Broken("consent_for_every_attempt", line["charge_id"])
        for line in await rows("SELECT * FROM consent WHERE pressed_at >= {}", since)
        if _ERASED not in line["text"] and consents.record_of(line).consent.digest != line["digest"]
    ]
    found += [
        Broken("books_agree_with_history", line["id"])
        for line in await rows("SELECT id FROM charge WHERE pressed_at >= {}", since)
        if not history.intact(line["id"], await history.of(line["id"]))
    ]
    return list(dict.fromkeys(found))


async def watch_over(*, now: int) -> int:
    """Look once, raise what is broken by name, and say when to look again."""
    for one in await broken(now=now, since=now - _RECENT_MS):
        number, sentence = INVARIANTS[one.name]
        await attention.raise_now(ALARM, f"{one.name}:{one.subject}", detail=f"{number}: {sentence}", at=now)
    return now + EVERY_MS

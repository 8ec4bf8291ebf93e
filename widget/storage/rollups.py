"""Roll-ups: each day's numbers, counted from the facts, and again whenever one of its facts changes.

A presentation belongs to the UTC day it was prepared on, for ever: a refund in March of what was bought in January
restates January. Whoever changes a fact leaves a mark for its day in the same commit, each its own, so that nobody
waits for anybody; a count looks for marks first and takes away those it saw: what comes in between is counted again.
"""

from widget.storage.database import current, rows, unit
from widget.storage.ids import new_id

DAY_MS = 86_400_000
_AT_ONCE = 500

# Money that is not ours for now: a dispute stands until it was won, dropped or ran out.
_OVER = "('dispute_won', 'dispute_cancelled', 'dispute_expired')"
_TAKEN = "FROM charge c WHERE c.presentation_id = p.id AND c.fate = 'taken'"
_BACK = (
    "COALESCE((SELECT SUM(m.amount) FROM money_fact m JOIN charge r ON r.payment_id = m.payment_id "
    "WHERE r.presentation_id = p.id AND r.fate = 'taken' AND {}), 0)"
)
_REFUND = _BACK.format("m.kind = 'refund' AND m.status = 'succeeded'")
_DISPUTE = _BACK.format(f"m.kind = 'dispute' AND m.status NOT IN {_OVER}")
# One line for each presentation of the day, then their sums.
_LINES = (
    "SELECT p.offer_name AS offer_name, o.placement AS placement, "
    "COALESCE(p.locale, o.locale, '') AS locale, "
    f"COALESCE((SELECT MIN(c.paid_currency) {_TAKEN}), q.currency) AS currency, "
    "CASE WHEN p.opened_at IS NOT NULL THEN 1 ELSE 0 END AS shown, "
    "CASE WHEN EXISTS (SELECT 1 FROM charge c WHERE c.presentation_id = p.id) THEN 1 ELSE 0 END AS accepted, "
    f"CASE WHEN EXISTS (SELECT 1 {_TAKEN}) THEN 1 ELSE 0 END AS paid, "
    "CASE WHEN p.state = 'declined' THEN 1 ELSE 0 END AS declined, "
    "CASE WHEN EXISTS (SELECT 1 FROM charge c WHERE c.presentation_id = p.id AND c.fate = 'refused') "
    "THEN 1 ELSE 0 END AS refused, "
    "CASE WHEN EXISTS (SELECT 1 FROM charge c WHERE c.presentation_id = p.id AND c.reason LIKE 'hosted:%') "
    "THEN 1 ELSE 0 END AS checkout, "
    f"COALESCE((SELECT SUM(c.paid_amount) {_TAKEN}), 0) AS gross, {_REFUND} AS refunded, {_DISPUTE} AS disputed "
    "FROM presentation p JOIN quote q ON q.id = p.quote_id JOIN occasion o ON o.id = p.occasion_id "
    "WHERE p.prepared_at >= {} AND p.prepared_at < {}"
)
_SUMS = ("shown", "accepted", "paid", "declined", "refused", "checkout", "gross", "refunded", "disputed")
NUMBERS = ("eligible", *_SUMS)
_COUNT = (
    f"SELECT offer_name, placement, locale, currency, COUNT(*) AS eligible, "
    f"{', '.join(f'SUM({name}) AS {name}' for name in _SUMS)} FROM ({_LINES}) AS line "
    "GROUP BY offer_name, placement, locale, currency"
)


async def touch(presentation_id: str) -> None:
    """The numbers of its day are to be counted again; a part of the unit of work that changes a fact of it."""
    if presentation_id:
        await rows(
            f"INSERT INTO report_stale (id, day) SELECT {{}}, prepared_at / {DAY_MS} FROM presentation "
            "WHERE id = {} RETURNING day",
            new_id("mrk"),
            presentation_id,
        )


async def touch_payment(payment_id: str) -> None:
    """The same for whatever a payment paid."""
    await rows(
        f"INSERT INTO report_stale (id, day) SELECT {{}}, MIN(p.prepared_at) / {DAY_MS} FROM presentation p "
        "JOIN charge c ON c.presentation_id = p.id WHERE c.payment_id = {} HAVING COUNT(*) > 0 RETURNING day",
        new_id("mrk"),
        payment_id,
    )


async def stale(limit: int) -> tuple[int, ...]:
    """Days (since 1970-01-01) whose numbers are behind, the newest first."""
    found = await rows("SELECT DISTINCT day FROM report_stale ORDER BY day DESC LIMIT {}", limit)
    return tuple(int(row["day"]) for row in found)


async def count(day: int) -> None:
    """Count a day that is behind anew, from its facts; twice is the same."""

    async def work() -> None:
        # Held until the commit: of two counts of a day the later one waits, so that older numbers never replace newer.
        hold = " FOR UPDATE" if current().engine_type == "postgres" else ""
        marks = [row["id"] for row in await rows(f"SELECT id FROM report_stale WHERE day = {{}}{hold}", day)]
        if not marks:
            return
        await rows("DELETE FROM report_day WHERE day = {} RETURNING id", day)
        for row in await rows(_COUNT, day * DAY_MS, (day + 1) * DAY_MS):
            await _keep(day, row)
        for start in range(0, len(marks), _AT_ONCE):
            some = marks[start : start + _AT_ONCE]
            await rows(f"DELETE FROM report_stale WHERE id IN ({', '.join(['{}'] * len(some))}) RETURNING id", *some)

    await unit(work)


async def _keep(day: int, row: dict[str, object]) -> None:
    names = (row["offer_name"], row["placement"], row["locale"], row["currency"])
    sums = ", ".join(f"{name} = EXCLUDED.{name}" for name in NUMBERS)
    await rows(
        f"INSERT INTO report_day (id, day, offer_name, placement, locale, currency, {', '.join(NUMBERS)}) "
        f"VALUES ({', '.join(['{}'] * (6 + len(NUMBERS)))}) ON CONFLICT (id) DO UPDATE SET {sums} RETURNING id",
        "|".join((str(day), *map(str, names))),
        day,
        *names,
        *(int(str(row[name])) for name in NUMBERS),
    )


async def catch_up(*, most: int = 10_000) -> int:
    """Count every day that is behind; how many there were."""
    days = await stale(most)
    for day in days:
        await count(day)
    return len(days)

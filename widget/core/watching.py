"""When the watch looks again, and when it may stop looking."""

SECOND_MS = 1_000
MINUTE_MS = 60 * SECOND_MS
HOUR_MS = 60 * MINUTE_MS

# The money call's own time-out is 20 s; until then its answer may still come by itself.
SENDING_GRACE_MS = 25 * SECOND_MS
# A confirmed session lives 15 minutes, a hosted one 24 hours (docs checkout-session); a margin for clocks.
CONFIRMED_SESSION_MS = 16 * MINUTE_MS
HOSTED_SESSION_MS = 25 * HOUR_MS
# Looked for so long, and so often in vain, before a person is told (reliability I-8).
HORIZON_MS = 48 * HOUR_MS
ABSENT_READS = 6
# A look that brought nothing to read is done again so soon, also where looks are an hour apart.
UNREAD_MS = 5 * MINUTE_MS
# A plan change leaves its trace within minutes (dodo-api 6.3: usually under two): a payment, or the new plan. Without
# either it is given up sooner, so that a lost request does not keep somebody from their plans for two days.
PLAN_HORIZON_MS = 30 * MINUTE_MS
# The new plan without a payment that was expected: credit may have paid it, or the list of payments lags.
PLAN_UNPAID_MS = 10 * MINUTE_MS

# (up to this age, look again after): quick while a shopper waits, within a minute for an hour, then rarely.
_PACE = (
    (5 * SECOND_MS, 500),
    (20 * SECOND_MS, 2 * SECOND_MS),
    (2 * MINUTE_MS, 10 * SECOND_MS),
    (HOUR_MS, MINUTE_MS),
    (6 * HOUR_MS, 10 * MINUTE_MS),
)


def first_look(now: int, *, hosted: bool) -> int:
    """When to look first after news; nobody hurries on a checkout page that is still being filled in."""
    return now + (2 * MINUTE_MS if hosted else _PACE[0][1])


def next_look(sent_at: int, now: int, *, hosted: bool = False, unread: bool = False) -> int:
    """When to look again at a charge sent at `sent_at`; epoch ms. `unread`: the last look brought nothing to read.

    A charge from the future was sent by a clock that is ahead of ours: nobody hurries for as long as that takes.
    Where looks are an hour apart one falls on the horizon, so that nothing rests undecided for longer than is said.
    """
    age = max(abs(now - sent_at), 2 * MINUTE_MS if hosted else 0)
    pause = next((pause for until, pause in _PACE if age < until), HOUR_MS)
    if unread:
        pause = min(pause, UNREAD_MS)
    horizon = sent_at + HORIZON_MS + 1
    return min(now + pause, horizon) if now < horizon else now + pause


def lapsed(sent_at: int, now: int, absent_reads: int, *, horizon_ms: int = HORIZON_MS) -> bool:
    """Whether a charge the provider never showed may be given up: never by age alone."""
    return now - sent_at > horizon_ms and absent_reads >= ABSENT_READS

"""Signs that something is wrong which no single charge or webhook shows: a sentence each, or None while all is well."""

from widget.storage import outgoing, tallies
from widget.storage.database import rows

MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS
SILENCE_MS = 4 * MINUTE_MS  # a webhook comes within seconds; with a look every half minute told inside five minutes
NO_ANSWER_MS = 30 * MINUTE_MS
_REFUSED_WITHIN_MS = 10 * MINUTE_MS
_FEW = 3  # one or two of anything are nobody's alarm


async def silence(now: int) -> str | None:
    """Charges were decided and not one webhook has come since (F-76): the endpoint is off, or points elsewhere."""
    found = await rows(
        "SELECT COUNT(*) AS times FROM charge WHERE pressed_at > {} AND pressed_at < {} "
        "AND fate IN ('taken', 'refused') AND payment_id IS NOT NULL "
        "AND pressed_at > COALESCE((SELECT MAX(received_at) FROM kept_event), 0)",
        now - HOUR_MS,
        now - SILENCE_MS,
    )
    times = int(found[0]["times"])
    return f"{times} charges within the last hour and no webhook since the first of them" if times else None


async def refused(now: int) -> str | None:
    """More webhooks are refused than kept (F-68): another secret, or something in between alters them."""
    since = now - _REFUSED_WITHIN_MS
    times, kept = await tallies.of("webhook.refused", since=since), await _kept(since)
    return f"{times} refused and {kept} kept within ten minutes" if times >= _FEW and times > kept else None


async def late(now: int) -> str | None:
    """Rightly signed and more than five minutes off (F-69): a clock is wrong, ours or theirs."""
    times = await tallies.of("webhook.late", since=now - _REFUSED_WITHIN_MS)
    return f"{times} within ten minutes were signed more than five minutes off" if times >= _FEW else None


async def old_secret(now: int) -> str | None:
    """Only a secret behind the first fits (F-70): Dodo still signs with the old one."""
    times = await tallies.of("webhook.old_secret", since=now - HOUR_MS)
    return f"{times} webhooks within an hour were signed with a secret that is not the first" if times else None


async def unknowns(now: int) -> str | None:
    """More than one charge of a hundred within the last hour has no answer yet."""
    found = await rows(
        "SELECT COUNT(*) AS sent, SUM(CASE WHEN fate IN ('sending', 'unknown') THEN 1 ELSE 0 END) AS unknown "
        "FROM charge WHERE pressed_at > {} AND pressed_at < {} AND fate <> 'intended'",
        now - HOUR_MS,
        now - MINUTE_MS,
    )
    sent, unknown = int(found[0]["sent"]), int(found[0]["unknown"] or 0)
    return f"{unknown} of {sent} within the last hour" if unknown >= _FEW and unknown * 100 > sent else None


async def unheard(now: int) -> str | None:
    """The merchant's server has not taken an outgoing event for four minutes."""
    times, _ = await outgoing.undelivered(before=now - SILENCE_MS)
    return f"{times} outgoing events were tried in vain" if times else None


async def unanswered(now: int) -> dict[str, bool]:
    """Charges without an answer for half an hour, and those that were and have one now: id → still without."""
    found = await rows(
        "SELECT id FROM charge WHERE fate IN ('sending', 'unknown') AND pressed_at < {} ORDER BY pressed_at LIMIT 200",
        now - NO_ANSWER_MS,
    )
    settled = await rows(
        "SELECT subject FROM attention JOIN charge ON charge.id = attention.subject WHERE name = 'no_answer' "
        "AND resolved_at IS NULL AND fate NOT IN ('sending', 'unknown') LIMIT 200"
    )
    return {row["subject"]: False for row in settled} | {row["id"]: True for row in found}


async def _kept(since: int) -> int:
    found = await rows("SELECT COUNT(*) AS times FROM kept_event WHERE received_at >= {}", since)
    return int(found[0]["times"])

"""Jobs: rows leased by one process at a time; the same SQL on both databases."""

from msgspec import Struct

from widget.storage.database import current, rows

# A lost lease finishes nothing: every ending names its owner, and waking a job takes it from its owner, so
# that news which arrives while the job runs makes it run once more.


class Leased(Struct, frozen=True):
    """A job this owner may run until its lease ends; `tries` counts this one."""

    id: str
    kind: str
    tries: int


async def wake(job_id: str, kind: str, run_at: int) -> None:
    """Queue it for this time (epoch ms); one that waits is brought forward, one that is done is opened again."""
    await rows(
        "INSERT INTO job (id, kind, run_at, lease_until, owner, tries, made_at) VALUES ({}, {}, {}, 0, '', 0, {}) "
        "ON CONFLICT (id) DO UPDATE SET owner = '', lease_until = 0, error = NULL, "
        "run_at = CASE WHEN job.done_at IS NULL AND job.owner = '' AND job.run_at < EXCLUDED.run_at "
        "THEN job.run_at ELSE EXCLUDED.run_at END, "
        "tries = CASE WHEN job.done_at IS NULL THEN job.tries ELSE 0 END, done_at = NULL RETURNING id",
        job_id,
        kind,
        run_at,
        run_at,
    )


async def claim(owner: str, now: int, limit: int, lease_ms: int) -> list[Leased]:
    """Lease up to `limit` jobs that are due, the longest due first."""
    if not await rows(_DUE, now, now):
        return []
    skip_locked = " FOR UPDATE SKIP LOCKED" if current().engine_type == "postgres" else ""
    found = await rows(
        "UPDATE job SET lease_until = {}, owner = {}, tries = tries + 1 WHERE id IN (SELECT id FROM job "
        "WHERE done_at IS NULL AND run_at <= {} AND lease_until < {} ORDER BY run_at LIMIT {}"
        f"{skip_locked}) RETURNING id, kind, tries",
        now + lease_ms,
        owner,
        now,
        now,
        limit,
    )
    return [Leased(row["id"], row["kind"], int(row["tries"])) for row in found]


# A look before the claim: an idle worker reads and does not take the writer's lock every second.
_DUE = "SELECT 1 AS due FROM job WHERE done_at IS NULL AND run_at <= {} AND lease_until < {} LIMIT 1"


async def finish(job_id: str, owner: str, now: int) -> bool:
    """Done; False when the lease was lost or the job was woken meanwhile."""
    found = await rows(
        "UPDATE job SET done_at = {}, owner = '', lease_until = 0, error = NULL WHERE id = {} AND owner = {} "
        "RETURNING id",
        now,
        job_id,
        owner,
    )
    return bool(found)


async def again(job_id: str, owner: str, run_at: int, error: str | None) -> bool:
    """Once more at this time; False when the lease was lost or the job was woken meanwhile."""
    found = await rows(
        "UPDATE job SET run_at = {}, owner = '', lease_until = 0, error = {} WHERE id = {} AND owner = {} RETURNING id",
        run_at,
        error,
        job_id,
        owner,
    )
    return bool(found)


async def next_due(now: int) -> int | None:
    """When the next job that nobody holds is due (epoch ms); None when there is none."""
    found = await rows("SELECT MIN(run_at) AS due FROM job WHERE done_at IS NULL AND lease_until < {}", now)
    return int(found[0]["due"]) if found and found[0]["due"] is not None else None

"""Jobs: rows leased by one process at a time; the same SQL on both databases."""

from collections.abc import Collection

from msgspec import Struct

from widget.storage.database import current, rows

# A lost lease finishes nothing: every ending names its owner, and waking a job takes it from its owner, so
# that news which arrives while the job runs makes it run once more.


class Leased(Struct, frozen=True):
    """A job this owner may run until its lease ends; `tries` counts this one, `failures` those in a row before it."""

    id: str
    kind: str
    tries: int
    failures: int = 0

    @property
    def subject(self) -> str:
        """The part of its id after the colon."""
        return self.id.partition(":")[2]


_OPEN = "done_at IS NULL AND parked_at IS NULL"


async def wake(job_id: str, kind: str, run_at: int) -> None:
    """Queue it for this time (epoch ms); one that waits is brought forward, one done or laid aside is opened again."""
    await rows(
        "INSERT INTO job (id, kind, run_at, lease_until, owner, tries, made_at, failures) "
        "VALUES ({}, {}, {}, 0, '', 0, {}, 0) "
        "ON CONFLICT (id) DO UPDATE SET owner = '', lease_until = 0, error = NULL, "
        "run_at = CASE WHEN job.done_at IS NULL AND job.parked_at IS NULL AND job.owner = '' "
        "AND job.run_at < EXCLUDED.run_at THEN job.run_at ELSE EXCLUDED.run_at END, "
        "tries = CASE WHEN job.done_at IS NULL AND job.parked_at IS NULL THEN job.tries ELSE 0 END, "
        "failures = CASE WHEN job.done_at IS NULL AND job.parked_at IS NULL THEN job.failures ELSE 0 END, "
        "done_at = NULL, parked_at = NULL RETURNING id",
        job_id,
        kind,
        run_at,
        run_at,
    )


async def claim(owner: str, now: int, limit: int, lease_ms: int, *, kinds: Collection[str] = ()) -> list[Leased]:
    """Lease up to `limit` jobs that are due, the longest due first; of these kinds, or of all.

    A lease that ended with its owner is a failure: whatever ran it did not live to say so.
    """
    where = f"{_OPEN} AND run_at <= {{}} AND lease_until < {{}}{_among(kinds)}"
    # A look before the claim: an idle worker reads and does not take the writer's lock every second.
    if not await rows(f"SELECT 1 AS due FROM job WHERE {where} LIMIT 1", now, now, *kinds):
        return []
    skip_locked = " FOR UPDATE SKIP LOCKED" if current().engine_type == "postgres" else ""
    found = await rows(
        "UPDATE job SET failures = failures + CASE WHEN owner <> '' THEN 1 ELSE 0 END, "
        "lease_until = {}, owner = {}, tries = tries + 1 WHERE id IN (SELECT id FROM job "
        f"WHERE {where} ORDER BY run_at LIMIT {{}}{skip_locked}) RETURNING id, kind, tries, failures",
        now + lease_ms,
        owner,
        now,
        now,
        *kinds,
        limit,
    )
    return [Leased(row["id"], row["kind"], int(row["tries"]), int(row["failures"])) for row in found]


async def finish(job_id: str, owner: str, now: int) -> bool:
    """Done; False when the lease was lost or the job was woken meanwhile."""
    return await _end(job_id, owner, "done_at = {}, error = NULL, failures = 0", now)


async def again(job_id: str, owner: str, run_at: int) -> bool:
    """It went well and is wanted once more at this time; False when the lease was lost or it was woken meanwhile."""
    return await _end(job_id, owner, "run_at = {}, error = NULL, failures = 0", run_at)


async def failed(job_id: str, owner: str, run_at: int, error: str, *, count: bool = True) -> bool:
    """It broke and is tried again at this time; False when the lease was lost or it was woken meanwhile."""
    failures = ", failures = failures + 1" if count else ""
    return await _end(job_id, owner, f"run_at = {{}}, error = {{}}{failures}", run_at, error)


async def park(job_id: str, owner: str, now: int, error: str) -> bool:
    """Laid aside until somebody wakes it; False when the lease was lost or it was woken meanwhile."""
    return await _end(job_id, owner, "parked_at = {}, error = {}, failures = failures + 1", now, error)


async def hand_back(owner: str) -> None:
    """This owner leaves: what it still holds is free for another one, and nobody's failure."""
    await rows(f"UPDATE job SET owner = '', lease_until = 0 WHERE owner = {{}} AND {_OPEN} RETURNING id", owner)


async def hurry(kind: str, now: int) -> None:
    """What they waited for is back: those of this kind that were put off are due now."""
    await rows(
        f"UPDATE job SET run_at = {{}} WHERE kind = {{}} AND {_OPEN} AND run_at > {{}} RETURNING id", now, kind, now
    )


async def next_due(now: int, *, kinds: Collection[str] = ()) -> int | None:
    """When the next job that nobody holds is due (epoch ms); None when there is none."""
    found = await rows(
        f"SELECT MIN(run_at) AS due FROM job WHERE {_OPEN} AND lease_until < {{}}{_among(kinds)}", now, *kinds
    )
    return int(found[0]["due"]) if found and found[0]["due"] is not None else None


def _among(kinds: Collection[str]) -> str:
    return f" AND kind IN ({', '.join('{}' for _ in kinds)})" if kinds else ""


async def _end(job_id: str, owner: str, change: str, *values: object) -> bool:
    found = await rows(
        f"UPDATE job SET owner = '', lease_until = 0, {change} WHERE id = {{}} AND owner = {{}} RETURNING id",
        *values,
        job_id,
        owner,
    )
    return bool(found)

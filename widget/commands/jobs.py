"""`encore jobs`: what is done in the background, and what of it does not succeed."""

import argparse
import time
from typing import Any

from widget.commands.books import with_database
from widget.commands.printing import as_json, as_table, complain, when
from widget.storage import job_list
from widget.storage.job_list import JobLine

HELP = "list background jobs: waiting, running, failing, laid aside"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`--failed`, `--done`, `--again ID`, `--limit`, `--json`."""
    parser.add_argument("--failed", action="store_true", help="only those that fail or were laid aside")
    parser.add_argument("--done", action="store_true", help="those that are done (kept for a week)")
    parser.add_argument("--again", metavar="ID", help="run this one now, also when it was laid aside")
    parser.add_argument("--limit", type=int, default=100, help="at most so many (100)")
    parser.add_argument("--json", action="store_true", help="one JSON document")


def run(args: argparse.Namespace) -> int:
    """Prints them; exit 0 also when there are none. With `--again`, exit 1 when there is no such job."""
    now = int(time.time() * 1000)

    async def work() -> int:
        if args.again is not None:
            if not await job_list.wake(args.again, at=now):
                return complain(f"There is no job {args.again}. `encore jobs` lists them.")
            print(f"{args.again} is due now; the running server or `encore watch` runs it.")
            return 0
        found = await job_list.listed(
            failed=args.failed, done=args.done, limit=max(1, min(args.limit, 10_000)), now=now
        )
        if args.json:
            as_json([_job(job) for job in found])
            return 0
        lines = ((j.id, j.state, str(j.failures), when(j.run_at) or "", j.error or "") for j in found)
        as_table(("JOB", "STATE", "FAILURES", "DUE", "ERROR"), lines, nothing="No jobs.")
        return 0

    return with_database(work)


def _job(job: JobLine) -> dict[str, Any]:
    return {
        "id": job.id,
        "kind": job.kind,
        "state": job.state,
        "due_at": when(job.run_at),
        "made_at": when(job.made_at),
        "tries": job.tries,
        "failures": job.failures,
        "error": job.error,
        "leased_until": when(job.lease_until),
        "parked_at": when(job.parked_at),
        "done_at": when(job.done_at),
    }

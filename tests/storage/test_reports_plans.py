"""What is asked while an offer is prepared or shown reads by index: no plan goes through a whole table of facts."""

import re
from collections.abc import AsyncIterator

import pytest

from widget.core.caps import Caps
from widget.storage import (
    charges,
    fairness,
    invariants,
    jobs,
    occasions,
    purchases,
    reports,
    retention,
    rollups,
    showing,
)
from widget.storage.database import opened, rows
from widget.storage.postgres import PooledEngine
from widget.storage.sqlite import EmbeddedEngine

# SQLite: `SCAN p`, but not of a part of the statement itself; Postgres: `Seq Scan on presentation p`.
WHOLE = re.compile(r"^SCAN (?!CONSTANT|line|\()|Seq Scan on")
NOW = 1_800_000_000_000
SEEN = {
    "customer_id": "cus_nadia", "offer_name": "offer", "offer_version": 1, "product_id": "pdt_a", "prepared_at": 0,
}  # fmt: skip

ASKED = {
    "show by payment": lambda: showing.by_payment("post_purchase", "pay_1", ticket="t"),
    "show by moment": lambda: showing.by_moment("in_app", "cus_nadia", ticket="t", now=NOW),
    "show by occasion": lambda: showing.by_occasion("occ_1"),
    "find the occasion": lambda: occasions.find("occ_1"),
    "declined until": lambda: fairness.declined_until("cus_nadia", "offer"),
    "times shown": lambda: fairness.times_shown("cus_nadia", "offer"),
    "cards of all offers": lambda: fairness.caps_of(Caps(per_customer=2), "cus_nadia", NOW),
    "overtaken": lambda: fairness.overtaken(SEEN, NOW),
    "first seen": lambda: fairness.first_seen("pre_1", locale="en", at=NOW),
    "bought since": lambda: fairness._bought_since("cus_nadia", "pdt_a", 0),
    "prepared anew": lambda: occasions.ask_again("occ_1", locale="en", at=NOW),
    "refused methods": lambda: charges.refused_methods("cus_nadia", since=0),
    "owned": lambda: purchases.owned("cus_nadia", "pdt_a"),
    "bought before": lambda: purchases.before("cus_nadia", payment_id="pay_1"),
    "the report": lambda: reports.per_offer(since=20_000, until=20_365),
    "count a day": lambda: rollups.count(20_000),
}


class Noting:
    """An engine that keeps the plan of every statement it runs."""

    plans: list[str]

    async def run_querystring(self, querystring, *in_pool):
        sql, values = querystring.compile_string(engine_type=self.engine_type)
        sqlite = isinstance(self, EmbeddedEngine)
        run = self._run if sqlite else self._fetch
        found = await run(f"EXPLAIN {'QUERY PLAN ' if sqlite else ''}{sql}", values)
        self.plans += [str(row["detail" if sqlite else "QUERY PLAN"]) for row in found]
        return await run(sql, values)


class NotingEmbedded(Noting, EmbeddedEngine): ...


class NotingPooled(Noting, PooledEngine): ...


@pytest.fixture
async def noting(database_url: str) -> AsyncIterator[NotingEmbedded | NotingPooled]:
    """The tables are empty here, so Postgres is told to go through a whole one only where no index would do."""
    if database_url.startswith("sqlite"):
        engine = NotingEmbedded(database_url.removeprefix("sqlite:///"))
    else:
        engine = NotingPooled(database_url, settings={"enable_seqscan": "off"})
    engine.plans = []
    async with opened(engine):
        await rows("INSERT INTO report_stale (id, day) VALUES ('mrk_1', 20000) RETURNING id")
        engine.plans.clear()
        yield engine


@pytest.mark.parametrize("name", ASKED)
async def test_it_reads_by_index(noting, name: str):
    await ASKED[name]()
    assert noting.plans
    assert [line for line in noting.plans if WHOLE.search(line)] == []


async def test_a_plan_through_a_whole_table_would_be_seen(noting):
    await rows("SELECT id FROM presentation WHERE card = {}", "x")
    assert [line for line in noting.plans if WHOLE.search(line)]


async def test_work_is_looked_for_by_the_time_it_is_due_however_much_is_waiting(noting):
    await jobs.wake("watch:chg_1", "watch", NOW)
    noting.plans.clear()
    await jobs.next_due(NOW)
    assert [job.id for job in await jobs.claim("mara", NOW, 8, 1_000, kinds=("watch",))] == ["watch:chg_1"]
    assert not [plan for plan in noting.plans if "job_done" in plan]
    assert len([plan for plan in noting.plans if "job_due" in plan]) == 3  # the next, whether there is any, and those


async def test_done_work_is_swept_by_the_time_it_was_done(noting):
    await retention.sweep(NOW)
    assert [plan for plan in noting.plans if "job_done" in plan]


@pytest.mark.parametrize(
    "asked",
    [
        lambda: rollups.count(20_000),
        lambda: charges._paid_for("pre_1"),
        lambda: charges.of_presentation("pre_1"),
    ],
)
async def test_charges_of_one_presentation_are_found_by_it_and_not_among_all_that_were_taken(noting, asked):
    """SQLite counts nothing: of two indexes it takes the one of which more columns are known, however many rows that leaves."""
    await asked()
    about = [plan for plan in noting.plans if re.search("charge_(presentation|fate|subscription)", plan)]
    assert about
    assert not [plan for plan in about if "charge_presentation" not in plan]


async def test_what_was_taken_twice_is_not_looked_for_among_all_charges_without_a_subscription(noting):
    await invariants.broken(now=NOW, since=0)
    assert not [plan for plan in noting.plans if "charge_subscription" in plan]


async def test_changes_of_a_subscription_are_found_by_it(noting):
    await charges.of_subscription("sub_1")
    assert [plan for plan in noting.plans if "charge_subscription" in plan]

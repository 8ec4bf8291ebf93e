"""What a subscriber asked beside a change of plan, and whose answer never came: never asked again, told once it is seen to be done."""

import asyncio
import time
from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from tests.plans import at_dodo, family, open_panel, subscribe
from widget.core.plan_act import look_again, shows
from widget.core.subscription import Scheduled, Subscription
from widget.storage import jobs, plan_acts
from widget.storage.database import rows


def now() -> int:
    return int(time.time() * 1000)


async def told(about: str) -> list[str]:
    return [row["kind"] for row in await rows("SELECT kind FROM outgoing_event WHERE about = {} ORDER BY id", about)]


async def looked_at(act: str) -> None:
    """The subscription is read now instead of in some seconds, and that is over."""
    await jobs.wake(f"act:{act}", "act", 1)
    for _ in range(300):
        if not await rows(
            "SELECT 1 AS due FROM job WHERE id = {} AND done_at IS NULL AND run_at <= {}", f"act:{act}", now()
        ):
            return
        await asyncio.sleep(0.02)  # the worker of this process does it meanwhile; bounded by the range
    raise AssertionError("not looked at")


async def lost(stage, fault: str) -> tuple[str, str]:
    """Nadia pauses, and the answer is lost: subscription and act."""
    await stage.control("webhooks", {"drop": True})
    await family(stage, "pause = true")
    subscription = await subscribe(stage)
    panel = await open_panel(stage, subscription)
    await stage.control("faults", {"operation": "PATCH /subscriptions/{id}", "fault": fault, "times": 1})
    await panel.press("pause")
    for _ in range(300):
        found = await rows("SELECT id FROM plan_act WHERE subscription_id = {} AND state = 'unknown'", subscription)
        if found:
            return subscription, found[0]["id"]
        await asyncio.sleep(0.02)  # the call is still on its way; bounded by the range
    raise AssertionError("not lost")


async def test_what_was_done_though_nobody_heard_is_told_once(stage):
    subscription, act = await lost(stage, "drop_after")
    assert await told(subscription) == []
    await looked_at(act)
    await looked_at(act)
    assert await told(subscription) == ["encore.plan.paused"]
    assert (await rows("SELECT state FROM plan_act WHERE id = {}", act))[0]["state"] == "done"
    assert len(await stage.requests(f"PATCH /subscriptions/{subscription}")) == 1


async def test_what_never_arrived_is_not_told_and_not_asked_again(stage):
    subscription, act = await lost(stage, "drop_before")
    await looked_at(act)
    assert await told(subscription) == []
    assert (await at_dodo(stage, subscription))["status"] == "active"
    assert (
        await rows("SELECT run_at FROM job WHERE id = {} AND done_at IS NULL", f"act:{act}")
    ) != []  # looked for again


async def test_a_later_one_that_was_done_says_how_things_stand(stage):
    subscription, act = await lost(stage, "drop_before")
    assert (await (await open_panel(stage, subscription)).press("pause")).button("Resume")
    await looked_at(act)
    assert await told(subscription) == ["encore.plan.paused"]  # of the second press


async def test_a_process_that_died_while_it_asked_is_looked_after(stage):
    await family(stage)
    subscription = await subscribe(stage)
    act = await plan_acts.ask(subscription, "cus_nadia", "keep", {}, at=now())
    await looked_at(act)
    assert await told(subscription) == ["encore.plan.cancel_undone"]
    await plan_acts.ended(act, "done", None, at=now())  # it was only slow
    assert await told(subscription) == ["encore.plan.cancel_undone"]


ACTIVE = Subscription("sub_1", "cus_nadia", "pdt_basic", "active")


@pytest.mark.parametrize(
    ("kind", "change", "done"),
    [
        ("undo", {}, True), ("undo", {"scheduled": Scheduled("pdt_lite", "Lite", 1, (), datetime(2026, 6, 16, tzinfo=UTC))}, False), ("cancel", {}, False),
        ("cancel", {"ending": True}, True), ("cancel", {"status": "cancelled"}, True), ("keep", {"ending": True}, False),
        ("keep", {}, True), ("pause", {"status": "paused"}, True), ("pause", {}, False), ("resume", {}, True),
        ("resume", {"status": "paused"}, False), ("use_method", {}, False),
    ],
)  # fmt: skip
def test_what_a_subscription_shows_of_each(kind, change, done):
    assert shows(kind, replace(ACTIVE, **change)) is done


def test_it_is_looked_for_half_an_hour():
    assert look_again(0, 1_000) == 4_000
    assert look_again(0, 60_000) == 90_000
    assert look_again(0, 29 * 60_000) == 34 * 60_000
    assert look_again(0, 30 * 60_000) is None

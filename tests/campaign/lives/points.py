"""A life for every crash point: what the world does so that the point is passed, and the life ends there."""

import asyncio
import random
import re
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
from msgspec import Struct

from tests.campaign.lives.world import Outside
from tests.plans import Panel
from widget.sandbox.things import Fault
from widget.web import tickets

_ROW = re.compile(r"^\| ([CWVQD]\d\d) \| `([a-z._]+)`", re.MULTILINE)
POINTS: dict[str, str] = dict(_ROW.findall((Path(__file__).parents[3] / "docs/crash-points.md").read_text()))
AT_DODO = {"wire.executed", "change.executed"}
LATE_S = 86_000.0  # a webhook that comes when it is asked for
GRACE_MS = 30_000  # after this the watch looks at a charge whose answer never came


class Someone(Struct):
    """A customer whose press, or whose purchase, meets the crash point."""

    point: str
    customer: str
    purchase: dict[str, Any]
    page: Any = None  # the card or the panel, opened before
    subscription: str = ""


async def arrive(world: Outside, id_: str) -> Someone:
    """A customer of their own for this point, before the page they will press on."""
    who = world.person()
    if id_[0] == "Q":
        bought = await world.stage.purchase(who, "pdt_basic")
        someone = Someone(id_, who, bought, subscription=bought["subscription_id"])
        someone.page = await panel(world, someone)
        if id_ != "Q01":
            someone.page = await someone.page.choose("pdt_pro")
        return someone
    bought = await world.stage.purchase(who)
    return Someone(id_, who, bought, page=await world.card(bought))


async def panel(world: Outside, someone: Someone) -> Panel:
    """The plan panel as the subscriber sees it now."""
    import time

    ticket = tickets.mint_plans(
        world.stage.settings.signing_keys, customer_id=someone.customer, subscription_id=someone.subscription,
        now=int(time.time() + world.dial.offset_ms / 1000),
    )  # fmt: skip
    for _ in range(100):
        answer = await world.stage.encore.get(f"/embed/plans/{ticket}")
        if answer.status_code == 200:
            break
        await asyncio.sleep(0.05)
    return Panel(world.stage, answer)


async def meet(world: Outside, someone: Someone, chance: random.Random) -> bool:
    """Live until the point and die there; whether it was reached."""
    point = POINTS[someone.point]
    play = _PLAYS.get(someone.point) or _PLAYS[someone.point[0]]
    await play(world, someone, point, chance)
    return world.dial.struck


async def _press(world: Outside, someone: Someone, point: str, chance: random.Random) -> None:
    """No webhook comes in meanwhile, so that it is the press that meets the point; a third of them never come."""
    box = world.sandbox.postbox
    box.delay, box.drop = LATE_S, chance.random() < 0.3
    await _die(world, point, lambda: someone.page.press("accept"))
    box.delay, box.drop = 0.0, False


async def _change(world: Outside, someone: Someone, point: str, chance: random.Random) -> None:
    await _die(world, point, someone.page.confirm)


async def _choose(world: Outside, someone: Someone, point: str, chance: random.Random) -> None:
    await _die(world, point, lambda: someone.page.choose("pdt_pro"))


async def _hook(world: Outside, someone: Someone, point: str, chance: random.Random) -> None:
    """Either a purchase is told, or a charge whose answer was lost."""
    if chance.random() < 0.5:
        await _die(world, point, lambda: world.stage.purchase(world.person(), "pdt_brushes"))
        return
    world.sandbox.postbox.delay = LATE_S
    world.sandbox.faults.append(Fault("POST", "/checkouts", "drop_after"))
    await world.begin()
    await _tried(lambda: someone.page.press("accept"))

    async def told() -> None:
        world.sandbox.postbox.delay = 0.0
        world.repeat_webhooks()
        await world.stage.control("settings", {})  # any call wakes the postman

    await _die(world, point, told)


async def _watch(world: Outside, someone: Someone, point: str, chance: random.Random) -> None:
    world.sandbox.postbox.drop = True
    await world.begin()
    world.kill_at("wire.executed")
    await _tried(lambda: someone.page.press("accept"))
    world.sandbox.postbox.drop = False
    world.dial.struck = False
    await _die(world, point, _nothing, offset_ms=world.dial.offset_ms + GRACE_MS)


async def _term(world: Outside, someone: Someone, point: str, chance: random.Random) -> None:
    """The deployment's TERM arrives while the charge is at Dodo."""
    world.sandbox.faults.append(Fault("POST", "/checkouts", "slow", seconds=0.3))

    async def pressed_then_told() -> None:
        seen = len(world.sandbox.requests)
        pressing = asyncio.create_task(_tried(lambda: someone.page.press("accept")))
        for _ in range(1000):
            new = list(world.sandbox.requests)[seen:]
            if any(one.method == "POST" and one.path == "/checkouts" for one in new):
                break
            await asyncio.sleep(0.005)
        if world.life is not None:
            world.life.kill(15)
        await pressing

    await _die(world, point, pressed_then_told)


async def _die(
    world: Outside, point: str, act: Callable[[], Awaitable[Any]], *, hit: int = 1, offset_ms: int | None = None
) -> None:
    life = await world.begin(point="" if point in AT_DODO else point, hit=hit, offset_ms=offset_ms)
    if point in AT_DODO:
        world.kill_at(point)
    await _tried(act)
    await life.ended(within_s=40)


async def _tried(act: Callable[[], Awaitable[Any]]) -> None:
    """A shopper whose connection breaks sees the browser's own page."""
    with suppress(httpx.TransportError):
        await act()


async def _nothing() -> None:
    return None


async def _outbox(world: Outside, someone: Someone, point: str, chance: random.Random) -> None:
    """The merchant is told of a paid offer."""
    await _die(world, point, lambda: someone.page.press("accept"))


_PLAYS: dict[str, Callable[[Outside, Someone, str, random.Random], Awaitable[None]]] = {
    "C": _press, "W": _hook, "V": _watch, "Q": _change, "Q01": _choose, "D01": _term, "C18": _outbox,
    "C19": _outbox,
}  # fmt: skip

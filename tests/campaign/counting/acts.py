"""What people, Dodo and the worker do, each with what must be so afterwards, judged by Dodo's ledger first."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

from msgspec import Struct

from tests.campaign.counting.faults import COUNTER, HOUR_MS
from tests.campaign.counting.house import LEASE_MS, Home, fates
from tests.plans import Panel, at_dodo
from widget.core.outgoing import ActTold
from widget.storage import events, outgoing
from widget.storage.database import rows, unit
from widget.storage.ids import new_id

HALF_A_MINUTE_MS = 31_000
CHECKOUTS = "POST /checkouts"


class Scene(Struct):
    """One life of one act: what is done under the fault, and what is wrong after it has gone."""

    act: Callable[[], Any]
    wrong: Callable[[], Any]  # sentences


# Sets the scene for the person, without faults, and takes it down.
Act = Callable[[Home, str], AbstractAsyncContextManager[Scene]]


@asynccontextmanager
async def accept(home: Home, who: str) -> AsyncIterator[Scene]:
    bought = await home.stage.purchase(who)
    card = await home.card(bought)

    async def wrong() -> list[str]:
        return await _sold_once(home, who, bought)

    yield Scene(lambda: card.press("accept"), wrong)


@asynccontextmanager
async def decline(home: Home, who: str) -> AsyncIterator[Scene]:
    bought = await home.stage.purchase(who)
    card = await home.card(bought)
    answered: list[bool] = []

    async def act() -> None:
        following = await card.press("decline")
        answered.append(following.status == 200 and "$29.00" in following.text)

    async def declined() -> bool:
        first = await rows("SELECT state FROM presentation WHERE customer_id = {} AND step = 0", who)
        return [row["state"] for row in first] == ["declined"]

    async def wrong() -> list[str]:
        lost = any(answered) and not await declined()
        await card.press("decline")
        return _said({
            "a no that was answered was forgotten": lost,
            "a no was not written down": not await declined(),
            "a no was charged": bool(await home.paid(who) or await fates(who)),
        })  # fmt: skip

    yield Scene(act, wrong)


@asynccontextmanager
async def hear(home: Home, who: str) -> AsyncIterator[Scene]:
    """A webhook about a first purchase comes in."""
    bought = await home.stage.purchase(who, webhook=False)
    heard: list[bool] = []

    async def act() -> None:
        heard.append(await home.deliver("payment.succeeded", bought) < 300)

    async def wrong() -> list[str]:
        kept = await events.find(f"msg_{bought['payment_id']}_1") is not None
        again = await home.deliver("payment.succeeded", bought)  # Dodo tells again whatever was not acknowledged
        return [
            *_said({"acknowledged and not kept": any(heard) and not kept, f"told again: {again}": again >= 300}),
            *await _known_once(home, bought),
        ]

    yield Scene(act, wrong)


@asynccontextmanager
async def apply(home: Home, who: str) -> AsyncIterator[Scene]:
    """A kept event about a first purchase is applied."""
    bought = await home.stage.purchase(who, webhook=False)
    home.hold(back=True)
    await home.deliver("payment.succeeded", bought)
    yield Scene(
        lambda: home.worker.step(f"apply:msg_{bought['payment_id']}_1", "apply"), lambda: _known_once(home, bought)
    )
    home.hold(back=False)


@asynccontextmanager
async def apply_ours(home: Home, who: str) -> AsyncIterator[Scene]:
    """A kept event about a charge whose answer was lost is applied."""
    async with _lost(home, who) as (bought, payment):
        await home.deliver("payment.succeeded", payment)
        yield Scene(
            lambda: home.worker.step(f"apply:msg_{payment['payment_id']}_1", "apply"),
            lambda: _sold_once(home, who, bought),
        )


@asynccontextmanager
async def watch(home: Home, who: str) -> AsyncIterator[Scene]:
    """A charge whose answer was lost is looked for."""
    async with _lost(home, who) as (bought, _):
        [charge] = await rows("SELECT id FROM charge WHERE customer_id = {}", who)
        home.later(HALF_A_MINUTE_MS)
        yield Scene(lambda: home.worker.step(f"watch:{charge['id']}", "watch"), lambda: _sold_once(home, who, bought))


@asynccontextmanager
async def change(home: Home, who: str) -> AsyncIterator[Scene]:
    """A subscriber sees what another plan costs and confirms it."""
    payment = await home.stage.purchase(who, product="pdt_basic")
    subscription = payment["subscription_id"]
    panel = await home.panel(subscription, who)

    async def act() -> None:
        await _changed(panel)

    async def wrong() -> list[str]:
        home.later(HALF_A_MINUTE_MS + _clock_was_ahead_ms())

        async def agrees() -> bool:
            found = await fates(who)
            return ("taken" in found) == bool(await home.paid(who)) and not {"sending", "unknown", "waiting"} & set(
                found
            )

        agreed = await home.until(agrees)
        if not agreed and await _in_doubt(home, who):
            state = (await home.panel(subscription, who)).state
            return _said({f"the change is in doubt and the panel says {state}": state in {"choices", "quote"}})
        for _ in range(3):
            if (await at_dodo(home.stage, subscription))["product_id"] == "pdt_pro":
                break
            await _changed(await home.panel(subscription, who))
        plan, paid = (await at_dodo(home.stage, subscription))["product_id"], await home.paid(who)
        return _said({
            f"{len(paid)} payments for the change at Dodo, the books say {await fates(who)}": not agreed,
            f"{len(paid)} payments for one change, the plan is {plan}": (len(paid), plan) != (1, "pdt_pro"),
        })  # fmt: skip

    yield Scene(act, wrong)


@asynccontextmanager
async def tell(home: Home, who: str) -> AsyncIterator[Scene]:
    """Three events are carried to the merchant's server."""
    about = f"sub_{who}"
    home.hold(back=True)
    now = home.now_s * 1000
    told = [
        await unit(lambda: outgoing.tell("encore.plan.paused", ActTold(about, who), about=about, at=now))
        for _ in range(3)
    ]

    async def act() -> None:
        for _ in range(4):
            home.later(HALF_A_MINUTE_MS)
            await home.worker.step(f"outgoing:{about}", "outgoing")

    async def wrong() -> list[str]:
        home.hold(back=False)
        home.later(120_000 + _clock_was_ahead_ms())

        async def over() -> bool:
            home.later(1_000)
            return not await rows("SELECT id FROM outgoing_event WHERE about = {} AND state = 'waiting'", about)

        delivered, heard = await home.until(over), home.heard.get(about, [])
        return _said({
            "an event was never delivered": not delivered,
            f"heard {heard} of {told}": list(dict.fromkeys(heard)) != told,
        })  # fmt: skip

    yield Scene(act, wrong)
    home.hold(back=False)


@asynccontextmanager
async def reckon(home: Home, who: str) -> AsyncIterator[Scene]:
    """Books that have forgotten a charge are compared with Dodo's: it was paid for an offer that is still open here."""
    bought = await home.stage.purchase(who)
    await home.card(bought)
    await home.until(_idle)
    home.hold(back=True)
    [quote] = await rows(
        "SELECT q.id FROM quote q JOIN presentation p ON p.quote_id = q.id WHERE p.customer_id = {} AND p.step = 0", who
    )
    marks = {"encore_charge": new_id("chg"), "encore_quote": quote["id"]}
    forgotten = await home.stage.purchase(who, product="pdt_workbook", webhook=False, metadata=marks)
    home.later(60_000)
    await rows("UPDATE reckoning SET at = at - 600000 RETURNING id")  # the mark goes back with the books

    async def wrong() -> list[str]:
        home.later(LEASE_MS + _clock_was_ahead_ms())  # a lease that nobody gave back is over
        told = await _sold_once(home, who, bought)
        raised = await rows(
            "SELECT 1 AS one FROM attention WHERE name = 'orphan_payment' AND subject = {}", forgotten["payment_id"]
        )
        return [*told, *_said({f"{len(raised)} alarms for one forgotten charge": len(raised) != 1})]

    yield Scene(lambda: home.worker.step("reckon:dodo", "reckon"), wrong)
    home.hold(back=False)


ACTS: dict[str, Act] = {
    "accept": accept, "decline": decline, "webhook kept": hear, "webhook applied": apply,
    "webhook of a lost charge": apply_ours, "watch": watch, "plan change": change, "event told": tell,
    "reckoning": reckon,
}  # fmt: skip


def _said(checks: dict[str, bool]) -> list[str]:
    return [sentence for sentence, so in checks.items() if so]


async def _changed(panel: Panel) -> None:
    quote = await panel.choose("pdt_pro")
    if quote.status == 200 and quote.state == "quote":
        await (await quote.confirm()).settled()


@asynccontextmanager
async def _lost(home: Home, who: str) -> AsyncIterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Pressed, executed by Dodo, and the answer lost: nobody here knows, and no webhook comes by itself."""
    bought = await home.stage.purchase(who)
    card, box = await home.card(bought), home.built.world.postbox
    await home.until(_idle)
    home.hold(back=True)
    box.drop = True
    await home.stage.control("faults", {"operation": CHECKOUTS, "fault": "drop_after", "times": 1})
    await card.press("accept")

    async def executed() -> bool:
        return bool(await home.paid(who))

    await home.until(executed)
    [payment] = await home.paid(who)
    yield bought, payment
    home.hold(back=False)
    box.drop = False


async def _idle() -> bool:
    """No news is being applied any more."""
    return not await rows("SELECT id FROM job WHERE done_at IS NULL AND kind IN ('apply', 'prepare') LIMIT 1")


def _clock_was_ahead_ms() -> int:
    """What was put off, kept or limited by a clock that was ahead is due, applied and over when that time has come."""
    return HOUR_MS if COUNTER.kind == "clock" else 0


async def _in_doubt(home: Home, who: str) -> bool:
    """Claimed, and Dodo has never heard of it: lost on the way, or our own end of it broke after the claim.

    Whoever reads the books cannot tell it from one whose answer was lost: it is unknown until it lapses, and not sent again.
    """
    hidden = COUNTER.kind in {"storage", "spawn", "wire lost on the way"}
    return hidden and await fates(who) in (["sending"], ["unknown"]) and not await home.paid(who)


async def _known_once(home: Home, bought: dict[str, Any]) -> list[str]:
    """The purchase is known, once, and asked about once."""
    home.hold(back=False)
    home.later(HALF_A_MINUTE_MS + _clock_was_ahead_ms())
    event, payment = f"msg_{bought['payment_id']}_1", bought["payment_id"]

    async def applied() -> bool:
        found = await events.find(event)
        return found is not None and found.state == "applied"

    done = await home.until(applied)
    known = await rows("SELECT id FROM purchase WHERE payment_id = {}", payment)
    asked = await rows("SELECT id FROM occasion WHERE payment_id = {}", payment)
    return _said({
        "an event that was kept was never applied": not done,
        f"a purchase is known {len(known)} times": len(known) != 1,
        f"there are {len(asked)} occasions of one purchase": len(asked) != 1,
    })  # fmt: skip


async def _sold_once(home: Home, who: str, bought: dict[str, Any]) -> list[str]:
    """After the next reading the books say what Dodo says; pressing what is open then sells it once."""
    home.hold(back=False)
    home.later(HALF_A_MINUTE_MS)

    async def agrees() -> bool:
        found = await fates(who)
        return ("taken" in found) == bool(await home.paid(who)) and not {"sending", "unknown"} & set(found)

    agreed = await home.until(agrees)
    before = f"{len(await home.paid(who))} payments at Dodo, the books say {await fates(who)}"
    card = await home.card(bought)
    if not agreed and await _in_doubt(home, who):
        return _said({f"the charge is in doubt and the page says {card.state}": card.state != "working"})
    for _ in range(3):
        if card.state != "open":
            break
        card = await (await card.press("accept")).settled()
    paid, found = await home.paid(who), await fates(who)
    told = await rows(
        "SELECT id FROM outgoing_event WHERE kind = 'encore.offer.paid' AND about IN (SELECT id FROM presentation WHERE customer_id = {})",
        who,
    )
    return _said({
        before: not agreed,
        f"{len(paid)} payments at Dodo, the page says {card.state}": len(paid) != 1 or card.state != "paid",
        f"fates {found}": found != ["taken"],
        f"the merchant is told {len(told)} times of one sale": len(told) != 1,
    })  # fmt: skip

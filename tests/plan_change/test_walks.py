"""Random walks through the panel: whatever is pressed, in whatever order, while the provider stumbles.

Judged by the provider's ledger and by what it received, never by our own tables.
"""

import asyncio
import os
import random
import time
from collections import Counter

import pytest

from tests.plans import Panel, at_dodo, family, open_panel, subscribe
from tests.stage import Stage
from widget.web import press_keys

PLANS = ("pdt_lite", "pdt_basic", "pdt_pro", "pdt_pro_year")
WALKS = int(os.environ.get("ENCORE_WALKS", "8"))
STEPS = 22
FAULTS = ("drop_after", "drop_before", "hang_after", "status", "garbage")
WEIGHTS = {
    "change": 5, "settle": 6, "dearer": 3, "two_tabs": 2, "double": 2, "clock": 2, "stumble": 2, "choose": 1, "confirm": 1,
    "open": 1, "undo": 1, "leave": 1, "mail": 1, "status": 1,
}  # fmt: skip
CHANGE, PREVIEW = "POST /subscriptions/{id}/change-plan", "POST /subscriptions/{id}/change-plan/preview"


class Walker:
    """Somebody with a plan, several tabs, and no patience."""

    def __init__(self, stage: Stage, seed: int) -> None:
        self.stage, self.dice = stage, random.Random(seed)
        self.shown: dict[str, int] = {}  # quote → the sum that stood on its button
        self.prices = {"pdt_basic": 3000, "pdt_pro": 8000}
        self.tabs: list[Panel] = []
        self.log: list[str] = []

    async def begin(self) -> None:
        who = self.dice.choice(("nadia", "nadia", "otto", "omar", "uma"))
        self.customer = f"cus_{who}"
        self.subscription = await subscribe(self.stage, self.customer, self.dice.choice(PLANS[:3]))
        self.tabs = [await self.look()]

    async def look(self) -> Panel:
        return await open_panel(self.stage, self.subscription, self.customer)

    async def step(self) -> None:
        (name,) = self.dice.choices(list(WEIGHTS), list(WEIGHTS.values()))
        await getattr(self, name)()
        self.log.append(f"{name}:{self.tabs[-1].state}")

    def tab(self) -> Panel:
        return self.dice.choice(self.tabs)

    def remember(self, panel: Panel) -> None:
        self.tabs = [*self.tabs[-3:], panel]
        if panel.status == 200 and panel.state == "quote":
            label = next((b for b in panel.buttons if "$" in b), "")
            self.shown[quote_of(panel)] = 0 if "credit" in label or not label else cents(label)

    async def open(self) -> None:
        self.remember(await self.look())

    async def choose(self) -> None:
        asked = {"product": self.dice.choice(PLANS)}
        if self.dice.random() < 0.3:
            asked["quantity"] = str(self.dice.randint(1, 5))
        if self.dice.random() < 0.3:
            asked["addon:adn_seat"] = str(self.dice.randint(0, 3))
        self.remember(await self.pressed(self.tab(), "preview", **asked))

    async def confirm(self) -> None:
        self.remember(await self.pressed(self.tab(), "confirm"))

    async def fresh(self) -> Panel:
        """A tab with a quote, if there can be one now."""
        self.remember(await self.pressed(await self.look(), "preview", product=self.dice.choice(PLANS)))
        return self.tabs[-1]

    async def double(self) -> None:
        tab = await self.fresh()
        for panel in await asyncio.gather(*(self.pressed(tab, "confirm") for _ in range(3))):
            self.remember(panel)

    async def two_tabs(self) -> None:
        one, other = await self.fresh(), await self.fresh()
        for panel in await asyncio.gather(self.pressed(one, "confirm"), self.pressed(other, "confirm")):
            self.remember(panel)

    async def settle(self) -> None:
        """Somebody who waits and looks, for a little while."""
        panel = self.tabs[-1]
        for number in range(25):
            if panel.state != "working":
                break
            await asyncio.sleep(0.04)  # the poll of a browser; bounded by the range
            panel = await self.pressed(panel, "status", polls=str(number))
        self.remember(panel)

    async def undo(self) -> None:
        self.remember(await self.pressed(self.tab(), "undo"))

    async def leave(self) -> None:
        """Somebody who cancels, and mostly thinks better of it."""
        self.remember(await self.pressed(self.tab(), "cancel", sure="yes"))
        if self.dice.random() < 0.9:
            self.remember(await self.pressed(self.tabs[-1], "keep"))

    async def status(self) -> None:
        panel = await self.pressed(self.tab(), "status", polls="1")
        if panel.status == 200:
            self.remember(panel)

    async def pressed(self, tab: Panel, action: str, **fields: str) -> Panel:
        if tab.status == 204 or 'name="key"' not in tab.html:
            tab = await self.look()
        panel = await tab.press(action, **fields)
        assert panel.status in {200, 204, 400, 404}, (self.log, panel.text)
        return panel if panel.status in {200, 204} else tab

    async def clock(self) -> None:
        await self.stage.control("clock", {"advance_days": self.dice.choice((1, 1, 3, 10, 20))})

    async def mail(self) -> None:
        await self.stage.control(
            "webhooks",
            {"copies": self.dice.randint(1, 3), "shuffle": self.dice.random() < 0.5, "drop": self.dice.random() < 0.2},
        )

    async def stumble(self) -> None:
        fault = self.dice.choice(FAULTS)
        more = {"status": self.dice.choice((500, 503, 409))} if fault == "status" else {}
        await self.stage.control(
            "faults", {"operation": self.dice.choice((CHANGE, PREVIEW)), "fault": fault, "times": 1, **more}
        )

    async def change(self) -> None:
        """Somebody who knows what they want."""
        await self.choose()
        self.remember(await self.pressed(self.tabs[-1], "confirm"))

    async def dearer(self) -> None:
        """The merchant raises or lowers a price while somebody reads their quote."""
        product = self.dice.choice(("pdt_basic", "pdt_pro"))
        self.remember(await self.pressed(await self.look(), "preview", product=product))
        self.prices[product] += self.dice.choice((-100, 300, 300))
        await self.stage.control("products", {"product_id": product, "price": self.prices[product]})
        self.remember(await self.pressed(self.tabs[-1], "confirm"))

    async def judge(self) -> None:
        sent = Counter(
            row["body"]["metadata"]["encore_quote"]
            for row in await self.stage.requests(f"POST /subscriptions/{self.subscription}/change-plan")
        )
        assert all(count == 1 for count in sent.values()), (self.log, sent)
        taken = [row for row in await self.stage.ours() if row["subscription_id"] == self.subscription]
        charges = Counter(row["metadata"]["encore_charge"] for row in taken)
        assert all(count == 1 for count in charges.values()), (self.log, charges)
        for row in taken:
            quote = row["metadata"]["encore_quote"]
            assert quote in self.shown, (self.log, row)
            scheduled = await self.was_scheduled(quote)
            assert scheduled or row["amount"] <= self.shown[quote], (self.log, row, self.shown[quote])

    async def was_scheduled(self, quote: str) -> bool:
        rows = await self.stage.requests(f"POST /subscriptions/{self.subscription}/change-plan")
        body = next(row["body"] for row in rows if row["body"]["metadata"]["encore_quote"] == quote)
        return body.get("effective_at") == "next_billing_date"

    async def at_rest(self) -> None:
        """Nothing is on its way any more: the panel says what the provider says."""
        await self.stage.control("webhooks", {"copies": 1, "shuffle": False, "drop": False})
        await asyncio.sleep(0.3)  # payments of the sandbox end after 0.05 s
        panel = await (await self.look()).settled(while_in=set())
        now = await at_dodo(self.stage, self.subscription)
        if panel.state in {"working", "action"}:
            return  # a change nobody knows the end of: judged by its money alone
        assert panel.state in {"choices", "closed"}, panel.text
        assert panel.attribute("data-plan") == now["product_id"], (self.log, panel.text)
        assert ("You move to" in panel.text) == (now["scheduled_change"] is not None), (self.log, panel.text)
        ends = now["cancel_at_next_billing_date"] and panel.state == "choices"
        assert ("Your plan ends on" in panel.text) == bool(ends), (self.log, panel.text)


def quote_of(panel: Panel) -> str:
    """The quote a panel's buttons are bound to."""
    return press_keys.read(panel.key, panel.stage.settings.signing_keys, now=int(time.time())).quote_id


def cents(label: str) -> int:
    return int("".join(ch for ch in label[label.index("$") :].split(maxsplit=1)[0] if ch.isdecimal()))


@pytest.mark.parametrize("seed", range(8, 8 + WALKS))
async def test_whatever_is_pressed_nobody_pays_more_or_twice(stage, seed):
    await family(stage, "seats = { min = 1, max = 9 }\ncancel = true")
    walker = Walker(stage, seed)
    await walker.begin()
    for _ in range(STEPS):
        await walker.step()
        await walker.judge()
    await walker.at_rest()
    await walker.judge()

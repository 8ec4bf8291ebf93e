"""A subscriber before the plan panel: what their browser would see and press."""

import asyncio
import re
import time
from html import unescape
from typing import Any

import httpx

from tests.stage import Stage
from widget.core.offers_file import read
from widget.storage import offers
from widget.storage.database import rows
from widget.web import tickets

# Every plan of the sandbox by the month and the year, with what a test wants to say about it.
FAMILY = """
[[plan_family]]
name = "studio"
{family}

[[plan_family.plan]]
product = "pdt_lite"
features = ["Ten sketches"]

[[plan_family.plan]]
product = "pdt_basic"
features = ["Ten sketches", "Fifty layers"]

[[plan_family.plan]]
product = "pdt_pro"
yearly = "pdt_pro_year"
features = ["Ten sketches", "Fifty layers", "Shared studio"]
popular = true

[[plan_family.addon]]
addon = "adn_seat"
max = 50
{more}
"""


class Panel:
    """What came back, read as a subscriber's browser would."""

    def __init__(self, stage: Stage, answer: httpx.Response) -> None:
        self.stage = stage
        self.answer = answer
        self.html = unescape(answer.text)

    @property
    def status(self) -> int:
        return self.answer.status_code

    def attribute(self, name: str) -> str:
        root = re.search(r'<section\b[^>]*id="encore-plans"[^>]*>', self.html)
        assert root, self.html[:2000]
        found = re.search(rf'{name}="([^"]*)"', root[0])
        assert found, root[0]
        return found[1]

    @property
    def state(self) -> str:
        return self.attribute("data-state")

    @property
    def step(self) -> str:
        return self.attribute("data-step")

    @property
    def key(self) -> str:
        found = re.search(r'name="key"\s+value="([^"]+)"', self.html)
        assert found, self.html[:2000]
        return found[1]

    @property
    def text(self) -> str:
        without_code = re.sub(r"<(script|style)\b.*?</\1>|<[^>]+>", " ", self.html, flags=re.DOTALL)
        return " ".join(without_code.replace("\u2068", "").replace("\u2069", "").replace("\xa0", " ").split())

    @property
    def buttons(self) -> list[str]:
        found = re.findall(r"<button\b[^>]*>(.*?)</button>", self.html, flags=re.DOTALL)
        return [" ".join(re.sub(r"<[^>]+>", " ", text).split()) for text in found]

    def button(self, text: str) -> bool:
        return any(text in button for button in self.buttons)

    async def press(self, action: str, *, htmx: bool = True, **fields: str) -> "Panel":
        return await post(self.stage, action, {"key": self.key, **fields}, htmx=htmx)

    async def choose(self, product: str, **fields: str) -> "Panel":
        return await self.press("preview", product=product, **fields)

    async def confirm(self) -> "Panel":
        return await self.press("confirm")

    async def settled(self, *, while_in: set[str] = frozenset({"working"})) -> "Panel":
        """Ask again, as the panel itself does, until it is in another state."""
        panel = self
        for number in range(300):
            if panel.status != 200 or panel.state not in while_in:
                return panel
            await asyncio.sleep(0.05)  # the poll of a browser; bounded by the range
            panel = await panel.press("status", polls=str(number))
        raise AssertionError(f"still {panel.state}: {panel.text}")


async def post(stage: Stage, action: str, fields: dict[str, str], *, htmx: bool = True, **headers: str) -> Panel:
    sent = {"sec-fetch-site": "same-origin"} | ({"hx-request": "true"} if htmx else {}) | headers
    return Panel(stage, await stage.encore.post(f"/plan_change/{action}", data=fields, headers=sent))


async def family(stage: Stage, family: str = "", more: str = "") -> None:
    """Mara puts a plan family in force."""
    text = FAMILY.format(family=family, more=more)
    await offers.apply(text, read(text), by="mara", at=int(time.time() * 1000))


async def subscribe(stage: Stage, customer: str = "cus_nadia", product: str = "pdt_basic", **more: Any) -> str:
    """Somebody subscribed at the hosted checkout; the id of the subscription."""
    payment = await stage.purchase(customer, product, **more)
    return payment["subscription_id"]


def ticket(stage: Stage, subscription: str, customer: str = "cus_nadia", **more: Any) -> str:
    return tickets.mint_plans(
        stage.settings.signing_keys, customer_id=customer, subscription_id=subscription, now=int(time.time()), **more
    )


async def open_panel(stage: Stage, subscription: str, customer: str = "cus_nadia", **more: Any) -> Panel:
    return Panel(stage, await stage.encore.get(f"/embed/plans/{ticket(stage, subscription, customer, **more)}"))


async def quiet(stage: Stage) -> None:
    """Until nothing is being read in the background any more: webhooks applied, offers prepared, catalogue mirrored."""
    for _ in range(200):
        busy = await rows(
            "SELECT 1 AS there FROM job WHERE done_at IS NULL AND (kind IN ('apply', 'methods') "
            "OR (kind = 'prepare' AND run_at <= {})) LIMIT 1",
            int(time.time() * 1000),
        )
        fresh = await rows("SELECT 1 AS there FROM job WHERE kind = 'refresh' AND run_at > {}", int(time.time() * 1000))
        # What a page no longer waited for goes on in its process, and is no job.
        going_on = stage.app is not None and stage.app.state.desk._under_way
        if not busy and not going_on and fresh:
            return
        await asyncio.sleep(0.02)  # other tasks of this process work meanwhile; bounded by the range
    raise AssertionError("still busy")


async def at_dodo(stage: Stage, subscription: str) -> dict[str, Any]:
    """The subscription as the provider has it."""
    answer = await stage.sandbox.get(f"/subscriptions/{subscription}", headers={"authorization": "Bearer sandbox"})
    assert answer.status_code == 200, answer.text
    return answer.json()


async def changes(stage: Stage) -> list[dict[str, Any]]:
    """Succeeded plan-change payments that carry our mark."""
    return [row for row in await stage.ours() if row["subscription_id"]]

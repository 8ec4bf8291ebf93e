"""G-06: a hundred presses on one offer through four server processes are one request to the provider."""

import asyncio
import time
from collections import Counter
from typing import Any

import httpx

from tests.campaign import ground
from tests.campaign.figure import Figure, Tally, measuring, scaled
from tests.campaign.servers import Servers, servers
from tests.stage import SIGNING_KEY, Card
from widget.core.offers_file import read
from widget.core.secret import Secret
from widget.storage import offers
from widget.storage.database import open_database
from widget.web import tickets

GOAL = "100,000 presses on 1,000 offers from 4 processes are exactly 1,000 requests at the provider, and every answer is kind"
ENGINES = ("sqlite", "postgres")
PRESSES = 100
READ_EVERY = 10  # offers: far fewer than ten thousand requests, which is what the pretend Dodo remembers
_TICKETS = 5  # for one offer: of one ticket only thirty presses a minute are listened to
_KIND = frozenset({"paid", "working"})
OFFERS = """
[[offer]]
name = "workbook"
product = "pdt_workbook"
repeats = "always"
[offer.texts]
headline = "Add the workbook"
body = "It goes with it."
[offer.rule]
bought_any = ["pdt_course"]
"""


def run(size: str, seed: int, engine: str) -> Figure:
    with measuring("G-06", GOAL, size, seed, engine) as tally, ground.database(engine) as url:
        tally.databases = ground.version(url)
        asyncio.run(_offered(url))
        with servers(url) as running:
            asyncio.run(_all(tally, running, scaled(size, push=1, minutes=20, night=1_000), seed))
        if size == "push":
            tally.note = "1 offer and 100 presses instead of 10,000 presses, for the time a push may take"
    return tally.figure()


async def _offered(url: str) -> None:
    async with open_database(url):
        await offers.apply(OFFERS, read(OFFERS), by="mara", at=int(time.time() * 1000))


async def _all(tally: Tally, running: Servers, many: int, seed: int) -> None:
    limits = httpx.Limits(max_connections=400, max_keepalive_connections=400)
    async with httpx.AsyncClient(timeout=60, trust_env=False, limits=limits) as client:
        await client.post(f"{running.sandbox}/_sandbox/settings", json={"final_after": 0.05})
        sent: Counter[str] = Counter()
        for number in range(many):
            await _one(tally, running, client, seed + number)
            if number % READ_EVERY == READ_EVERY - 1 or number == many - 1:
                sent |= await _sent(client, running)
                print(f"    G-06: {number + 1:,} of {many:,} offers", flush=True)
        ledger = (await client.get(f"{running.sandbox}/_sandbox/ledger")).json()
    ours = [entry for entry in ledger if "encore_charge" in entry["metadata"] and entry["status"] == "succeeded"]
    marks = Counter(entry["metadata"]["encore_charge"] for entry in ours)
    tally.count("charged", len(ours))
    tally.facts["requests"] = sent.total()
    if sent.total() != many or set(sent) != set(marks) or len(ours) != many or set(marks.values()) != {1}:
        tally.wrong(seed, f"{many} offers, {sent.total()} requests, {len(ours)} payments")


async def _sent(client: httpx.AsyncClient, running: Servers) -> Counter[str]:
    """How often each charge was sent, as far back as the pretend Dodo remembers: ten thousand requests."""
    asked = (await client.get(f"{running.sandbox}/_sandbox/requests")).json()
    bodies = [one["body"] for one in asked if (one["method"], one["path"]) == ("POST", "/checkouts")]
    return Counter(str(body["metadata"]["encore_charge"]) for body in bodies if body.get("confirm"))


async def _one(tally: Tally, running: Servers, client: httpx.AsyncClient, seed: int) -> None:
    bought = (
        await client.post(
            f"{running.sandbox}/_sandbox/purchases", json={"customer_id": "cus_nadia", "product_id": "pdt_course"}
        )
    ).json()
    cards = [await _opened(running, client, bought, number) for number in range(_TICKETS)]
    answers = await asyncio.gather(
        *(_press(running.urls[at % len(running.urls)], client, cards[at % _TICKETS]) for at in range(PRESSES))
    )
    tally.count("offers")
    tally.count("presses", len(answers))
    said = Counter(answers)
    if set(said) - _KIND:
        tally.wrong(seed, f"answers: {dict(said)}")
    await _settled(running, client, cards[0], tally, seed)


async def _opened(running: Servers, client: httpx.AsyncClient, bought: dict[str, Any], number: int) -> str:
    """The press key of a page of its own, opened on one of the servers."""
    ticket = tickets.mint_offer(
        (Secret(SIGNING_KEY),), customer_id="cus_nadia", payment_id=bought["payment_id"], now=int(time.time())
    )
    for _ in range(300):
        card = Card(None, await client.get(f"{running.urls[number % len(running.urls)]}/embed/offer/{ticket}"))
        if card.state == "open":
            return card.key
        await asyncio.sleep(0.1)
    raise TimeoutError(f"never open: {card.state}")


async def _press(url: str, client: httpx.AsyncClient, key: str, action: str = "accept") -> str:
    headers = {"sec-fetch-site": "same-origin", "hx-request": "true"}
    answer = await client.post(f"{url}/upsell/{action}", data={"key": key}, headers=headers)
    return Card(None, answer).state if answer.status_code == 200 else str(answer.status_code)


async def _settled(running: Servers, client: httpx.AsyncClient, key: str, tally: Tally, seed: int) -> None:
    state = ""
    for _ in range(300):
        state = await _press(running.urls[-1], client, key, "status")
        if state == "paid":
            return
        await asyncio.sleep(0.1)
    tally.wrong(seed, f"in the end: {state}")

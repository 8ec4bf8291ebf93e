"""G-24: a real server is pressed fifty times a second for half an hour, and holds no more afterwards than before."""

import asyncio
import random
import statistics
import tempfile
import time
from collections import Counter, deque
from pathlib import Path

import httpx

from tests.campaign import ground
from tests.campaign.figure import Figure, Tally, measuring, scaled
from tests.campaign.g06_presses import OFFERS
from tests.campaign.servers import Servers, servers
from tests.campaign.soaked import Held, counted, held, least
from tests.stage import SIGNING_KEY, Card
from widget.core.offers_file import read
from widget.core.secret import Secret
from widget.storage import offers
from widget.storage.database import open_database
from widget.web import tickets

GOAL = "30 minutes at 50 presses a second: memory flat within 5 %, 0 leaked connections, threads, tasks and open files"
ENGINES = ("sqlite", "postgres")
PUSH = False
RATE = 50
_FIRST = (
    5  # of these, so many a second are first presses on an offer that nobody has seen; the others press again, or ask
)
_KEPT = 400  # pages that are pressed again; of one ticket only thirty presses a minute are listened to
_FLAT = 0.05
_LOOK_EVERY_S = 5.0
_QUIET_S = 100.0  # two comparisons with Dodo: connections kept alive in vain are let go at the next call


def run(size: str, seed: int, engine: str) -> Figure:
    seconds, warm = scaled(size, push=20, minutes=120, night=1_800), scaled(size, push=10, minutes=60, night=300)
    with measuring("G-24", GOAL, size, seed, engine) as tally, ground.database(engine) as url:
        tally.databases = ground.version(url)
        asyncio.run(_offered(url))
        with tempfile.TemporaryDirectory() as name, servers(url, count=1, more=counted(Path(name))) as running:
            _soak(tally, seed, running, Path(name), warm, seconds)
    return tally.figure()


async def _offered(url: str) -> None:
    async with open_database(url):
        await offers.apply(OFFERS, read(OFFERS), by="mara", at=int(time.time() * 1000))


def _soak(tally: Tally, seed: int, running: Servers, folder: Path, warm: float, seconds: float) -> None:
    pid, memory = running.pids[0], list[int]()
    asyncio.run(Crowd(tally, seed, running).press(warm, lambda: None))
    before = least(pid, folder, seconds=_QUIET_S)
    began, pressed = time.monotonic(), tally.counts["presses"]
    asyncio.run(Crowd(tally, seed + 1, running).press(seconds, lambda: memory.append(held(pid, folder).memory)))
    rate = (tally.counts["presses"] - pressed) / (time.monotonic() - began)
    after = least(pid, folder, seconds=_QUIET_S)
    tally.facts |= {"presses a second": round(rate, 1)}
    if rate < 0.95 * RATE or seconds < 1_800:
        tally.note = f"{seconds / 60:.0f} minutes at {rate:.0f} presses a second"
    _judge(tally, seed, before, after, memory)


def _judge(tally: Tally, seed: int, before: Held, after: Held, memory: list[int]) -> None:
    for name in ("threads", "files", "sockets", "tasks"):
        was, now = getattr(before, name), getattr(after, name)
        tally.facts[name] = now
        if now > was:
            tally.wrong(seed, f"{name}: {was} before, {now} after, and nobody asked for anything")
    middle = statistics.median(memory)
    # A look is one moment; what grows shows in the means of the first and the last fifth.
    fifth = max(len(memory) // 5, 1)
    first, last = statistics.mean(memory[:fifth]), statistics.mean(memory[-fifth:])
    tally.facts |= {"memory MB": round(middle / 1024, 1), "memory grew %": round((last / first - 1) * 100, 1)}
    if after.tasks == 0:
        tally.wrong(seed, "the tasks were not counted")
    if abs(last / first - 1) > _FLAT:
        tally.wrong(seed, f"memory went from {first:.0f} kB to {last:.0f} kB")


class Crowd:
    """Shoppers, each press at its time whether the others were answered or not."""

    def __init__(self, tally: Tally, seed: int, running: Servers) -> None:
        self._tally, self._seed, self._running = tally, seed, running
        self._chance = random.Random(seed)
        self._pages: deque[str] = deque(maxlen=_KEPT)
        self._said: Counter[str] = Counter()

    async def press(self, seconds: float, look: object) -> None:
        limits = httpx.Limits(max_connections=200, max_keepalive_connections=50)
        async with httpx.AsyncClient(timeout=60, trust_env=False, limits=limits) as self._client:
            await self._client.post(f"{self._running.sandbox}/_sandbox/settings", json={"final_after": 0.05})
            under_way = set[asyncio.Task[None]]()
            began, looked = time.monotonic(), 0.0
            for number in range(int(seconds * RATE)):
                await asyncio.sleep(max(began + number / RATE - time.monotonic(), 0))
                if len(under_way) < 150 and time.monotonic() < began + 1.2 * seconds:
                    task = asyncio.create_task(self._first() if number % (RATE // _FIRST) == 0 else self._again())
                    under_way.add(task)
                    task.add_done_callback(under_way.discard)
                if time.monotonic() > looked + _LOOK_EVERY_S:
                    looked = time.monotonic()
                    look()  # type: ignore[operator]
            await asyncio.gather(*under_way)
        for said, times in self._said.items():
            if said not in {"200", "429", "503"}:
                self._tally.wrong(self._seed, f"answered {said} {times} times")

    async def _first(self) -> None:
        bought = await self._client.post(
            f"{self._running.sandbox}/_sandbox/purchases", json={"customer_id": "cus_nadia", "product_id": "pdt_course"}
        )
        ticket = tickets.mint_offer(
            (Secret(SIGNING_KEY),),
            customer_id="cus_nadia",
            payment_id=bought.json()["payment_id"],
            now=int(time.time()),
        )
        answer = await self._client.get(f"{self._running.urls[0]}/embed/offer/{ticket}")
        for _ in range(100):
            if answer.status_code != 200 or Card(None, answer).state != "preparing":
                break
            await asyncio.sleep(0.2)
            answer = await self._send("status", Card(None, answer).key)
        self._said[str(answer.status_code)] += 1
        if answer.status_code == 200:
            key = Card(None, answer).key
            await self._send("accept", key)
            self._tally.count("first presses")
            self._pages.append(key)

    async def _again(self) -> None:
        if self._pages:
            await self._send(self._chance.choice(("accept", "decline", "status")), self._chance.choice(self._pages))

    async def _send(self, action: str, key: str) -> httpx.Response:
        headers = {"sec-fetch-site": "same-origin", "hx-request": "true"}
        answer = await self._client.post(f"{self._running.urls[0]}/upsell/{action}", data={"key": key}, headers=headers)
        self._tally.count("presses")
        self._said[str(answer.status_code)] += 1
        return answer

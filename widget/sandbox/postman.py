"""The postman: keeps the world's appointments and carries webhooks, with Dodo's retry schedule and 15-second limit.

The task lives only while something is owed, so that a quiet sandbox has nothing running.
"""

from __future__ import annotations

import asyncio
import contextlib
from datetime import timedelta

import httpx

from widget.sandbox.things import Event
from widget.sandbox.webhooks_out import render, sign
from widget.sandbox.world import World

# after each failed attempt wait so long: Dodo's documented schedule, eight retries
RETRIES_S = (0, 5, 300, 1800, 7200, 18_000, 36_000, 36_000)
ANSWER_LIMIT_S = 15.0
LOOK_AGAIN_S = 0.25


class Postman:
    """Carries the events of one world. `client` may be handed in to deliver in process."""

    def __init__(self, world: World, client: httpx.AsyncClient | None = None) -> None:
        self.world = world
        self._client = client
        self._task: asyncio.Task[None] | None = None
        self._bell: asyncio.Event | None = None

    def wake(self) -> None:
        """There may be something to do; must be called inside the running loop."""
        if self._bell is not None:
            self._bell.set()
        task = self._task
        idle = task is None or task.done() or task.get_loop() is not asyncio.get_running_loop()
        if idle and self._owed():
            self._bell = asyncio.Event()
            self._task = asyncio.get_running_loop().create_task(self._walk())

    async def stop(self) -> None:
        """End the round."""
        if self._task is not None and not self._task.done():
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        self._task = None

    async def flush(self, limit_s: float = 30.0) -> bool:
        """Wait until what is due within half a minute has happened: payments have ended, messages were sent.

        A message that was not acknowledged is not waited for: its next try is a matter of the clock.
        """
        async with asyncio.timeout(limit_s + 1):
            for _ in range(int(limit_s / 0.01)):
                self.world.catch_up()
                self.wake()
                if not self._soon():
                    return True
                await asyncio.sleep(0.01)
        return False

    def _soon(self) -> bool:
        now = self.world.now()
        soon = now + timedelta(seconds=30)
        return any(a.at <= soon for a in self.world.agenda) or any(
            e.outcome == "sending" or (e.outcome == "waiting" and e.due <= (now if e.attempts else soon))
            for e in self.world.events
        )

    def _owed(self) -> bool:
        return bool(self.world.agenda) or any(e.outcome == "waiting" for e in self.world.events)

    async def _walk(self) -> None:
        if self._client is not None:
            await self._round(self._client)
            return
        async with httpx.AsyncClient(timeout=ANSWER_LIMIT_S, follow_redirects=False, trust_env=False) as client:
            await self._round(client)

    async def _round(self, client: httpx.AsyncClient) -> None:
        bell = self._bell or asyncio.Event()
        while self._owed():
            bell.clear()
            self.world.catch_up()
            due = [e for e in self.world.events if e.outcome == "waiting" and e.due <= self.world.now()]
            if due:
                await self._carry(client, sorted(due, key=lambda e: e.order))
                continue
            # not wait_for: before Python 3.12 it can swallow a cancellation that comes together with the bell
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._pause_s()):
                    await bell.wait()

    def _pause_s(self) -> float:
        times = [a.at for a in self.world.agenda] + [e.due for e in self.world.events if e.outcome == "waiting"]
        until = (min(times) - self.world.now()).total_seconds() if times else LOOK_AGAIN_S
        return min(max(until, 0.001), 60.0)

    async def _carry(self, client: httpx.AsyncClient, events: list[Event]) -> None:
        for event in events:
            event.outcome = "sending"
        for event in events:
            await self._deliver(client, event)

    async def _deliver(self, client: httpx.AsyncClient, event: Event) -> None:
        status: int | str = "no target"
        for _ in range(event.copies):
            status = await self._send(client, event)
        event.attempts += 1
        event.statuses.append(status)
        if isinstance(status, int) and 200 <= status < 300:
            event.outcome = "delivered"
        elif event.attempts > len(RETRIES_S):
            event.outcome = "given up"
        else:
            event.outcome = "waiting"
            event.due = self.world.now() + timedelta(seconds=RETRIES_S[event.attempts - 1])

    async def _send(self, client: httpx.AsyncClient, event: Event) -> int | str:
        box = self.world.postbox
        if box.target is None:
            return "no target"
        body = render(self.world, event)
        try:
            async with asyncio.timeout(ANSWER_LIMIT_S):
                answer = await client.post(box.target, content=body, headers=sign(event.event_id, body, box.secret))
        except (httpx.HTTPError, httpx.InvalidURL, OSError, TimeoutError) as error:
            return type(error).__name__
        return answer.status_code

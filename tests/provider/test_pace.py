"""What Dodo says of its limits is heard: reading slows down before it is refused, and never waits without end."""

import httpx
import pytest

from widget.provider.asks import Unreadable
from widget.provider.dodo import open_dodo
from widget.provider.pace import Pace

NOW = 1_790_000_000.0


class Day:
    """Simulated seconds."""

    def __init__(self) -> None:
        self.at = NOW
        self.waited: list[float] = []
        self.pace = Pace(lambda: self.at, self.pause)

    async def pause(self, seconds: float) -> None:
        self.waited.append(seconds)
        self.at += seconds


def answer(status: int = 200, **headers: str) -> httpx.Response:
    return httpx.Response(status, headers={name.replace("_", "-"): value for name, value in headers.items()})


@pytest.mark.parametrize(
    ("said", "waits"),
    [
        (answer(), 0),
        (answer(x_ratelimit_limit="240", x_ratelimit_remaining="61", x_ratelimit_reset="30"), 0),
        (answer(x_ratelimit_limit="240", x_ratelimit_remaining="60", x_ratelimit_reset="30"), 30),
        (answer(x_ratelimit_limit="240", x_ratelimit_remaining="0", x_ratelimit_reset=str(int(NOW) + 12)), 12),
        (answer(429, retry_after="7"), 7),
        (answer(429), 2),
        (answer(429, retry_after="tomorrow"), 2),
        (answer(429, retry_after="99999"), 60),
        (answer(x_ratelimit_limit="x", x_ratelimit_remaining="-1"), 0),
    ],
)
async def test_reading_waits_for_as_long_as_dodo_says(said, waits):
    day = Day()
    await day.pace.heard(said)
    assert await day.pace.turn(within_s=100)
    assert sum(day.waited) == waits
    assert await day.pace.turn(within_s=0)  # and not longer


async def test_whoever_has_less_time_than_that_is_told_so_at_once():
    day = Day()
    await day.pace.heard(answer(429, retry_after="30"))
    assert not await day.pace.turn(within_s=6)
    assert day.waited == []


async def test_a_rate_limit_is_not_answered_with_more_requests():
    """F-28, F-43: after a 429 the next reads are not sent at all until its time is over."""
    asked: list[str] = []

    def dodo(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        return httpx.Response(
            429, headers={"retry-after": "60"}, json={"code": "TOO_MANY_REQUESTS", "message": "slower"}
        )

    async with open_dodo(
        api_key="k", environment=None, base_url="http://dodo.example", transport=httpx.MockTransport(dodo)
    ) as opened:
        found = [await opened.asks.product("pdt_course") for _ in range(5)]
    assert all(isinstance(one, Unreadable) for one in found)
    assert len(asked) <= 3  # the tries of the first reading, before its pause was known

"""How often something happened lately: counted here, written down for all processes at most once a second."""

from collections import Counter

from widget.storage.away import Away
from widget.storage.database import rows

MINUTE_MS = 60_000
_WRITE_EVERY_MS = 1_000


class Tallies:
    """One for each process. A flood of what is counted here costs a statement a second, not one each."""

    def __init__(self) -> None:
        self._counted: Counter[str] = Counter()
        self._written_at = 0

    async def add(self, name: str, *, at: int) -> None:
        """Once more; without a database it is counted all the same and written later."""
        self._counted[name] += 1
        if at - self._written_at < _WRITE_EVERY_MS:
            return
        self._written_at = at
        taken, self._counted = self._counted, Counter()
        try:
            for one, times in taken.items():
                await _write(one, times, at)
        except Away:
            self._counted.update(taken)


async def of(name: str, *, since: int) -> int:
    """How often since then (epoch ms), to the minute."""
    found = await rows("SELECT SUM(times) AS times FROM tally WHERE name = {} AND at >= {}", name, since - MINUTE_MS)
    return int(found[0]["times"] or 0)


async def _write(name: str, times: int, at: int) -> None:
    minute = at // MINUTE_MS * MINUTE_MS
    await rows(
        "INSERT INTO tally (id, name, at, times) VALUES ({}, {}, {}, {}) "
        "ON CONFLICT (id) DO UPDATE SET times = tally.times + EXCLUDED.times RETURNING id",
        f"{name}:{minute}",
        name,
        minute,
        times,
    )

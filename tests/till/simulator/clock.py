"""Virtual time: a little scheduler that steps coroutines; whoever awaits a pause is put back until its time."""

import heapq
from collections.abc import Callable, Coroutine, Generator
from typing import Any


class Pause:
    """`await Pause(ms)` gives the turn away for so long."""

    __slots__ = ("ms",)

    def __init__(self, ms: int) -> None:
        self.ms = ms

    def __await__(self) -> Generator[int, None, None]:
        yield self.ms


class Clock:
    """Everything that happens, in the order of its time; one seed, one order."""

    def __init__(self, start: int) -> None:
        self.now = start
        self._queue: list[tuple[int, int, int, Coroutine[Any, Any, Any] | Callable[[], None]]] = []
        self._count = 0

    def at(self, when: int, what: Coroutine[Any, Any, Any] | Callable[[], None], *, process: int = -1) -> None:
        self._count += 1
        heapq.heappush(self._queue, (when, self._count, process, what))

    def run(self, until: int) -> None:
        while self._queue and self._queue[0][0] <= until:
            self.now, _, process, what = heapq.heappop(self._queue)
            if callable(what):
                what()
                continue
            try:
                pause = what.send(None)
            except StopIteration:
                continue
            self.at(self.now + pause, what, process=process)
        self.now = until

    def kill(self, process: int) -> None:
        """The process dies: what it was doing is never heard of again."""
        kept = []
        for item in self._queue:
            if item[2] == process and not callable(item[3]):
                item[3].close()
            else:
                kept.append(item)
        heapq.heapify(kept)
        self._queue = kept

    def close(self) -> None:
        """The world ends: nothing is left half awaited."""
        for *_, what in self._queue:
            if not callable(what):
                what.close()
        self._queue = []

"""Virtual time: a little scheduler that steps coroutines; whoever awaits a pause is put back until its time."""

from collections.abc import Callable, Coroutine, Generator
from heapq import heappop, heappush
from types import CoroutineType
from typing import Any

NOBODY = -1  # the outside world: it does not die with any process of ours


class Pause:
    """`await Pause(ms)` gives the turn away for so long."""

    __slots__ = ("ms",)

    def __init__(self, ms: int) -> None:
        self.ms = ms

    def __await__(self) -> Generator[int, None, None]:
        yield self.ms


class Clock:
    """Everything that happens, in the order of its time; one seed, one order."""

    def __init__(self, start: int, processes: int) -> None:
        self.now = start
        self.processes = processes
        self._queue: list[tuple[int, int, int, int, Any]] = []
        self._count = 0
        self._lives = [0] * (processes + 1)  # the last one is nobody's
        self.running = NOBODY
        self.offsets = [0] * (processes + 1)  # of each process's own clock against the time; nobody's is right

    def wall(self) -> int:
        """What the clock of whoever runs says; steps of it are `offsets` that change."""
        return self.now + self.offsets[self.running]

    def at(self, when: int, what: Coroutine[Any, Any, Any] | Callable[[], Any], *, process: int = NOBODY) -> None:
        self._count += 1
        heappush(self._queue, (when, self._count, process, self._lives[process], what))

    def run(self, until: int) -> None:
        queue, lives = self._queue, self._lives
        while queue and queue[0][0] <= until:
            self.now, _, process, life, what = heappop(queue)
            if type(what) is not CoroutineType:
                what()
            elif life != lives[process]:
                what.close()  # its process died: what it was doing is never heard of again
            else:
                self.running = process
                try:
                    pause = what.send(None)
                except StopIteration:
                    continue
                self._count += 1
                heappush(queue, (self.now + pause, self._count, process, life, what))
        self.now = until

    def kill(self, process: int) -> None:
        self._lives[process] += 1

    def close(self) -> None:
        """The world ends: nothing is left half awaited."""
        for *_, what in self._queue:
            if type(what) is CoroutineType:
                what.close()
        self._queue.clear()

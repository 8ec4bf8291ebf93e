"""Work by seeds over several processes: each takes a part, what they found is put together."""

import multiprocessing
import os
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

T = TypeVar("T")


def spread(
    work: Callable[..., T], seeds: range, *more: Any, processes: int | None = None, part: int = 2_000
) -> Iterator[T]:
    """`work(part_of_the_seeds, *more)` for every part, in this process alone or in several; in no certain order.

    `work` must be a function of a module. One process is this one: nothing is forked in a test run.
    """
    parts = [seeds[at : at + part] for at in range(0, len(seeds), part)]
    processes = processes or os.cpu_count() or 1
    if processes == 1 or len(parts) == 1:
        for one in parts:
            yield work(one, *more)
        return
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        yield from pool.imap_unordered(_call, [(work, one, more) for one in parts])


def _call(asked: tuple[Callable[..., T], range, tuple[Any, ...]]) -> T:
    work, seeds, more = asked
    return work(seeds, *more)

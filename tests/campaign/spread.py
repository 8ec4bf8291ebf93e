"""Work by seeds over several processes: each takes a part, what they found is put together."""

import json
import multiprocessing
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")


def spread(
    work: Callable[..., T], seeds: range, *more: Any, processes: int | None = None, part: int = 2_000,
    journal: Path | None = None,
) -> Iterator[T]:  # fmt: skip
    """`work(part_of_the_seeds, *more)` for every part, in this process alone or in several; in no certain order.

    `work` must be a function of a module. One process is this one: nothing is forked in a test run. With a `journal`
    each answer (plain values only) is written down as it comes, and a run that was ended goes on where it was.
    """
    parts = [seeds[at : at + part] for at in range(0, len(seeds), part)]
    if journal is not None:
        known = _read(journal)
        yield from known.values()
        left = [one for one in parts if one[0] not in known]
        with journal.open("a") as book:
            for one, answer in _answers(work, left, more, processes):
                book.write(json.dumps([one[0], answer]) + "\n")
                book.flush()
                yield answer
        return
    for _, answer in _answers(work, parts, more, processes):
        yield answer


def _read(journal: Path) -> dict[int, Any]:
    journal.parent.mkdir(parents=True, exist_ok=True)
    if not journal.exists():
        return {}
    return dict(json.loads(line) for line in journal.read_text().splitlines() if line.endswith("]"))


def _answers(
    work: Callable[..., T], parts: list[range], more: tuple[Any, ...], processes: int | None
) -> Iterator[tuple[range, T]]:
    processes = processes or os.cpu_count() or 1
    if processes == 1 or len(parts) < 2:
        for one in parts:
            yield one, work(one, *more)
        return
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        yield from pool.imap_unordered(_call, [(work, one, more) for one in parts])


def _call(asked: tuple[Callable[..., T], range, tuple[Any, ...]]) -> tuple[range, T]:
    work, seeds, more = asked
    return seeds, work(seeds, *more)

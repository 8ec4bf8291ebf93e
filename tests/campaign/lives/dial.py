"""A page of memory that a life shares with whoever watches it: its clock's offset, and whether it died where it should."""

import mmap
import struct
from pathlib import Path

_SIZE = 4096
_OFFSET = struct.Struct("<q")


class Dial:
    """Opened by both sides on the same file."""

    def __init__(self, path: Path) -> None:
        if not path.exists():
            path.write_bytes(bytes(_SIZE))
        with path.open("r+b") as file:
            self._page = mmap.mmap(file.fileno(), _SIZE)

    @property
    def offset_ms(self) -> int:
        """How far the life's clock is before the real one."""
        return _OFFSET.unpack_from(self._page, 0)[0]

    @offset_ms.setter
    def offset_ms(self, value: int) -> None:
        _OFFSET.pack_into(self._page, 0, value)

    @property
    def struck(self) -> bool:
        """The crash point was reached the wanted number of times; the life ended there."""
        return self._page[16] == 1

    @struck.setter
    def struck(self, value: bool) -> None:
        self._page[16] = int(value)

    def close(self) -> None:
        self._page.close()

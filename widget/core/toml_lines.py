"""Where in a TOML text a value stands: its line, by the path of tables, indices and keys that leads to it."""

import re
from collections.abc import Iterator

Path = tuple[str | int, ...]  # ("plan_family", 0, "plan", 2, "seats", "min")

_TOKEN = re.compile(
    r'(?P<text>"""(?:\\.|[^\\])*?"{3,5}|\'\'\'.*?\'{3,5}|"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\')'
    r"|(?P<skip>[ \t\r]+|#[^\n]*)|(?P<mark>[\[\]{},=.\n])|(?P<bare>[^\s\[\]{},=.#\"']+)",
    re.DOTALL,
)


def lines(text: str) -> dict[Path, int]:
    """The line (from 1) of every table, key and list item of a text that is valid TOML."""
    return _Reader(text).read()


def line_of(path: Path, found: dict[Path, int]) -> int:
    """The line of a path, or of the nearest thing around it that is written; 1 when there is none."""
    while path and path not in found:
        path = path[:-1]
    return found.get(path, 1)


def spelled(path: Path) -> str:
    """A path as people write it: `plan_family[0].plan[2].seats.min`."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).lstrip(".")


def _tokens(text: str) -> Iterator[tuple[str, int]]:
    """Every mark, word and string with its line; an empty one ends the text."""
    line = 1
    for match in _TOKEN.finditer(text):
        if match.lastgroup != "skip":
            yield match[0], line
        line += match[0].count("\n")
    yield "", line


class _Reader:
    """Reads statement by statement, one token ahead."""

    def __init__(self, text: str) -> None:
        self._tokens = _tokens(text)
        self._tables: dict[Path, int] = {}  # how many tables each [[array]] has so far
        self._found: dict[Path, int] = {}
        self._now, self._line = next(self._tokens)

    def read(self) -> dict[Path, int]:
        table: Path = ()
        while self._now:
            if self._now == "\n":
                self._step()
            elif self._now == "[":
                table = self._heading()
            else:
                self._assignment(table)
        return self._found

    def _step(self) -> str:
        taken = self._now
        self._now, self._line = next(self._tokens, ("", self._line))
        return taken

    def _heading(self) -> Path:
        line, opened = self._line, 0
        while self._now == "[":
            opened += len(self._step())
        *outer, last = self._keys("]")
        while self._now == "]":
            self._step()
        path: Path = ()
        for key in outer:
            self._found.setdefault((*path, key), line)
            path = self._inside((*path, key))
        path = (*path, last)
        if opened == 2:
            self._tables[path] = self._tables.get(path, 0) + 1
        self._found.setdefault(path, line)
        path = self._inside(path)
        self._found.setdefault(path, line)
        return path

    def _inside(self, path: Path) -> Path:
        """Headings go on in the last table of an array."""
        return (*path, self._tables[path] - 1) if path in self._tables else path

    def _keys(self, end: str) -> list[str]:
        keys: list[str] = []
        while self._now not in {end, ""}:
            if (token := self._step()) != ".":
                keys.append(token[1:-1] if token[0] in "\"'" else token)
        return keys or [""]

    def _assignment(self, table: Path) -> None:
        line, path = self._line, table
        for key in self._keys("="):
            path = (*path, key)
            self._found.setdefault(path, line)
        self._step()
        self._value(path)

    def _value(self, path: Path) -> None:
        if self._now == "[":
            self._list(path)
        elif self._now == "{":
            self._inline_table(path)
        else:
            while self._now not in {"", "\n", ",", "]", "}"}:
                self._step()

    def _list(self, path: Path) -> None:
        self._step()
        index = 0
        while self._now not in {"]", ""}:
            if self._now in {"\n", ","}:
                index += self._step() == ","
                continue
            self._found.setdefault((*path, index), self._line)
            self._value((*path, index))
        self._step()

    def _inline_table(self, path: Path) -> None:
        self._step()
        while self._now not in {"}", ""}:
            if self._now in {"\n", ","}:
                self._step()
                continue
            self._assignment(path)
        self._step()

"""The log: one line an event on standard error, fields by allow-list, and nothing that opens a page."""

import hashlib
import json
import logging
import re
import sys
import time
from collections.abc import Awaitable, Callable, MutableMapping
from datetime import UTC, datetime
from typing import Any, TextIO

# What a line may say. Ids are fine; names, addresses, texts, tickets and keys are not, so they have no field.
FIELDS = frozenset(
    "event charge occasion presentation quote offer job kept_event kind fate state status method path duration_ms "
    "attention subject count version cause tries mode host port setting reference".split()
)
_VALUE_LIMIT = 300
_LONG_SEGMENT = 36  # longer than any id of ours or the provider's: a ticket in a place nobody thought of
_SECRET_PATHS = re.compile(r"(/embed/[a-z_]+/|/after/)([^/?#\s]+)")
_TOKENS = re.compile(r"eyJ[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_=-]*)*|whsec_[A-Za-z0-9+/=]+|dodo_(?:live|test)_\S+")
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")
_PERSONAL = re.compile(
    r"[^\s@<>\"']+@[^\s@<>\"']+|\b\d(?:[ -]?\d){11,18}\b"
)  # addresses of mail, numbers as long as a card's
_QUERY = re.compile(r"\?\S*")

Message = MutableMapping[str, Any]
App = Callable[[Any, Any, Any], Awaitable[None]]

_access = logging.getLogger("encore.access")


def configure(*, stream: TextIO | None = None, plain: bool | None = None, level: int = logging.INFO) -> None:
    """Everything to standard error: JSON lines, or plain ones when a person watches."""
    out = stream or sys.stderr
    handler = logging.StreamHandler(out)
    handler.setFormatter(Lines(plain=out.isatty() if plain is None else plain))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)  # libraries speak up when something is wrong
    logging.getLogger("encore").setLevel(level)


def note(logger: logging.Logger, event: str, *, level: int = logging.INFO, **fields: object) -> None:
    """Log an event with fields; those that are not on the list are named but not written."""
    logger.log(level, event, extra={"event": event, "fields": fields})


class Lines(logging.Formatter):
    """One record, one line."""

    def __init__(self, *, plain: bool) -> None:
        super().__init__()
        self._plain = plain

    def format(self, record: logging.LogRecord) -> str:
        line = {"at": _iso(record.created), "level": record.levelname.lower(), "logger": record.name} | _said(record)
        if self._plain:
            shown = {name: value for name, value in line.items() if name not in {"at", "level", "logger"}}
            rest = " ".join(f"{name}={_one_line(value)}" for name, value in shown.items())
            return f"{line['at']} {line['level']:7} {rest}"
        return json.dumps(line, default=str)  # ASCII: other line ends and directions are spelled


def redact(text: str) -> str:
    """Without tickets, keys and queries; a ticket leaves the first 6 characters of its hash, to follow it."""
    text = _SECRET_PATHS.sub(lambda found: found[1] + _trace(found[2]), text)
    return _TOKENS.sub(lambda found: _trace(found[0]), text)


def redact_path(path: str) -> str:
    """The path of a request as the access log shows it; anything too long for an id is hidden, wherever it is."""
    parts = redact(_QUERY.sub("", path)).split("/")
    return "/".join(_trace(part) if len(part) > _LONG_SEGMENT else part for part in parts)[:_VALUE_LIMIT]


def with_access_log(app: App, *, clock: Callable[[], float] = time.perf_counter) -> App:
    """One line a request: method, path without ticket or query, status, time. Never an address or a header."""

    async def logged(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        began, seen = clock(), {"status": 0}  # 0: the connection ended without an answer

        async def watch(message: Message) -> None:
            if message["type"] == "http.response.start":
                seen["status"] = message["status"]
            await send(message)

        try:
            await app(scope, receive, watch)
        finally:
            took = round((clock() - began) * 1000, 1)
            path = redact_path(scope["path"])
            note(_access, "request", method=scope["method"], path=path, status=seen["status"], duration_ms=took)

    return logged


def _said(record: logging.LogRecord) -> dict[str, object]:
    """Our own events give their fields; anybody else's give their words, without what was put into them."""
    event = getattr(record, "event", None)
    given = dict(getattr(record, "fields", {})) | {
        name: record.__dict__[name] for name in FIELDS & set(record.__dict__)
    }
    said: dict[str, object] = {"event": event or _words(record)[:_VALUE_LIMIT]}
    said |= {name: _value(value) for name, value in given.items() if name in FIELDS and name != "event"}
    if hidden := sorted(set(given) - FIELDS):
        said["not_on_the_list"] = hidden
    if record.exc_info:
        said["trace"] = redact(_broke_at(record))
    return said


def _one_line(value: object) -> str:
    """Nothing that was sent begins a line of its own or moves the cursor of whoever reads along."""
    return "".join(mark if mark.isprintable() else repr(mark)[1:-1] for mark in str(value))


def _words(record: logging.LogRecord) -> str:
    """A library's own sentence: its values are left out, since they may be what a person typed or what a key is.

    What comes apart from the sentence (`%s`) is not put in; what is written into it is hidden where it is quoted, and
    further lines, which quote whole objects, are dropped.
    """
    lines = str(record.msg).splitlines() or [""]
    return _PERSONAL.sub("…", _QUOTED.sub("'…'", redact(lines[0])))


def _broke_at(record: logging.LogRecord) -> str:
    """Where it broke: the frames and the kind of error, without its text, which may quote what a person typed."""
    kind, _, frames = record.exc_info or (None, None, None)
    lines: list[str] = []
    while frames is not None:
        code = frames.tb_frame.f_code
        lines.append(f"{code.co_filename.rpartition('/')[2]}:{frames.tb_lineno} {code.co_name}")
        frames = frames.tb_next
    return f"{kind.__name__ if kind else 'error'} at " + " < ".join(reversed(lines[-12:]))


def _value(value: object) -> object:
    return redact(value)[:_VALUE_LIMIT] if isinstance(value, str) else value


def _trace(secret: str) -> str:
    return f"~{hashlib.sha256(secret.encode('utf-8', 'replace')).hexdigest()[:6]}"


def _iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")

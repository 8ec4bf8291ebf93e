"""How the commands print: one JSON document and nothing else, or lines for people."""

import json
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any


def as_json(document: Any) -> None:
    """One JSON document on standard output."""
    json.dump(document, sys.stdout, ensure_ascii=False, indent=2)
    sys.stdout.write("\n")


def as_table(head: tuple[str, ...], lines: Iterable[tuple[str, ...]], *, nothing: str) -> None:
    """Columns as wide as they need to be; `nothing` where there are no lines."""
    kept = list(lines)
    if not kept:
        print(nothing)
        return
    widths = [max(len(row[i]) for row in [head, *kept]) for i in range(len(head))]
    for row in [head, *kept]:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def when(ms: int | None) -> str | None:
    """Epoch milliseconds as ISO 8601 UTC."""
    if ms is None:
        return None
    return datetime.fromtimestamp(ms / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def money(amount: int | None, currency: str | None) -> dict[str, Any] | None:
    """Money as the contract writes it."""
    return None if amount is None or currency is None else {"amount": amount, "currency": currency}


def complain(text: str) -> int:
    """A sentence on standard error, and the exit code for failed."""
    print(text, file=sys.stderr)
    return 1

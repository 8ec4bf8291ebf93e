"""The dry run of `encore offers replay FILE`: what a draft would have done for past purchases; nothing is written."""

import sys
from collections import Counter
from typing import Any

from widget.commands.printing import as_json, as_table, when
from widget.core.considered import missing
from widget.core.offers_file import OffersFile
from widget.core.replaying import Replayed, replay
from widget.storage.pasts import pasts

_TELL_EVERY = 100


async def dry_run(draft: OffersFile, *, last: int, as_document: bool) -> int:
    """Progress goes to standard error; Ctrl-C ends it and changes nothing."""
    found: list[Replayed] = []
    async for past in pasts(last):
        found.append(replay(draft.offers, past))
        if len(found) % _TELL_EVERY == 0:
            print(f"{len(found)} purchases", file=sys.stderr)
    if as_document:
        as_json({"purchases": [_json(one) for one in found], "offers": _counted(found)})
        return 0
    lines = [
        (name or "nothing", *(str(one[key]) for key in ("would_show", "one_click", "checkout", "showed")))
        for name, one in ((one["offer"], one) for one in _counted(found))
    ]
    as_table(("OFFER", "WOULD SHOW", "ONE CLICK", "CHECKOUT", "SHOWED"), lines, nothing="No past purchase is kept.")
    differing = Counter((one.past.chosen[0] if one.past.chosen else "nothing", one.offer or "nothing")
                        for one in found if one.differs)  # fmt: skip
    for (before, after), times in sorted(differing.items(), key=lambda one: (-one[1], one[0])):
        print(f"{times} purchases: {after} instead of {before}")
    return 0


def _counted(found: list[Replayed]) -> list[dict[str, Any]]:
    names = sorted({one.offer or "" for one in found} | {(one.past.chosen or ("",))[0] for one in found})
    return [
        {
            "offer": name or None,
            "would_show": sum(one.offer == (name or None) for one in found),
            "one_click": sum(one.offer == (name or None) and one.one_click is True for one in found),
            "checkout": sum(bool(name) and one.offer == name and one.one_click is False for one in found),
            "showed": sum((one.past.chosen or ("",))[0] == name for one in found),
        }
        for name in names
    ]


def _json(one: Replayed) -> dict[str, Any]:
    failing = [check for check in one.past.method_checks if not check.held]
    return {
        "payment_id": one.past.payment_id,
        "customer_id": one.past.customer_id,
        "at": when(int(one.past.at.timestamp() * 1000)),
        "showed": one.past.chosen[0] if one.past.chosen else None,
        "would_show": one.offer,
        "one_click": one.one_click,
        "checkout_because": [f"{check.name} ({check.value})" for check in failing] if one.offer else [],
        "missing": {each.offer: list(missing(each)) for each in one.considered if not each.chosen},
    }
